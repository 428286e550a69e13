"""Backpropagation by hand through a small net: a ReLU layer, then one sigmoid output.

    h1 = W1 x + b1,  a = ReLU(h1),  h2 = W2.a + b2,  y = sigmoid(h2),  J = (t - y)^2 / 2

A name with d in front is the derivative of J: dh2 stands for dJ/dh2.
Fill in every region between "TODO" and "END OF TODO"; leave the signatures as they are.
"""
import numpy as np


def worked_example():
    """Return the numbers for x = (1, 0.5), W1 = [[0.75, 0.5], [-1, 1]], b1 = (0, 0),
    W2 = (1, 1), b2 = -1 and t = 1.

    Work them out on paper. Vectors are lists of two numbers. Write exact numbers: 1/3, not 0.333.
    """
    # TODO: replace every None
    numbers = {
        "h1": None,      # two numbers
        "a": None,       # two numbers
        "h2": None,
        "y": None,
        "dy": None,
        "dh2": None,
        "dh1": None,     # two numbers
        "dW1_12": None,  # the derivative by the entry of W1 in row 1 and column 2
    }
    # END OF TODO
    return numbers


def steps(x, W1, b1, W2, b2, t):
    """Return every step for any such net, a dictionary.

    x: (D,);  W1: (H, D);  b1: (H,);  W2: (H,);  b2 and t: numbers
    The dictionary holds h1 (H,), a (H,), h2, y, dh2, dW2 (H,), db2, dh1 (H,), dW1 (H, D), db1 (H,).
    """
    # TODO: the general rule, step by step
    found = {}
    # END OF TODO
    return found
