import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def every_v(nv):
    return (np.arange(2 ** nv)[:, None] // 2 ** np.arange(nv)) % 2.0


def unnormalised(V, W, b, c):
    return np.exp(V @ b) * np.prod(1 + np.exp(V @ W + c), axis=1)


def log_likelihood(V, W, b, c):
    Z = unnormalised(every_v(len(b)), W, b, c).sum()
    return np.sum(np.log(unnormalised(V, W, b, c) / Z))


def gradients(V, W, b, c):
    states = every_v(len(b))
    p = unnormalised(states, W, b, c)
    p = p / p.sum()
    n = V.shape[0]
    h_data = sigmoid(V @ W)
    h_model = sigmoid(states @ W)
    dW = V.T @ h_data - n * states.T @ (h_model * p[:, np.newaxis])
    db = np.sum(V, 0) - n * np.sum(states * p[:, np.newaxis], 0)
    dc = np.sum(h_data, 0) - n * np.sum(h_model * p[:, np.newaxis], 0)
    return dW, db, dc
