"""The fully connected ReLU net of any depth, with softmax cross-entropy and weight decay.

ECE C147/C247 homework 3, question 5 (``FullyConnectedNet``), and CS231n assignment 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from reference.activations import plain_leaky_relu, relu
from reference.layers import affine, relu_margin
from reference.losses import draw_labels, lead, plain_softmax_loss, softmax_loss
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Shape, Sizes
from reference.stabilisers import with_stabilisers
from reference.two_layer_net import PENALTY


def forward(
    X: Array, weights: Sequence[Array], biases: Sequence[Array]
) -> tuple[Array, list[Array]]:
    """Return the scores, and what went into each affine layer.

    Parameters
    ----------
    X : (N, d1, ..., dk) float array
        One example a row, of any rank.
    weights, biases : sequences of (H[l−1], H[l]) and (H[l],) float arrays
        W₁ … W_L and b₁ … b_L; H[0] = D = d1·…·dk and H[L] = C.

    Returns
    -------
    scores : (N, C) float array
    entered : list of (N, H[l−1]) float arrays
        A₀ = X flattened, A₁ … A_{L−1}.

    >>> scores, entered = forward(np.ones((1, 2)), [np.eye(2), -np.eye(2)], [np.zeros(2)] * 2)
    >>> scores, len(entered)
    (array([[-1., -1.]]), 2)
    """
    entered = [X.reshape(len(X), -1)]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        entered.append(relu(affine(entered[-1], W, b)))
    return affine(entered[-1], weights[-1], biases[-1]), entered


def loss_and_gradients(
    X: Array,
    y: Array,
    weights: Sequence[Array],
    biases: Sequence[Array],
    reg: float,
    factor: float = 0.5,
) -> Answers:
    """Return the scores, the loss, and the loss's gradients of a fully connected ReLU net.

    Parameters
    ----------
    X : (N, d1, ..., dk) float array
        One example a row, of any rank.
    y : (N,) integer array
        Right classes, 0 <= y < C.
    weights, biases : sequences of (H[l−1], H[l]) and (H[l],) float arrays
        W₁ … W_L and b₁ … b_L; H[0] = D = d1·…·dk and H[L] = C.
    reg : float
        Strength of the weight decay, >= 0. The biases are not penalised.
    factor : float
        ½ where a course penalises ``½ reg ‖W‖²``, 1 for ``reg ‖W‖²``, 0 for no penalty.

    Returns
    -------
    dict of arrays
        ``scores`` (N, C), ``pred`` (N,), ``loss`` (), and ``dW1, db1, …, dWL, dbL``, each in the
        shape of its parameter.

    Notes
    -----
    With A₀ = X, A_l = max(0, A_{l−1} W_l + b_l), scores = A_{L−1} W_L + b_L and
    G_L = (softmax(scores) − onehot(y))/N::

        loss = −mean log softmax(scores)[n, y[n]] + factor·reg·Σ ‖W_l‖²
        dW_l = A_{l−1}ᵀ G_l + 2·factor·reg·W_l          db_l = Σₙ G_l
        G_{l−1} = G_l W_lᵀ ⊙ [A_{l−1} > 0]

    References
    ----------
    ECE C147/C247 Winter 2025, homework 3, question 5; CS231n, assignment 2.

    >>> answers = loss_and_gradients(
    ...     np.ones((1, 2)), np.array([0]), [np.eye(2)] * 3, [np.zeros(2)] * 3, reg=0.0)
    >>> answers["db3"], answers["db1"]
    (array([-0.5,  0.5]), array([-0.5,  0.5]))
    """
    scores, entered = forward(X, weights, biases)
    loss, G = softmax_loss(scores, y)
    penalty = factor * reg * sum(float(np.sum(W**2)) for W in weights)
    answers = {
        "scores": scores,
        "pred": scores.argmax(axis=1),
        "loss": np.asarray(loss + penalty),
    }
    for layer in range(len(weights), 0, -1):
        A, W = entered[layer - 1], weights[layer - 1]
        answers[f"dW{layer}"] = A.T @ G + 2.0 * factor * reg * W
        answers[f"db{layer}"] = G.sum(axis=0)
        if layer > 1:
            G = (G @ W.T) * (A > 0)
    return answers


def initial_parameters(
    rng: np.random.Generator, widths: Sequence[int], weight_scale: float = 1e-2
) -> dict[str, Array]:
    """Return normal weights of standard deviation ``weight_scale``, and zero biases.

    Parameters
    ----------
    rng : numpy.random.Generator
    widths : sequence of int
        D, the hidden layers' widths, C.
    weight_scale : float
        > 0.

    Returns
    -------
    dict of float arrays
        ``W1, b1, …, WL, bL``.

    References
    ----------
    ECE C147/C247 homework 3 and CS231n assignment 2, ``FullyConnectedNet.__init__``.

    >>> parameters = initial_parameters(np.random.default_rng(0), (5, 4, 3))
    >>> {name: array.shape for name, array in parameters.items()}
    {'W1': (5, 4), 'b1': (4,), 'W2': (4, 3), 'b2': (3,)}
    """
    parameters = {}
    for layer, (before, after) in enumerate(pairwise(widths), start=1):
        parameters[f"W{layer}"] = weight_scale * rng.normal(size=(before, after))
        parameters[f"b{layer}"] = np.zeros(after)
    return parameters


def widths(options: Options) -> tuple[str, ...]:
    """Return the names of the layer widths, from the input to the classes.

    >>> widths({"depth": "3"})
    ('D', 'H1', 'H2', 'C')
    """
    return ("D", *(f"H{layer}" for layer in range(1, int(options["depth"]))), "C")


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes, W1 … WL and b1 … bL among them."""
    named: dict[str, Shape] = {"X": ("N", "D"), "y": ("N",)}
    names = widths(options)
    for layer, (before, after) in enumerate(pairwise(names), start=1):
        named[f"W{layer}"], named[f"b{layer}"] = (before, after), (after,)
    return {**named, "reg": ()}


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs with random biases; ``scale`` multiplies the last W, ``stretch`` X."""
    N, D, C = (sizes[name] for name in "NDC")
    drawn: dict[str, Any] = {
        "X": settings["stretch"] * rng.normal(size=(N, D)),
        "y": draw_labels(rng, N, C),
    }
    lengths = [sizes[name] for name in widths(options)]
    for layer, (before, after) in enumerate(pairwise(lengths), start=1):
        drawn[f"W{layer}"] = rng.normal(size=(before, after)) * np.sqrt(2.0 / before)
        drawn[f"b{layer}"] = rng.normal(scale=0.5, size=after)
    drawn[f"W{options['depth']}"] *= settings["scale"]
    return {**drawn, "reg": float(settings["reg"])}


def parameters(inputs: Inputs, options: Options) -> tuple[list[Array], list[Array]]:
    """Return the weights and the biases of the inputs, first layer first."""
    layers = range(1, int(options["depth"]) + 1)
    return [inputs[f"W{layer}"] for layer in layers], [inputs[f"b{layer}"] for layer in layers]


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return all answers, for as many layers as the option ``depth`` says."""
    weights, biases = parameters(inputs, options)
    factor = PENALTY[options["penalty"]]
    return loss_and_gradients(inputs["X"], inputs["y"], weights, biases, inputs["reg"], factor)


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the loss by a plain chain of einsums, branching on real parts only (complex-safe)."""
    weights, biases = parameters(inputs, options)
    s = np.einsum("nd,...dh->...nh", inputs["X"], weights[0]) + biases[0][..., None, :]
    for W, b in zip(weights[1:], biases[1:], strict=True):
        a = plain_leaky_relu(s, alpha=0.0)
        s = np.einsum("...nh,...hk->...nk", a, W) + b[..., None, :]
    squares = sum((W**2).sum(axis=(-2, -1)) for W in weights)
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares
    return {"loss": np.asarray(plain_softmax_loss(s, inputs["y"]) + penalty)}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance of a hidden unit from its kink or of two scores from a tie."""
    weights, biases = parameters(inputs, options)
    scores, entered = forward(inputs["X"], weights, biases)
    kinks = map(relu_margin, entered[:-1], weights[:-1], biases[:-1])
    return min(lead(scores), *kinks)


