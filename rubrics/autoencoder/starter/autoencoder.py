"""A tied autoencoder: W encodes, and its transpose decodes.

Fill in every region between "TODO" and "END OF TODO"; leave the signatures as they are.
"""
import numpy as np


def loss(W, x):
    """Return 1/2 * ||W.T W x - x||^2, one number.

    W: (m, n), with m < n
    x: (n,), one example
    """
    # TODO: the loss of one example
    value = None
    # END OF TODO
    return value


def gradient(W, x):
    """Return the derivative of loss(W, x) with respect to W, an array (m, n)."""
    # TODO: the gradient
    dW = None
    # END OF TODO
    return dW


def batch_loss(W, X, f):
    """Return the sum over the examples of 1/2 * ||f(W.T f(W x)) - x||^2, one number.

    W: (m, n)
    X: (n, N), one example a column
    f: the activation, a function that works entry by entry
    """
    # TODO: the loss of the batch
    value = None
    # END OF TODO
    return value


def batch_gradient(W, X, f, slope):
    """Return the derivative of batch_loss(W, X, f) with respect to W, an array (m, n).

    slope: the derivative of f; slope(z) is taken at the z that f was applied to
    """
    # TODO: the gradient
    dW = None
    # END OF TODO
    return dW
