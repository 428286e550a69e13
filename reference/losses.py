"""Losses on class scores, each with its gradient, and the labels they are drawn with."""

from __future__ import annotations

import numpy as np

from reference.problem import Array


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


def draw_labels(rng: np.random.Generator, N: int, C: int) -> Array:
    """Return N labels that leave one class out where N >= 2, so that no answer may count on all.

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
        At least two classes occur where N >= 2 and C >= 3.
    """
    present = rng.permutation(C)[: max(C - 1, 1)]
    labels = np.concatenate([present, rng.choice(present, size=N)])[:N]
    shuffled: Array = rng.permutation(labels).astype(np.int64)
    return shuffled