def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the weight gradients' two parts: from the data and from the penalty."""
    data = solve(inputs, {**options, "penalty": "absent"})
    decay = 2.0 * PENALTY[options["penalty"]] * inputs["reg"]
    return {
        f"dW{layer}": {"data": data[f"dW{layer}"], "penalty": decay * inputs[f"W{layer}"]}
        for layer in range(1, int(options["depth"]) + 1)
    }


PROBLEM = Problem(
    id="fc_net",
    title="Fully connected ReLU net of any depth with softmax cross-entropy and weight decay",
    source="ECE C147/C247 homework 3, question 5; CS231n assignment 2",
    shapes=shapes,
    sizes=(
        {"N": 7, "D": 5, "H1": 11, "H2": 13, "H3": 8, "C": 3},
        {"N": 11, "D": 3, "H1": 13, "H2": 5, "H3": 8, "C": 7},
    ),
    settings={"reg": 0.0, "scale": 1.0, "stretch": 1.0},
    regimes={
        "decay": {"reg": 0.3},
        "single": {"N": 1},
        "square": dict.fromkeys(("N", "D", "H1", "H2", "H3", "C"), 5),
        "hot": {"scale": 6.0},
        # Inputs, activations and gradients that are large, in a net that narrows; two classes.
        "wide": {
            "N": 6,
            "D": 13,
            "H1": 5,
            "H2": 4,
            "H3": 7,
            "C": 2,
            "stretch": 300.0,
            "scale": 0.004,
        },
    },
    options={"depth": ("3", "2", "4"), "penalty": ("half", "full", "absent")},
    draw=draw,
    solve=solve,
    value=value,
    stacks=True,
    gradients={
        f"d{name}{layer}": Gradient(of="loss", wrt=f"{name}{layer}")
        for layer in range(1, 5)
        for name in "Wb"
    },
    margin=margin,
    parts=parts,
    stabilised=with_stabilisers(solve, lambda inputs, options: solve(inputs, options)["scores"]),
)
