import numpy as np


def worked_example():
    return {"h1": [1.0, -.5], "a": [1.0, 0.0], "h2": .0, "y": .5,
            "dy": -.5, "dh2": -.125, "dh1": [-.125, .0], "dW1_12": -.0625}


def steps(x, W1, b1, W2, b2, t):
    h1 = W1 @ x + b1
    a = np.maximum(0, h1)
    h2 = np.sum(W2 * a)
    y = 1 / (1 + np.exp(-h2))
    delta = (y - t) * y * (1 - y)
    hidden = delta * W2
    hidden[h1 <= 0] = 0
    return {"h1": h1, "a": a, "h2": h2, "y": y, "dh2": delta, "dW2": delta * a, "db2": delta,
            "dh1": hidden, "dW1": hidden.reshape(-1, 1) @ x.reshape(1, -1), "db1": hidden}
