import numpy as np


def worked_example():
    numbers = {}
    numbers["h1"] = np.array([1.0, -0.5])
    numbers["a"] = np.array([1.0, 0.0])
    numbers["h2"] = 0.0
    numbers["y"] = 0.5
    numbers["dy"] = 1 - numbers["y"]
    numbers["dh2"] = numbers["dy"] * 0.25
    numbers["dh1"] = np.array([numbers["dh2"], 0.0])
    numbers["dW1_12"] = numbers["dh2"] * 0.5
    return numbers


def steps(x, W1, b1, W2, b2, t):
    h1 = W1.dot(x) + b1
    a = h1 * (h1 > 0)
    h2 = W2.dot(a) + b2
    y = 1.0 / (1.0 + np.exp(-h2))
    dh2 = (t - y) * y * (1 - y)
    dW2, db2 = dh2 * a, dh2
    dh1 = dh2 * W2 * (a > 0)
    dW1, db1 = np.outer(dh1, x), dh1
    return locals()
