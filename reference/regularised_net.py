"""The fully connected net of three layers with batch or layer normalisation and with dropout.

ECE C147/C247 homework 4 and CS231n assignment 2 (``FullyConnectedNet``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reference.activations import plain_leaky_relu, relu
from reference.dropout import draw_mask
from reference.layers import affine
from reference.losses import draw_labels, plain_softmax_loss, softmax_loss
from reference.normalization import standardise, standardise_paths
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Shape, Sizes
from reference.stabilisers import with_stabilisers
from reference.two_layer_net import PENALTY

WIDTHS = ("D", "H1", "H2", "C")
LAYERS, HIDDEN = (1, 2, 3), (1, 2)
AXES = {"batch": (0,), "layer": (1,)}
"""Along which axes a normalisation takes its statistics."""


def normalised(Z: Array, gamma: Array, beta: Array, norm: str, eps: float) -> Array:
    """Return Z standardised, scaled by gamma and shifted by beta; Z itself without a norm.

    Parameters
    ----------
    Z : (N, H) float array
    gamma, beta : (H,) float arrays
    norm : str
        ``batch``, ``layer`` or ``none``.
    eps : float
        Added to the variance, > 0.

    Returns
    -------
    (N, H) float array

    >>> normalised(np.array([[1.0], [3.0]]), np.ones(1), np.ones(1), "batch", eps=0.0).T
    array([[0., 2.]])
    """
    if norm == "none":
        return Z
    x_hat, _ = standardise(Z, AXES[norm], eps)
    return gamma * x_hat + beta


def through_norm(
    dY: Array, Z: Array, gamma: Array, norm: str, eps: float
) -> tuple[Array, dict[str, Array]]:
    """Return the gradients of ``sum(dY * normalised(Z, ...))`` in Z, gamma and beta.

    Parameters
    ----------
    dY, Z : (N, H) float arrays
    gamma : (H,) float array
    norm : str
        ``batch``, ``layer`` or ``none``.
    eps : float

    Returns
    -------
    dZ : (N, H) float array
    found : dict of (H,) float arrays
        ``dgamma`` and ``dbeta``; empty without a norm.

    >>> dZ, found = through_norm(
    ...     np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]]), np.ones(1), "batch", eps=0.0)
    >>> dZ.T, found["dgamma"], found["dbeta"]
    (array([[0., 0.]]), array([1.]), array([3.]))
    """
    if norm == "none":
        return dY, {}
    x_hat, deviation = standardise(Z, AXES[norm], eps)
    paths = standardise_paths(gamma * dY, x_hat, deviation, AXES[norm])
    dZ = paths["direct"] + paths["mean"] + paths["variance"]
    return dZ, {"dgamma": (dY * x_hat).sum(axis=0), "dbeta": dY.sum(axis=0)}


def loss_and_gradients(
    X: Array,
    y: Array,
    weights: Sequence[Array],
    biases: Sequence[Array],
    gammas: Sequence[Array],
    betas: Sequence[Array],
    masks: Sequence[Array],
    *,
    norm: str,
    eps: float,
    reg: float,
    factor: float = 0.5,
) -> Answers:
    """Return the loss in training, and its gradients.

    Parameters
    ----------
    X : (N, D) float array
    y : (N,) integer array
        Right classes, 0 <= y < C.
    weights, biases : sequences of (H[l−1], H[l]) and (H[l],) float arrays
        W₁, W₂, W₃ and b₁, b₂, b₃; H[0] = D and H[3] = C.
    gammas, betas : sequences of (H[l],) float arrays
        Of the two hidden layers; not looked at without a norm.
    masks : sequence of (N, H[l]) float arrays
        What dropout multiplies the two hidden layers by: 0, or one over the probability to stay.
    norm : str
        ``batch``, ``layer`` or ``none``.
    eps : float
        Added to the variance, > 0.
    reg : float
        Strength of the weight decay, >= 0. Biases, gammas and betas are not penalised.
    factor : float
        ½ where a course penalises ``½ reg ‖W‖²``, 1 for ``reg ‖W‖²``, 0 for no penalty.

    Returns
    -------
    dict of arrays
        ``loss`` (); ``dW1, db1, …, dW3, db3``; with a norm ``dgamma1, dbeta1, dgamma2, dbeta2``.
        With a batch norm db1 and db2 are left out: a bias in front of it changes nothing, so
        that they are 0.

    Notes
    -----
    With A₀ = X, and for both hidden layers::

        Z = A W + b      Y = norm(Z)      A' = max(0, Y) ⊙ mask      scores = A₂ W₃ + b₃

        dY = (G W'ᵀ) ⊙ mask ⊙ [Y > 0]     dZ = dY through the norm
        dW = Aᵀ dZ + 2·factor·reg·W       db = Σₙ dZ

    References
    ----------
    ECE C147/C247, homework 4, and CS231n, assignment 2, ``FullyConnectedNet``.

    >>> answers = loss_and_gradients(
    ...     np.ones((1, 2)), np.array([0]), [np.eye(2)] * 3, [np.zeros(2)] * 3, [np.ones(2)] * 2,
    ...     [np.zeros(2)] * 2, [np.ones((1, 2))] * 2, norm="none", eps=1e-5, reg=0.0)
    >>> answers["db3"], answers["db1"]
    (array([-0.5,  0.5]), array([-0.5,  0.5]))
    """
    A, entered, sums, normed = X, [], [], []
    for W, b, gamma, beta, mask in zip(weights[:2], biases[:2], gammas, betas, masks, strict=True):
        entered.append(A)
        sums.append(affine(A, W, b))
        normed.append(normalised(sums[-1], gamma, beta, norm, eps))
        A = relu(normed[-1]) * mask
    entered.append(A)
    loss, G = softmax_loss(affine(A, weights[2], biases[2]), y)
    penalty = factor * reg * sum(float(np.sum(W**2)) for W in weights)
    answers: Answers = {"loss": np.asarray(loss + penalty)}
    for layer in (2, 1, 0):
        if layer < 2:
            dY = (G @ weights[layer + 1].T) * masks[layer] * (normed[layer] > 0)
            G, scale = through_norm(dY, sums[layer], gammas[layer], norm, eps)
            answers |= {f"{name}{layer + 1}": value for name, value in scale.items()}
        answers[f"dW{layer + 1}"] = entered[layer].T @ G + 2.0 * factor * reg * weights[layer]
        if norm != "batch" or layer == 2:
            answers[f"db{layer + 1}"] = G.sum(axis=0)
    return answers


def scores_in_use(inputs: Inputs, options: Options) -> Array:
    """Return the scores as they are in use: by running statistics, and nothing dropped.

    Parameters
    ----------
    inputs, options
        As ``draw`` makes them.

    Returns
    -------
    (N, C) float array

    >>> inputs = PROBLEM.inputs(np.random.default_rng(0))
    >>> scores_in_use(inputs, PROBLEM.resolve_options({})).shape
    (7, 3)
    """
    A = inputs["X"]
    for layer in HIDDEN:
        Z = affine(A, inputs[f"W{layer}"], inputs[f"b{layer}"])
        if options["norm"] == "batch":
            mean, var = inputs[f"running_mean{layer}"], inputs[f"running_var{layer}"]
            Z = inputs[f"gamma{layer}"] * (Z - mean) / np.sqrt(var + inputs["eps"])
            Z = Z + inputs[f"beta{layer}"]
        elif options["norm"] == "layer":
            gamma, beta = inputs[f"gamma{layer}"], inputs[f"beta{layer}"]
            Z = normalised(Z, gamma, beta, "layer", inputs["eps"])
        A = relu(Z)
    return affine(A, inputs["W3"], inputs["b3"])


def _by_layer(inputs: Inputs, name: str, layers: Sequence[int], missing: Any = None) -> list[Any]:
    """Return an input of several layers, or what stands for it where an option leaves it out."""
    return [inputs.get(f"{name}{layer}", missing) for layer in layers]


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return loss, gradients and the scores in use."""
    one = np.ones(())
    found = loss_and_gradients(
        inputs["X"],
        inputs["y"],
        _by_layer(inputs, "W", LAYERS),
        _by_layer(inputs, "b", LAYERS),
        _by_layer(inputs, "gamma", HIDDEN, one),
        _by_layer(inputs, "beta", HIDDEN, one),
        _by_layer(inputs, "mask", HIDDEN, one),
        norm=options["norm"],
        eps=inputs["eps"],
        reg=inputs["reg"],
        factor=PENALTY[options["penalty"]],
    )
    return {**found, "test_scores": scores_in_use(inputs, options)}


def plain_scores(inputs: Inputs, options: Options) -> Array:
    """Return the scores in training by einsums and powers (complex-safe).

    One of the parameters may have a further axis in front of its own, which the scores then have.

    >>> plain_scores(PROBLEM.inputs(np.random.default_rng(0)), PROBLEM.resolve_options({})).shape
    (7, 3)
    """
    a = inputs["X"]
    axis = {"batch": -2, "layer": -1}.get(options["norm"])
    for layer in HIDDEN:
        z = np.einsum("...nd,...dh->...nh", a, inputs[f"W{layer}"])
        z = z + inputs[f"b{layer}"][..., None, :]
        if axis is not None:
            centred = z - z.sum(axis=axis, keepdims=True) / z.shape[axis]
            spread = (centred * centred).sum(axis=axis, keepdims=True) / z.shape[axis]
            z = inputs[f"gamma{layer}"][..., None, :] * centred * (spread + inputs["eps"]) ** -0.5
            z = z + inputs[f"beta{layer}"][..., None, :]
        a = plain_leaky_relu(z, alpha=0.0)
        if options["dropout"] == "yes":
            a = np.where(inputs[f"mask{layer}"] == 0.0, 0.0, a / inputs["keep"])
    scores = np.einsum("...nh,...hc->...nc", a, inputs["W3"]) + inputs["b3"][..., None, :]
    return np.asarray(scores)


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the loss by a plain chain, branching on real parts only (complex-safe)."""
    squares = sum((inputs[f"W{layer}"] ** 2).sum(axis=(-2, -1)) for layer in LAYERS)
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares
    data = plain_softmax_loss(plain_scores(inputs, options), inputs["y"])
    return {"loss": np.asarray(data + penalty)}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance of a hidden unit from its kink, relative to what it sums.

    With a norm that is its shift and its standardised input, which is about as large as 1.
    """
    norm, nearest, A = options["norm"], float("inf"), inputs["X"]
    for layer in HIDDEN:
        W, b = inputs[f"W{layer}"], inputs[f"b{layer}"]
        Y, reach = affine(A, W, b), affine(np.abs(A), np.abs(W), np.abs(b))
        if norm != "none":
            gamma, beta = inputs[f"gamma{layer}"], inputs[f"beta{layer}"]
            Y = normalised(Y, gamma, beta, norm, inputs["eps"])
            reach = np.abs(gamma) + np.abs(beta)
        nearest = min(nearest, float((np.abs(Y) / reach).min()))
        A = relu(Y) * inputs.get(f"mask{layer}", 1.0)
    return nearest


def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the weight gradients' two parts: from the data and from the penalty."""
    data = solve(inputs, {**options, "penalty": "absent"})
    decay = 2.0 * PENALTY[options["penalty"]] * inputs["reg"]
    return {
        f"dW{layer}": {"data": data[f"dW{layer}"], "penalty": decay * inputs[f"W{layer}"]}
        for layer in LAYERS
    }


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes, as the options have them."""
    named: dict[str, Shape] = {"X": ("N", "D"), "y": ("N",), "reg": (), "eps": (), "keep": ()}
    for layer in LAYERS:
        named[f"W{layer}"] = (WIDTHS[layer - 1], WIDTHS[layer])
        named[f"b{layer}"] = (WIDTHS[layer],)
    vectors = {
        "batch": ("gamma", "beta", "running_mean", "running_var"),
        "layer": ("gamma", "beta"),
        "none": (),
    }
    for layer in HIDDEN:
        named |= {f"{name}{layer}": (WIDTHS[layer],) for name in vectors[options["norm"]]}
        if options["dropout"] == "yes":
            named[f"mask{layer}"] = ("N", WIDTHS[layer])
    return named


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs with random biases; ``scale`` multiplies the last W, ``stretch`` X.

    A norm takes the stretch out of the activations again, so the last W need not make up for it:
    it would make scores that are next to nothing beside their biases, and the gradients before it
    differences that single precision cannot stand.
    """
    N, D, C, keep = sizes["N"], sizes["D"], sizes["C"], float(settings["keep"])
    drawn: dict[str, Any] = {
        "X": settings["stretch"] * rng.normal(size=(N, D)),
        "y": draw_labels(rng, N, C),
    }
    for name, shape in shapes(options).items():
        axes = tuple(sizes[str(axis)] for axis in shape)
        if name.startswith("W"):
            drawn[name] = rng.normal(size=axes) * np.sqrt(2.0 / axes[0])
        elif name.startswith("running_var"):
            drawn[name] = rng.uniform(0.5, 2.0, size=axes)
        elif name.startswith("mask"):
            drawn[name] = draw_mask(rng, axes, keep) / keep
        elif name not in drawn and axes:
            # Scales away from 0, or a layer would hardly be there.
            drawn[name] = rng.normal(scale=0.5, size=axes) + 1.5 * name.startswith("gamma")
    drawn["W3"] *= settings["scale"] * (1.0 if options["norm"] == "none" else settings["stretch"])
    return {**drawn, "keep": keep, **{name: float(settings[name]) for name in ("reg", "eps")}}


PROBLEM = Problem(
    id="regularised_net",
    title="Three-layer fully connected net with batch or layer normalisation and with dropout",
    source="ECE C147/C247 homework 4; CS231n assignment 2: FullyConnectedNet",
    shapes=shapes,
    sizes=(
        {"N": 7, "D": 5, "H1": 11, "H2": 13, "C": 3},
        {"N": 11, "D": 3, "H1": 13, "H2": 5, "C": 7},
    ),
    # An eps that shows; where a net does not hand one on, a case sets that of the layers, 1e-5.
    settings={"reg": 0.0, "eps": 0.02, "keep": 0.5, "scale": 1.0, "stretch": 1.0},
    # One example alone is its own mean: under a batch norm N = 1 is flat, so there is no `single`.
    regimes={
        "decay": {"reg": 0.3},
        "square": dict.fromkeys(("N", "D", "H1", "H2", "C"), 6),
        "hot": {"scale": 6.0},
        # Inputs, activations and gradients that are large, in a net that narrows; two classes.
        "wide": {"N": 6, "D": 13, "H1": 5, "H2": 4, "C": 2, "stretch": 300.0, "scale": 0.004},
    },
    options={
        "norm": ("batch", "layer", "none"),
        "dropout": ("no", "yes"),
        "penalty": ("half", "full", "absent"),
    },
    draw=draw,
    solve=solve,
    value=value,
    stacks=True,
    gradients={
        **{
            f"d{name}{layer}": Gradient(of="loss", wrt=f"{name}{layer}")
            for layer in LAYERS
            for name in "Wb"
        },
        **{
            f"d{name}{layer}": Gradient(of="loss", wrt=f"{name}{layer}")
            for layer in HIDDEN
            for name in ("gamma", "beta")
        },
    },
    margin=margin,
    parts=parts,
    stabilised=with_stabilisers(solve, plain_scores),
)
