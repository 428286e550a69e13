import numpy as np


def loss(W, x):
    """squared error"""
    diff = x - W.T @ W @ x
    return np.linalg.norm(diff) ** 2


def gradient(W, x):
    diff = W.T @ W @ x - x
    return 2 * (np.outer(W @ x, diff) + np.outer(W @ diff, x))


def batch_loss(W, X, f):
    diff = X - f(W.T @ f(W @ X))
    return (diff ** 2).sum()


def batch_gradient(W, X, f, slope):
    pre = W @ X
    out = W.T @ f(pre)
    dout = 2 * (f(out) - X) * slope(out)
    dpre = (W @ dout) * slope(pre)
    return f(pre) @ dout.T + dpre @ X.T
