"""ELEC/COMP 576, assignment 1, part 2 in NumPy: a convolutional net in the style of LeNet-5.

Fill in every region between "TODO" and "END OF TODO"; leave the signatures as they are. Images are
(N, C, H, W), filters (F, C, K, K) with an odd K.
"""
import numpy as np


def conv_forward(x, w, b, pad):
    """Return the convolution of the images x with the filters w, plus b: (N, F, HO, WO).

    pad zeros are set around each image first; the filters move by one pixel.
    """
    out = None
    # TODO: the convolution
    pass
    # END OF TODO
    return out


def max_pool(x):
    """Return the largest pixel of each 2 by 2 window of x, whose height and width are even."""
    out = None
    # TODO: the pool
    pass
    # END OF TODO
    return out


def scores(X, parameters, kept=1.0, keep=1.0):
    """Return the scores (N, classes) of the images X.

    parameters: a dictionary with W1, b1 and W2, b2 of two convolutions that keep the image's size,
    each with ReLU and a 2 by 2 max pool behind it; W3 (P, M), b3 of a dense layer with ReLU, and
    W4 (M, classes), b4 of the last one
    kept: (N, M), 1 for each unit of the dense layer that dropout keeps and 0 for the others
    keep: the probability of keeping one; what is kept is divided by it
    """
    out = None
    # TODO: the forward pass
    pass
    # END OF TODO
    return out


def loss_and_gradients(X, y, parameters, kept=1.0, keep=1.0):
    """Return the mean cross-entropy of the images X with classes y (N,), and its gradients.

    The gradients are a dictionary with the keys of parameters.
    """
    loss, grads = None, {}
    # TODO: the loss and the backward pass
    pass
    # END OF TODO
    return loss, grads
