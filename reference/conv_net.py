"""The three-layer convolutional net: convolution, ReLU, 2×2 max pool, affine, ReLU, affine.

ECE C147/C247 homework 5 and CS231n assignment 2 (``ThreeLayerConvNet``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.activations import ACTIVATIONS, plain_leaky_relu, relu
from reference.convolution import (
    conv,
    conv_parameter_gradients,
    max_pool,
    max_pool_gradient,
    plain_conv,
    plain_max_pool,
    windows,
)
from reference.layers import affine, affine_gradients, relu_margin
from reference.losses import draw_labels, lead, plain_softmax_loss, softmax_loss
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Sizes
from reference.stabilisers import with_stabilisers
from reference.two_layer_net import PENALTY

POOL = (2, 2, 2)
"""Height, width and stride of the max pool."""

PARAMETERS = ("W1", "b1", "W2", "b2", "W3", "b3")
NAMES = ("X", "y", *PARAMETERS, "reg")


def loss_and_gradients(
    X: Array,
    y: Array,
    W1: Array,
    b1: Array,
    W2: Array,
    b2: Array,
    W3: Array,
    b3: Array,
    reg: float,
    factor: float = 0.5,
) -> Answers:
    """Return the scores, the loss, and the loss's gradients of a three-layer convolutional net.

    Parameters
    ----------
    X : (N, C, H, W) float array
        N images of C channels, H and W even.
    y : (N,) integer array
        Right classes.
    W1, b1 : (F, C, K, K) and (F,) float arrays
        F square filters, K odd; padding keeps the image's size.
    W2, b2 : (F·H/2·W/2, M) and (M,) float arrays
    W3, b3 : (M, classes) and (classes,) float arrays
    reg : float
        Strength of the weight decay, >= 0. The biases are not penalised.
    factor : float
        ½ where a course penalises ``½ reg ‖W‖²``, 1 for ``reg ‖W‖²``, 0 for no penalty.

    Returns
    -------
    dict of arrays
        ``scores`` (N, classes), ``pred`` (N,), ``loss`` (), and ``dW1, db1, …, dW3, db3``, each in
        the shape of its parameter.

    Notes
    -----
    ::

        Z = conv(X, W1, b1)      A = pool(max(0, Z))     B = max(0, A W2 + b2)
        scores = B W3 + b3       G = (softmax(scores) − onehot(y)) / N
        dW3 = Bᵀ G               dB = G W3ᵀ ⊙ [B > 0]
        dW2 = Aᵀ dB              dZ = unpool(dB W2ᵀ) ⊙ [Z > 0]     dW1 = Σ windows(X) dZ

    and ``2·factor·reg·W`` more for each weight; db1 and db2 sum dZ and dB, and db3 sums G, over the
    examples and pixels. ``unpool`` sends each gradient to the largest pixel of its window
    (``max_pool_gradient``), and ``Σ windows(X) dZ`` is a convolution's gradient in its filters.
    The loss is ``−mean log softmax(scores)[n, y[n]] + factor·reg·(‖W1‖² + ‖W2‖² + ‖W3‖²)``.

    References
    ----------
    ECE C147/C247, homework 5, and CS231n, assignment 2, ``ThreeLayerConvNet``.

    >>> answers = loss_and_gradients(
    ...     np.ones((1, 1, 2, 2)), np.array([0]), np.ones((1, 1, 1, 1)), np.zeros(1),
    ...     np.ones((1, 1)), np.zeros(1), np.ones((1, 2)), np.zeros(2), reg=0.0)
    >>> answers["db3"], answers["dW1"].ravel()
    (array([-0.5,  0.5]), array([0.]))
    """
    pad = (W1.shape[-1] - 1) // 2
    Z = conv(X, W1, b1, pad=pad)
    R = relu(Z)
    A = max_pool(R, *POOL)
    B = relu(affine(A, W2, b2))
    scores = affine(B, W3, b3)
    loss, G = softmax_loss(scores, y)
    dB, dW3, db3 = affine_gradients(G, B, W3)
    dA, dW2, db2 = affine_gradients(dB * (B > 0), A, W2)
    dZ = max_pool_gradient(dA, R, *POOL) * (Z > 0)
    dW1, db1 = conv_parameter_gradients(dZ, X, W1.shape, pad=pad)
    decay = 2.0 * factor * reg
    penalty = factor * reg * sum(float(np.sum(W**2)) for W in (W1, W2, W3))
    return {
        "scores": scores,
        "pred": scores.argmax(axis=1),
        "loss": np.asarray(loss + penalty),
        "dW1": dW1 + decay * W1,
        "db1": db1,
        "dW2": dW2 + decay * W2,
        "db2": db2,
        "dW3": dW3 + decay * W3,
        "db3": db3,
    }


def scores_of(X: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array) -> Array:
    """Return the scores of a three-layer convolutional net.

    Parameters
    ----------
    X : (N, C, H, W) float array
    W1, b1, W2, b2, W3, b3 : float arrays
        As in ``loss_and_gradients``.

    Returns
    -------
    (N, classes) float array

    >>> scores_of(np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1)), np.zeros(1),
    ...           np.ones((1, 1)), np.zeros(1), np.ones((1, 2)), np.zeros(2))
    array([[1., 1.]])
    """
    A = max_pool(relu(conv(X, W1, b1, pad=(W1.shape[-1] - 1) // 2)), *POOL)
    return affine(relu(affine(A, W2, b2)), W3, b3)


def initial_parameters(
    rng: np.random.Generator,
    image: tuple[int, int, int],
    *,
    filters: int = 32,
    K: int = 3,
    hidden: int = 100,
    classes: int = 10,
    weight_scale: float = 1e-3,
) -> dict[str, Array]:
    """Return normal weights of standard deviation ``weight_scale``, and zero biases.

    Parameters
    ----------
    rng : numpy.random.Generator
    image : (C, H, W)
        Shape of an image, H and W even.
    filters, K, hidden, classes : int
        Number and width of the filters, hidden units, classes.
    weight_scale : float
        > 0.

    Returns
    -------
    dict of float arrays
        ``W1, b1, …, W3, b3``.

    >>> initial_parameters(np.random.default_rng(0), (3, 32, 32))["W2"].shape
    (8192, 100)
    """
    C, H, W = image
    pooled = filters * (H // 2) * (W // 2)
    return {
        "W1": weight_scale * rng.normal(size=(filters, C, K, K)),
        "b1": np.zeros(filters),
        "W2": weight_scale * rng.normal(size=(pooled, hidden)),
        "b2": np.zeros(hidden),
        "W3": weight_scale * rng.normal(size=(hidden, classes)),
        "b3": np.zeros(classes),
    }


def pooled_margin(
    X: Array,
    W: Array,
    b: Array,
    pad: int,
    pool: tuple[int, int, int],
    activation: str = "relu",
) -> float:
    """Return how near a pooled unit of a convolution is to a kink or tie, relative to what it sums.

    Near are two largest pre-activations of a window that are almost equal, and a largest one
    that is almost at the activation's kink. What lies below the largest cannot be seen, nor can
    a tie where the ReLU is closed.

    Parameters
    ----------
    X : (N, C, H, W) float array
    W, b : (F, C, K, K) and (F,) float arrays
    pad : int
    pool : (int, int, int)
        Height, width and stride.
    activation : str
        A monotone one of ``reference.activations.ACTIVATIONS``.

    Returns
    -------
    float

    >>> pooled_margin(np.array([[[[4.0, 3.0]]]]), np.ones((1, 1, 1, 1)), np.zeros(1), 0, (1, 2, 1))
    0.25
    """
    Z = conv(X, W, b, pad=pad)
    reach = conv(np.abs(X), np.abs(W), np.abs(b), pad=pad)
    seen = windows(Z, *pool)
    ordered = np.sort(seen.reshape(*seen.shape[:4], -1), axis=-1)
    first, distance = ordered[..., -1], ordered[..., -1] - ordered[..., -2]
    if ACTIVATIONS[activation].kinked:
        distance = np.minimum(np.abs(first), distance)
    if activation == "relu":
        distance = np.where(first > 0, distance, -first)
    return float((distance / max_pool(reach, *pool)).min())


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw images, labels and parameters; ``scale`` multiplies W3, and ``stretch`` X."""
    N, C, H, W = (sizes[name] for name in "NCHW")
    F, K, M, classes = (sizes[name] for name in ("F", "K", "M", "classes"))
    P = F * (H // 2) * (W // 2)
    return {
        "X": settings["stretch"] * rng.normal(size=(N, C, H, W)),
        "y": draw_labels(rng, N, classes),
        "W1": rng.normal(size=(F, C, K, K)) * np.sqrt(2.0 / (C * K * K)),
        "b1": rng.normal(scale=0.5, size=F),
        "W2": rng.normal(size=(P, M)) * np.sqrt(2.0 / P),
        "b2": rng.normal(scale=0.5, size=M),
        "W3": settings["scale"] * rng.normal(size=(M, classes)) / np.sqrt(M),
        "b3": rng.normal(scale=0.5, size=classes),
        "reg": float(settings["reg"]),
        "P": P,
    }


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return all answers."""
    arguments = {name: inputs[name] for name in NAMES}
    return loss_and_gradients(**arguments, factor=PENALTY[options["penalty"]])


def given(inputs: Inputs, options: Options, own: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return what follows from a student's own scores: predictions, and the loss."""
    scores = own["scores"]
    squares = sum(float(np.sum(inputs[name] ** 2)) for name in ("W1", "W2", "W3"))
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares
    loss, _ = softmax_loss(scores, inputs["y"])
    return {"pred": scores.argmax(axis=1), "loss": np.asarray(loss + penalty)}


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the loss by sums over filter pixels and comparisons of real parts (complex-safe)."""
    X, y, W1, b1, W2, b2, W3, b3, reg = (inputs[name] for name in NAMES)
    Z = plain_conv(X, W1, b1, 1, (W1.shape[-1] - 1) // 2)
    A = plain_max_pool(plain_leaky_relu(Z, alpha=0.0), *POOL)
    A = A.reshape(*A.shape[:-3], -1)
    B = plain_leaky_relu(np.einsum("...np,...pm->...nm", A, W2) + b2[..., None, :], alpha=0.0)
    scores = np.einsum("...nm,...mc->...nc", B, W3) + b3[..., None, :]
    squares = (W1**2).sum(axis=(-4, -3, -2, -1)) + (W2**2).sum((-2, -1)) + (W3**2).sum((-2, -1))
    penalty = PENALTY[options["penalty"]] * reg * squares
    return {"loss": np.asarray(plain_softmax_loss(scores, y) + penalty)}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance from a kink of either ReLU or the pool, or from tied scores."""
    X, _, W1, b1, W2, b2, W3, b3, _ = (inputs[name] for name in NAMES)
    pad = (W1.shape[-1] - 1) // 2
    A = max_pool(relu(conv(X, W1, b1, pad=pad)), *POOL)
    return min(
        pooled_margin(X, W1, b1, pad, POOL),
        relu_margin(A, W2, b2),
        lead(scores_of(X, W1, b1, W2, b2, W3, b3)),
    )


def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the weight gradients' two parts: from the data and from the penalty."""
    data = solve(inputs, {**options, "penalty": "absent"})
    decay = 2.0 * PENALTY[options["penalty"]] * inputs["reg"]
    return {
        f"d{name}": {"data": data[f"d{name}"], "penalty": decay * inputs[name]}
        for name in ("W1", "W2", "W3")
    }


PROBLEM = Problem(
    id="conv_net",
    title="Three-layer convolutional net with softmax cross-entropy and weight decay",
    source="ECE C147/C247 homework 5; CS231n assignment 2: ThreeLayerConvNet",
    shapes=lambda options: {
        "X": ("N", "C", "H", "W"),
        "y": ("N",),
        "W1": ("F", "C", "K", "K"),
        "b1": ("F",),
        "W2": ("P", "M"),
        "b2": ("M",),
        "W3": ("M", "classes"),
        "b3": ("classes",),
        "reg": (),
    },
    sizes=(
        {"N": 7, "C": 2, "H": 4, "W": 6, "F": 5, "K": 3, "M": 9, "classes": 8},
        {"N": 9, "C": 3, "H": 8, "W": 4, "F": 2, "K": 5, "M": 11, "classes": 7},
    ),
    settings={"reg": 0.0, "scale": 1.0, "stretch": 1.0},
    regimes={
        "decay": {"reg": 0.3},
        "single": {"N": 1},
        "square": {"N": 4, "C": 4, "H": 4, "W": 4, "F": 4, "K": 3, "M": 4, "classes": 4},
        "hot": {"scale": 6.0},
        # Images, activations and gradients that are large, in a net that narrows; two classes.
        "wide": {
            "N": 6,
            "C": 3,
            "H": 4,
            "W": 2,
            "F": 4,
            "K": 3,
            "M": 3,
            "classes": 2,
            "stretch": 300.0,
            "scale": 0.004,
        },
    },
    options={"penalty": ("half", "full", "absent")},
    draw=draw,
    solve=solve,
    value=value,
    stacks=True,
    gradients={
        f"d{name}": Gradient(of="loss", wrt=name) for name in ("W1", "b1", "W2", "b2", "W3", "b3")
    },
    margin=margin,
    parts=parts,
    stabilised=with_stabilisers(solve, lambda inputs, options: solve(inputs, options)["scores"]),
    given=given,
    intermediates=("scores",),
)
