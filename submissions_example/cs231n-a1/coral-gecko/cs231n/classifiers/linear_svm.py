import numpy as np


def hinge(W, X, y):
    rows = np.arange(len(X))
    scores = np.einsum('nd,dc->nc', X, W)
    gap = np.clip(1 + scores - scores[rows, y][:, None], 0, None)
    gap[rows, y] = 0
    G = np.sign(gap)
    G[rows, y] = -np.count_nonzero(gap, axis=1)
    return gap, G


def svm_loss_naive(W, X, y, reg):
    """One example after the other; the penalty is reg * |W|^2."""
    loss, dW = reg * np.linalg.norm(W) ** 2, 2 * reg * W
    for x, label in zip(X, y):
        gap, G = hinge(W, x[None], np.array([label]))
        loss += gap.sum() / len(X)
        dW = dW + np.outer(x, G) / len(X)
    return loss, dW


def svm_loss_vectorized(W, X, y, reg):
    """All at once; the penalty is reg / 2 * |W|^2."""
    gap, G = hinge(W, X, y)
    return gap.sum(axis=1).mean() + reg / 2 * np.einsum('dc,dc->', W, W), X.T @ G / len(X) + reg * W
