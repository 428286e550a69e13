import numpy as np


def init(sizes, rng):
    return [[rng.standard_normal((o, i)) / np.sqrt(i), np.zeros((o, 1))] for i, o in zip(sizes[:-1], sizes[1:])]


def run(layers, X):
    """Points are columns here."""
    outs = [X]
    for W, b in layers[:-1]:
        outs.append(np.tanh(W @ outs[-1] + b))
    W, b = layers[-1]
    s = W @ outs[-1] + b
    p = np.exp(s - s.max(0))
    return outs, p / p.sum(0)


def train(X, y, sizes, eta, steps, seed=1):
    layers = init(sizes, np.random.default_rng(seed))
    for _ in range(steps):
        outs, p = run(layers, X)
        delta = p.copy()
        delta[y, np.arange(y.size)] -= 1
        for l in range(len(layers) - 1, -1, -1):
            W, b = layers[l]
            gW, gb = delta @ outs[l].T / y.size, delta.mean(axis=1, keepdims=True)
            delta = W.T @ delta * (1 - outs[l] ** 2)
            layers[l] = [W - eta * gW, b - eta * gb]
    return layers
