import numpy as np


def sig(a):
    return 1.0 / (1.0 + np.exp(-a))


def table(nv):
    grids = np.meshgrid(*[[0.0, 1.0]] * nv, indexing='ij')
    return np.stack([g.ravel() for g in grids], axis=1)


def logits(S, W, b, c):
    return S @ b + np.log1p(np.exp(S @ W + c)).sum(1)


def log_likelihood(V, W, b, c):
    logZ = np.log(np.exp(logits(table(len(b)), W, b, c)).sum())
    return (logits(V, W, b, c) - logZ).sum()


def gradients(V, W, b, c):
    S = table(len(b))
    p = np.exp(logits(S, W, b, c))
    p /= p.sum()
    hV, hS = sig(V @ W + c), sig(S @ W + c)
    # positive phase minus negative phase, as in the lecture
    dW = V.T @ hV - (S * p[:, None]).T @ hS
    db = V.sum(0) - p @ S
    dc = hV.sum(0) - p @ hS
    return dW, db, dc
