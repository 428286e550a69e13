"""The linear softmax classifier: its loss and gradient, first with loops, then without."""
import numpy as np


def softmax_loss_naive(W, X, y, reg):
    """Return the mean cross-entropy plus the penalty, and its gradient, with explicit loops.

    W: (D, C) weights
    X: (N, D) examples, one a row
    y: (N,) right classes, 0 <= y[i] < C
    reg: strength of the penalty reg * sum(W ** 2)

    Returns the loss, a number, and dW in the shape of W.
    """
    loss = None
    dW = None
    # TODO: the loss and its gradient; mind that exp() of a large score overflows
    pass
    # END OF TODO
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    """Return the same as softmax_loss_naive, without a loop."""
    loss = None
    dW = None
    # TODO: the loss and its gradient
    pass
    # END OF TODO
    return loss, dW
