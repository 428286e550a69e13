import numpy as np


def loss(W, x):
    return 0.5 * np.sum((W.T @ W @ x - x) ** 2


def gradient(W, x):
    e = W.T @ W @ x - x
    return np.outer(W @ x, e) + np.outer(W @ e, x)
