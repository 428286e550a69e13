"""Losses on class scores, each with its gradient, and the labels they are drawn with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Sizes
from reference.stabilisers import replaceable, with_stabilisers


def softmax(scores: Array) -> Array:
    """Return the softmax of each row, shifted so that nothing overflows.

    Parameters
    ----------
    scores : (N, C) float array
        Any real values; ±1e4 is as good as ±1.

    Returns
    -------
    (N, C) float array
        Rows of non-negative entries that sum to 1.

    >>> softmax(np.array([[1e4, 1e4]]))
    array([[0.5, 0.5]])
    """
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = exponentials / exponentials.sum(axis=1, keepdims=True)
    return shares


def log_softmax(scores: Array) -> Array:
    """Return the logarithm of the softmax of each row, finite for all finite scores.

    Parameters
    ----------
    scores : (N, C) float array

    Returns
    -------
    (N, C) float array

    >>> log_softmax(np.array([[0.0, 2e4]]))
    array([[-20000.,      0.]])
    """
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs


@replaceable
def softmax_loss(scores: Array, y: Array) -> tuple[float, Array]:
    """Return the mean cross-entropy of the softmax, and its gradient in the scores.

    Parameters
    ----------
    scores : (N, C) float array
    y : (N,) integer array
        The right class of each example, 0 <= y < C.

    Returns
    -------
    loss : float
        ``-mean(log_softmax(scores)[n, y[n]])``.
    dscores : (N, C) float array
        ``(softmax(scores) - onehot(y)) / N``.

    References
    ----------
    CS231n and ECE C147/C247, ``layers.softmax_loss``.

    >>> loss, dscores = softmax_loss(np.zeros((1, 2)), np.array([0]))
    >>> round(loss, 4), dscores
    (0.6931, array([[-0.5,  0.5]]))
    """
    N = len(y)
    rows = np.arange(N)
    loss = -log_softmax(scores)[rows, y].mean()
    dscores = softmax(scores)
    dscores[rows, y] -= 1.0
    return float(loss), dscores / N


def svm_margins(scores: Array, y: Array, delta: float = 1.0) -> Array:
    """Return by how much each wrong class comes within ``delta`` of the right one.

    Parameters
    ----------
    scores : (N, C) float or complex array
    y : (N,) integer array
    delta : float
        Margin that is asked of the right class, > 0.

    Returns
    -------
    (N, C) array
        ``scores[n, j] − scores[n, y[n]] + delta``, and 0 for the right class.

    >>> svm_margins(np.array([[3.0, 1.0]]), np.array([1]))
    array([[3., 0.]])
    """
    rows = np.arange(len(y))
    margins: Array = scores - scores[rows, y][:, None] + delta
    margins[rows, y] = 0.0
    return margins


def svm_loss(scores: Array, y: Array, delta: float = 1.0) -> tuple[float, Array]:
    """Return the mean multiclass hinge loss, and its gradient in the scores.

    Parameters
    ----------
    scores : (N, C) float array
    y : (N,) integer array
        The right class of each example, 0 <= y < C.
    delta : float
        Margin that is asked of the right class, > 0.

    Returns
    -------
    loss : float
        ``Σₙ Σ_{j ≠ y[n]} max(0, scores[n, j] − scores[n, y[n]] + delta) / N``.
    dscores : (N, C) float array
        ``1/N`` for each wrong class within the margin, minus their number over N for the right.

    References
    ----------
    CS231n, "Linear classification" and ``layers.svm_loss``.

    >>> loss, dscores = svm_loss(np.array([[3.0, 1.0, -4.0]]), np.array([1]))
    >>> loss, dscores
    (3.0, array([[ 1., -1.,  0.]]))
    """
    N = len(y)
    margins = svm_margins(scores, y, delta)
    dscores = (margins > 0).astype(np.float64)
    dscores[np.arange(N), y] = -dscores.sum(axis=1)
    return float(np.maximum(margins, 0.0).sum() / N), dscores / N


def plain_svm_loss(scores: Array, y: Array) -> Array:
    """Return the mean hinge loss of real or complex scores, over all classes less the right one.

    >>> float(plain_svm_loss(np.array([[3.0, 1.0, -4.0]]), np.array([1])))
    3.0
    """
    raised = scores + 1.0 - (scores * np.eye(scores.shape[1])[y]).sum(axis=1, keepdims=True)
    mean: Array = (raised * (raised.real > 0)).sum() / len(y) - 1.0
    return mean


def plain_softmax_loss(scores: Array, y: Array) -> Array:
    """Return the mean cross-entropy of real or complex scores, as the mean of −log of a share.

    There may be further axes in front of those of the scores, which the result then has.

    >>> complex(plain_softmax_loss(np.zeros((1, 2), dtype=complex), np.array([0])).round(4))
    (0.6931+0j)
    """
    differences = scores - scores[..., np.arange(len(y)), y][..., None]
    largest = differences.real.max(axis=-1, keepdims=True)
    losses = largest[..., 0] + np.log(np.exp(differences - largest).sum(axis=-1))
    mean: Array = losses.mean(axis=-1)
    return mean


def draw_labels(rng: np.random.Generator, N: int, C: int) -> Array:
    """Return N labels that leave one of three classes or more out: no answer may count on all.

    Parameters
    ----------
    rng : numpy.random.Generator
    N : int
        Number of examples.
    C : int
        Number of classes, at least 2.

    Returns
    -------
    (N,) int64 array
        At least two classes occur where N >= 2.

    >>> len(np.unique(draw_labels(np.random.default_rng(0), 100, C=4)))
    3
    """
    present = rng.permutation(C)[: max(C - 1, 2)]
    labels = np.concatenate([present, rng.choice(present, size=N)])[:N]
    shuffled: Array = rng.permutation(labels).astype(np.int64)
    return shuffled


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw scores, stretched by ``scale``, and labels."""
    N, C = sizes["N"], sizes["C"]
    return {"x": settings["scale"] * rng.normal(size=(N, C)), "y": draw_labels(rng, N, C)}


