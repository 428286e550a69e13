"""A convolutional net in the style of LeNet-5, with dropout, for images of digits.

ELEC/COMP 576 assignment 1, part 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reference.activations import ACTIVATIONS
from reference.conv_net import pooled_margin
from reference.convolution import (
    conv,
    conv_input_gradient,
    conv_parameter_gradients,
    max_pool,
    max_pool_gradient,
    output_sizes,
    plain_conv,
    plain_max_pool,
)
from reference.dropout import draw_mask
from reference.initializers import glorot_uniform
from reference.layers import affine, affine_gradients, relu_margin
from reference.losses import (
    draw_labels,
    lead,
    plain_softmax_loss,
    softmax,
    softmax_loss,
)
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Sizes
from reference.stabilisers import with_stabilisers

Initializer = Callable[[np.random.Generator, tuple[int, ...]], Array]

POOL = (2, 2, 2)
"""Height, width and stride of both max pools."""

PARAMETERS = tuple(f"{name}{layer}" for layer in range(1, 5) for name in "Wb")
GRADIENTS = tuple(f"d{name}" for name in PARAMETERS)


def keeps_size(padding: str) -> bool:
    """Return whether a convolution leaves an image as large as it was.

    >>> keeps_size("same"), keeps_size("valid")
    (True, False)
    """
    if padding not in ("same", "valid"):
        raise ValueError(f"padding={padding!r} is neither 'same' nor 'valid'")
    return padding == "same"


def pad_of(W: Array, padding: str) -> int:
    """Return the zeros on each side of an image: none, or as many as keep its size.

    >>> pad_of(np.zeros((1, 1, 5, 5)), "same"), pad_of(np.zeros((1, 1, 5, 5)), "valid")
    (2, 0)
    """
    return (W.shape[-1] - 1) // 2 if keeps_size(padding) else 0


def forward(
    X: Array,
    parameters: Mapping[str, Array],
    kept: Array | float = 1.0,
    keep: float = 1.0,
    activation: str = "relu",
    padding: str = "same",
) -> Answers:
    """Return every layer of the net, from the first convolution to the scores.

    Parameters
    ----------
    X : (N, C, H, W) float array
        N images of C channels.
    parameters : mapping of names to float arrays
        ``W1`` (F1, C, K, K), ``b1`` (F1,), ``W2`` (F2, F1, K, K), ``b2`` (F2,), ``W3`` (P, M),
        ``b3`` (M,), ``W4`` (M, classes), ``b4`` (classes,); P is what the second pool leaves of an
        image, K is odd.
    kept : (N, M) float array, or 1
        Which hidden units dropout keeps; all of them in test mode.
    keep : float
        The probability that it keeps one, 0 < keep <= 1.
    activation : str
        A monotone one of ``reference.activations.ACTIVATIONS``.
    padding : str
        ``same`` keeps the image's size in a convolution, ``valid`` pads nothing.

    Returns
    -------
    dict of arrays
        Pre-activations ``z1, z2, z3``, activations ``a1, a2, a3``, pooled ``p1, p2``, dropped ``h``
        (N, M), and ``scores`` (N, classes).

    Notes
    -----
    ::

        z1 = conv(X, W1, b1)      a1 = f(z1)    p1 = pool(a1)
        z2 = conv(p1, W2, b2)     a2 = f(z2)    p2 = pool(a2)
        z3 = p2 W3 + b3           a3 = f(z3)    h = a3 ⊙ kept / keep
        scores = h W4 + b4

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
    1998; ELEC/COMP 576, assignment 1, part 2.

    >>> rng = np.random.default_rng(0)
    >>> layers = forward(np.ones((1, 1, 8, 8)), initial_parameters(rng, (1, 8, 8)))
    >>> layers["p2"].shape, layers["scores"].shape
    ((1, 16, 2, 2), (1, 10))
    """
    f = ACTIVATIONS[activation].function
    W1, b1, W2, b2, W3, b3, W4, b4 = (parameters[name] for name in PARAMETERS)
    z1 = conv(X, W1, b1, pad=pad_of(W1, padding))
    a1 = f(z1)
    p1 = max_pool(a1, *POOL)
    z2 = conv(p1, W2, b2, pad=pad_of(W2, padding))
    a2 = f(z2)
    p2 = max_pool(a2, *POOL)
    z3 = affine(p2, W3, b3)
    a3 = f(z3)
    h = a3 * kept / keep
    layers = {"z1": z1, "a1": a1, "p1": p1, "z2": z2, "a2": a2, "p2": p2, "z3": z3, "a3": a3}
    return {**layers, "h": h, "scores": affine(h, W4, b4)}


def loss_and_gradients(
    X: Array,
    y: Array,
    parameters: Mapping[str, Array],
    kept: Array | float = 1.0,
    keep: float = 1.0,
    activation: str = "relu",
    padding: str = "same",
) -> Answers:
    """Return every layer of the net, its loss, and the gradients of the loss.

    Parameters
    ----------
    X : (N, C, H, W) float array
    y : (N,) integer array
        Right classes.
    parameters, kept, keep, activation, padding
        As in ``forward``.

    Returns
    -------
    dict of arrays
        The layers of ``forward``, ``probs`` (N, classes), ``pred`` (N,), ``loss`` (), and
        ``dW1, db1, …, dW4, db4``, each in the shape of its parameter.

    Notes
    -----
    With G = (softmax(scores) − onehot(y)) / N::

        loss = −mean log softmax(scores)[n, y[n]]
        dW4 = hᵀ G                       dz3 = (G W4ᵀ ⊙ kept / keep) ⊙ f'(z3)
        dW3 = p2ᵀ dz3                    dz2 = unpool(dz3 W3ᵀ) ⊙ f'(z2)
        dW2 = Σ windows(p1) dz2          dz1 = unpool(conv'(dz2, W2)) ⊙ f'(z1)
        dW1 = Σ windows(X) dz1

    and db = Σ dz over examples and pixels, G in place of dz in the last layer. ``unpool`` sends
    each gradient to the largest pixel of its window (``max_pool_gradient``), ``conv'`` is the
    gradient in the convolution's input, and ``Σ windows(X) dz`` that in its filters.

    References
    ----------
    ELEC/COMP 576, assignment 1, part 2.

    >>> rng = np.random.default_rng(0)
    >>> parameters = initial_parameters(rng, (1, 8, 8))
    >>> answers = loss_and_gradients(np.zeros((1, 1, 8, 8)), np.array([3]), parameters)
    >>> round(float(answers["loss"]), 4), round(float(answers["db4"][3]), 4)
    (2.3026, -0.9)
    """
    slope = ACTIVATIONS[activation].derivative
    W1, W2, W3, W4 = (parameters[name] for name in ("W1", "W2", "W3", "W4"))
    layers = forward(X, parameters, kept, keep, activation, padding)
    loss, G = softmax_loss(layers["scores"], y)
    dh, dW4, db4 = affine_gradients(G, layers["h"], W4)
    dz3 = dh * kept / keep * slope(layers["z3"])
    dp2, dW3, db3 = affine_gradients(dz3, layers["p2"], W3)
    dz2 = max_pool_gradient(dp2, layers["a2"], *POOL) * slope(layers["z2"])
    dW2, db2 = conv_parameter_gradients(dz2, layers["p1"], W2.shape, pad=pad_of(W2, padding))
    dp1 = conv_input_gradient(dz2, W2, layers["p1"].shape, pad=pad_of(W2, padding))
    dz1 = max_pool_gradient(dp1, layers["a1"], *POOL) * slope(layers["z1"])
    dW1, db1 = conv_parameter_gradients(dz1, X, W1.shape, pad=pad_of(W1, padding))
    return {
        **layers,
        "probs": softmax(layers["scores"]),
        "pred": layers["scores"].argmax(axis=1),
        "loss": np.asarray(loss),
    } | dict(zip(GRADIENTS, (dW1, db1, dW2, db2, dW3, db3, dW4, db4), strict=True))


def flat_size(H: int, W: int, K: int, padding: str) -> int:
    """Return how many pixels of an image are left after both convolutions and pools.

    >>> flat_size(28, 28, K=5, padding="same"), flat_size(28, 28, K=5, padding="valid")
    (49, 16)
    """
    for _ in range(2):
        H, W = (length if keeps_size(padding) else length - K + 1 for length in (H, W))
        H, W = output_sizes(H, W, *POOL).values()
    return H * W


def initial_parameters(
    rng: np.random.Generator,
    image: tuple[int, int, int],
    *,
    filters: tuple[int, int] = (8, 16),
    K: int = 5,
    hidden: int = 64,
    classes: int = 10,
    padding: str = "same",
    initializer: Initializer = glorot_uniform,
) -> dict[str, Array]:
    """Return random weights and zero biases.

    Parameters
    ----------
    rng : numpy.random.Generator
    image : (C, H, W)
        Shape of an image.
    filters : (F1, F2)
    K, hidden, classes : int
        Width of the square filters, hidden units, classes.
    padding : str
        ``same`` or ``valid``.
    initializer : function of (rng, shape)
        Draws the weights of a layer, as those of ``reference.initializers`` do.

    Returns
    -------
    dict of float arrays
        ``W1, b1, …, W4, b4``.

    >>> initial_parameters(np.random.default_rng(0), (1, 28, 28))["W3"].shape
    (784, 64)
    """
    (C, H, W), (F1, F2) = image, filters
    shapes = {
        "W1": (F1, C, K, K),
        "W2": (F2, F1, K, K),
        "W3": (F2 * flat_size(H, W, K, padding), hidden),
        "W4": (hidden, classes),
    }
    outputs = {"b1": F1, "b2": F2, "b3": hidden, "b4": classes}
    weights = {name: initializer(rng, shape) for name, shape in shapes.items()}
    return weights | {name: np.zeros(length) for name, length in outputs.items()}


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw images, labels, parameters with random biases and a mask; ``scale`` multiplies W4."""
    N, C, H, W, K = (sizes[name] for name in "NCHWK")
    F1, F2, M, classes = (sizes[name] for name in ("F1", "F2", "M", "classes"))
    P = F2 * flat_size(H, W, K, options["padding"])
    keep = float(settings["keep"])
    drawn: dict[str, Any] = {"X": rng.normal(size=(N, C, H, W)), "y": draw_labels(rng, N, classes)}
    weights = {"W1": (F1, C, K, K), "W2": (F2, F1, K, K), "W3": (P, M), "W4": (M, classes)}
    for name, shape in weights.items():
        inputs = np.prod(shape[1:]) if len(shape) == 4 else shape[0]
        drawn[name] = rng.normal(size=shape) * np.sqrt(2.0 / inputs)
    for name, length in zip(("b1", "b2", "b3", "b4"), (F1, F2, M, classes), strict=True):
        drawn[name] = rng.normal(scale=0.5, size=length)
    drawn["W4"] *= settings["scale"]
    return {**drawn, "kept": draw_mask(rng, (N, M), keep), "keep": keep, "P": P}


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return all answers."""
    parameters = {name: inputs[name] for name in PARAMETERS}
    return loss_and_gradients(
        inputs["X"],
        inputs["y"],
        parameters,
        inputs["kept"],
        inputs["keep"],
        options["activation"],
        options["padding"],
    )


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the loss by sums over filter pixels and comparisons of real parts (complex-safe)."""
    f = ACTIVATIONS[options["activation"]].plain
    W1, b1, W2, b2, W3, b3, W4, b4 = (inputs[name] for name in PARAMETERS)
    pads = (pad_of(W, options["padding"]) for W in (W1, W2))
    images = inputs["X"]
    for W, b, pad in zip((W1, W2), (b1, b2), pads, strict=True):
        images = plain_max_pool(f(plain_conv(images, W, b, 1, pad)), *POOL)
    flat = images.reshape(*images.shape[:-3], -1)
    a3 = f(np.einsum("...np,...pm->...nm", flat, W3) + b3[..., None, :])
    h = np.where(inputs["kept"] == 1.0, a3 / inputs["keep"], 0.0)
    scores = np.einsum("...nm,...mc->...nc", h, W4) + b4[..., None, :]
    return {"loss": plain_softmax_loss(scores, inputs["y"])}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance from a kink of an activation, a tie in a pool, or tied scores."""
    layers = solve(inputs, options)
    W1, b1, W2, b2, W3, b3, _, _ = (inputs[name] for name in PARAMETERS)
    activation, padding = options["activation"], options["padding"]
    hidden = relu_margin(layers["p2"], W3, b3) if ACTIVATIONS[activation].kinked else np.inf
    return min(
        pooled_margin(inputs["X"], W1, b1, pad_of(W1, padding), POOL, activation),
        pooled_margin(layers["p1"], W2, b2, pad_of(W2, padding), POOL, activation),
        hidden,
        lead(layers["scores"]),
    )


PROBLEM = Problem(
    id="lenet",
    title="Convolutional net in the style of LeNet-5, with dropout",
    source="ELEC/COMP 576 assignment 1, part 2",
    shapes=lambda options: {
        "X": ("N", "C", "H", "W"),
        "y": ("N",),
        "W1": ("F1", "C", "K", "K"),
        "b1": ("F1",),
        "W2": ("F2", "F1", "K", "K"),
        "b2": ("F2",),
        "W3": ("P", "M"),
        "b3": ("M",),
        "W4": ("M", "classes"),
        "b4": ("classes",),
        "kept": ("N", "M"),
        "keep": (),
    },
    sizes=(
        {"N": 4, "C": 1, "H": 11, "W": 14, "F1": 2, "F2": 5, "K": 3, "M": 9, "classes": 7},
        {"N": 2, "C": 1, "H": 11, "W": 15, "F1": 4, "F2": 6, "K": 3, "M": 13, "classes": 7},
    ),
    settings={"keep": 0.7, "scale": 1.0},
    regimes={
        "single": {"N": 1, "M": 13},
        "square": dict.fromkeys(("N", "C", "F1", "F2", "M", "classes"), 3)
        | {"H": 10, "W": 10, "K": 3},
        "undropped": {"keep": 1.0},
        "hot": {"scale": 4.0},
    },
    options={
        "activation": ("relu", "tanh", "sigmoid", "leaky_relu", "elu"),
        "padding": ("same", "valid"),
    },
    draw=draw,
    solve=solve,
    value=value,
    stacks=True,
    gradients={f"d{name}": Gradient(of="loss", wrt=name) for name in PARAMETERS},
    margin=margin,
    stabilised=with_stabilisers(solve, lambda inputs, options: solve(inputs, options)["scores"]),
)
