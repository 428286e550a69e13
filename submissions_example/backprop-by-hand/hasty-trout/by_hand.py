import numpy as np


def worked_example():
    y = 1 / (1 + np.exp(0.5))
    dh2 = (y - 1) * y * (1 - y)
    return {"h1": [1.0, -.5], "a": [1.0, -.5], "h2": -.5, "y": y,
            "dy": y - 1, "dh2": dh2, "dh1": [dh2, .0], "dW1_12": dh2 / 2}


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