def lead(scores: Array) -> float:
    """Return the least lead of a best score over the second, relative to the row's largest.

    Parameters
    ----------
    scores : (N, C) float array
        C >= 2.

    Returns
    -------
    float

    >>> lead(np.array([[1.0, -4.0, 3.0]]))
    0.5
    """
    second, best = np.sort(scores, axis=1)[:, -2:].T
    return float(((best - second) / np.abs(scores).max(axis=1)).min())


def hinge_distance(scores: Array, y: Array, delta: float = 1.0) -> float:
    """Return the least relative distance of a margin of a wrong class from 0.

    >>> hinge_distance(np.array([[3.0, 1.0]]), np.array([1]))
    0.6
    """
    rows = np.arange(len(y))
    margins = svm_margins(scores, y, delta)
    margins[rows, y] = np.inf
    reach = np.abs(scores) + np.abs(scores[rows, y])[:, None] + delta
    return float((np.abs(margins) / reach).min())


def rounding_of_logarithms(inputs: Inputs, options: Options) -> Mapping[str, float]:
    """Return how far ``exp(x − log Σ exp x)`` moves the gradient of the mean softmax loss.

    The logarithm of the sum is as large as the scores and rounded as they are, so that each
    probability is off by that share of it; where they are 0 or 1, no change of x shows it.
    """
    return {"dx": float(np.abs(inputs["x"]).max()) / len(inputs["y"])}


def _problem(loss_id: str, title: str, **rows: Any) -> Problem:
    """Return the problem of a loss on scores; ``rows`` are the fields that differ."""
    return Problem(
        id=loss_id,
        title=title,
        source=f"ECE C147/C247 homework 3, question 5; CS231n assignment 2: layers.{loss_id}",
        shapes=lambda options: {"x": ("N", "C"), "y": ("N",)},
        sizes=({"N": 7, "C": 5}, {"N": 5, "C": 11}),
        settings={"scale": 1.0},
        regimes={
            "single": {"N": 1},
            "square": {"N": 5, "C": 5},
            "hot": {"scale": 6.0},
            "large": {"scale": 300.0},
        },
        draw=draw,
        gradients={"dx": Gradient(of="loss", wrt="x")},
        **rows,
    )


def _solved(loss: float, dx: Array) -> Answers:
    return {"loss": np.asarray(loss), "dx": dx}


PROBLEMS = {
    "softmax_loss": _problem(
        "softmax_loss",
        "Mean softmax cross-entropy and its gradient",
        solve=lambda inputs, options: _solved(*softmax_loss(inputs["x"], inputs["y"])),
        value=lambda inputs, options: {"loss": plain_softmax_loss(inputs["x"], inputs["y"])},
        rounding=rounding_of_logarithms,
        stabilised=with_stabilisers(
            lambda inputs, options: _solved(*softmax_loss(inputs["x"], inputs["y"])),
            lambda inputs, options: inputs["x"],
        ),
    ),
    "svm_loss": _problem(
        "svm_loss",
        "Mean multiclass hinge loss and its gradient",
        solve=lambda inputs, options: _solved(*svm_loss(inputs["x"], inputs["y"])),
        value=lambda inputs, options: {"loss": plain_svm_loss(inputs["x"], inputs["y"])},
        margin=lambda inputs, options: hinge_distance(inputs["x"], inputs["y"]),
    ),
}
