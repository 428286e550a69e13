"""The multiclass support vector machine: its loss and gradient, first with loops, then without."""
import numpy as np


def svm_loss_naive(W, X, y, reg):
    """Return the mean hinge loss plus the penalty, and its gradient, with explicit loops.

    W: (D, C) weights
    X: (N, D) examples, one a row
    y: (N,) right classes, 0 <= y[i] < C
    reg: strength of the penalty reg * sum(W ** 2)

    Returns the loss, a number, and dW in the shape of W.
    """
    loss = None
    dW = None
    # TODO: for every example, compare each wrong class's score with the right one's, margin 1
    pass
    # END OF TODO
    return loss, dW


def svm_loss_vectorized(W, X, y, reg):
    """Return the same as svm_loss_naive, without a loop."""
    loss = None
    # TODO: the loss
    pass
    # END OF TODO

    dW = None
    # TODO: the gradient; what the loss has already found can be used again
    pass
    # END OF TODO
    return loss, dW
