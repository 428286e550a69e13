import numpy as np


def worked_example():
    return {
        "h1": [1, -0.5],
        "a": [1, 0],
        "h2": 0,
        "y": 0.5,
        "dy": -0.5,
        "dh2": -0.125,
        "dh1": [-0.125, 0],
        "dW1_12": 0.0625,
    }


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def steps(x, W1, b1, W2, b2, t):
    h1 = np.dot(W1, x) + b1
    a = np.where(h1 > 0, h1, 0)
    h2 = np.dot(W2, a) + b2
    y = sigmoid(h2)
    dh2 = (y - t) * sigmoid(h2) * sigmoid(-h2)
    dh1 = np.where(h1 > 0, W2 * dh2, 0)
    return {
        "h1": h1, "a": a, "h2": h2, "y": y,
        "dh2": dh2, "dW2": a * dh2, "db2": dh2,
        "dh1": dh1, "dW1": dh1[:, None] * x, "db1": dh1,
    }
