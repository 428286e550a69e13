import numpy as np


def expit(t):
    return 1 / (1 + np.exp(-t))


def log_likelihood(V, W, b, c):
    nv = len(b)
    top = -np.inf
    values = []
    for k in range(2 ** nv):
        v = np.array([k >> i & 1 for i in range(nv)])
        values.append(v @ b + np.sum(np.logaddexp(0, v @ W + c)))
        top = max(top, values[-1])
    log_Z = top + np.log(sum(np.exp(value - top) for value in values))
    return sum(v @ b + np.sum(np.logaddexp(0, v @ W + c)) - log_Z for v in V)


def gradients(V, W, b, c):
    # one step of contrastive divergence, with probabilities in place of samples
    h0 = expit(V @ W + c)
    v1 = expit(h0 @ W.T + b)
    h1 = expit(v1 @ W + c)
    return V.T @ h0 - v1.T @ h1, (V - v1).sum(0), (h0 - h1).sum(0)
