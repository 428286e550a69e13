import numpy as np


def loss(W, x):
    e = W.T @ (W @ x) - x
    return 0.5 * e @ e


def gradient(W, x):
    code = W @ x
    e = W.T @ code - x
    return np.outer(code, e) + np.outer(W @ e, x)


def batch_loss(W, X, f):
    E = f(W.T @ f(W @ X)) - X
    return 0.5 * np.sum(E ** 2)


def batch_gradient(W, X, f, slope):
    A = W @ X
    H = f(A)
    B = W.T @ H
    D = (f(B) - X) * slope(B)
    R = (W @ D) * slope(A)
    return H @ D.T + R @ X.T
