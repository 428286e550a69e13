"""A restricted Boltzmann machine that is small enough to be summed over all visible states.

Everywhere: V (n, nv), observations of 0 and 1, one a row; W (nv, nh); b (nv,), the visible biases;
c (nh,), the hidden biases. A joint state has the energy

    E(v, h) = -b.v - c.h - v.W h        and the probability        exp(-E(v, h)) / Z

Fill in every region between "TODO" and "END OF TODO"; leave the signatures as they are.
"""
import numpy as np


def log_likelihood(V, W, b, c):
    """Return the sum over the rows v of V of log p(v), one number.

    The hidden units are summed out; Z is the sum over all 2**nv visible states.
    """
    # TODO: the log-likelihood
    total = None
    # END OF TODO
    return total


def gradients(V, W, b, c):
    """Return dW (nv, nh), db (nv,), dc (nh,): the derivatives of the log-likelihood."""
    # TODO: the three gradients
    dW = db = dc = None
    # END OF TODO
    return dW, db, dc
