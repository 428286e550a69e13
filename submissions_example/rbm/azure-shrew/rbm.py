import numpy as np


def all_states(nv):
    return np.array([[(k >> i) & 1 for i in range(nv)] for k in range(2 ** nv)], dtype=float)


def minus_free_energy(V, W, b, c):
    return V @ b + np.logaddexp(0, V @ W + c).sum(axis=1)


def log_likelihood(V, W, b, c):
    scores = minus_free_energy(all_states(len(b)), W, b, c)
    top = scores.max()
    log_Z = top + np.log(np.exp(scores - top).sum())
    return minus_free_energy(V, W, b, c).sum() - len(V) * log_Z


def gradients(V, W, b, c):
    S = all_states(len(b))
    scores = minus_free_energy(S, W, b, c)
    p = np.exp(scores - scores.max())
    p = len(V) * p / p.sum()
    data = 1 / (1 + np.exp(-(V @ W + c)))
    model = 1 / (1 + np.exp(-(S @ W + c)))
    dW = V.T @ data - S.T @ (p[:, None] * model)
    return dW, V.sum(axis=0) - p @ S, data.sum(axis=0) - p @ model
