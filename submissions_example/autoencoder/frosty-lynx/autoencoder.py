import numpy as np


def loss(W, x):
    recon = np.einsum('ij,ik,k->j', W, W, x)
    return 0.5 * ((recon - x) ** 2).sum()


def gradient(W, x):
    e = np.einsum('ij,ik,k->j', W, W, x) - x
    return W @ (np.outer(x, e) + np.outer(e, x))


def batch_loss(W, X, f):
    recon = f(W.T @ f(W @ X))
    return 0.5 * ((recon - X) ** 2).sum(axis=0).mean()


def batch_gradient(W, X, f, slope):
    N = X.shape[1]
    a = W @ X
    c = W.T @ f(a)
    d = (f(c) - X) * slope(c) / N
    r = (W @ d) * slope(a)
    return f(a) @ d.T + r @ X.T
