from fractions import Fraction

import numpy as np


def worked_example():
    eighth = Fraction(1, 8)
    return {
        "h1": [1, Fraction(-1, 2)],
        "a": [1, 0],
        "h2": 0,
        "y": Fraction(1, 2),
        "dy": Fraction(-1, 2),
        "dh2": -eighth,
        "dh1": [-eighth, 0],
        "dW1_12": -eighth / 2,
    }


def steps(x, W1, b1, W2, b2, t):
    found = {"h1": W1 @ x + b1}
    found["a"] = np.maximum(found["h1"], 0)
    found["h2"] = W2 @ found["a"] + b2
    found["y"] = 1 / (1 + np.exp(-found["h2"]))
    found["dh2"] = (found["y"] - t) * found["y"] * (1 - found["y"])
    found["dW2"] = found["dh2"] * found["a"]
    found["db2"] = found["dh2"]
    found["dh1"] = found["dh2"] * W2 * (found["h1"] > 0)
    found["dW1"] = np.outer(found["dh1"], x)
    found["db1"] = found["dh1"]
    return found
