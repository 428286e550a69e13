"""Questions 1 and 2: convolution, max pooling and spatial batch normalisation."""
import numpy as np

from nndl.layers import *


def conv_forward_naive(x, w, b, conv_param):
    """Return the filters' products with all windows of the images, and the cache.

    x: (N, C, H, W) images, w: (F, C, HH, WW) filters, b: (F,)
    conv_param: stride (between neighbouring windows, both ways) and pad (zeros on each side)

    The output is (N, F, HO, WO) with HO = 1 + (H + 2 pad - HH) / stride, and WO likewise.
    """
    out = None
    stride, pad = conv_param['stride'], conv_param['pad']
    # TODO: the convolution, in loops if you like
    pass
    # END OF TODO
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    """Return the gradients dx, dw, db in the shapes of x, w, b.

    dout: (N, F, HO, WO) gradient that arrives at the output
    """
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    dx, dw, db = None, None, None
    # TODO: the three gradients; a pixel belongs to several windows
    pass
    # END OF TODO
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    """Return the largest pixel of every window of the images x (N, C, H, W), and the cache.

    pool_param: pool_height, pool_width and stride
    """
    out = None
    # TODO: the maxima, (N, C, 1 + (H - pool_height) / stride, 1 + (W - pool_width) / stride)
    pass
    # END OF TODO
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_naive(dout, cache):
    """Return the gradient dx: each window's gradient goes to its largest pixel."""
    x, pool_param = cache
    dx = None
    # TODO: the gradient
    pass
    # END OF TODO
    return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Return images x (N, C, H, W) normalised channel by channel, and a cache of your own.

    gamma and beta: (C,), bn_param: as for batchnorm_forward, its running statistics (C,)
    """
    out, cache = None, None
    # TODO: your batch norm, with every pixel of every image as an example
    pass
    # END OF TODO
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    """Return the gradients dx (N, C, H, W), dgamma (C,), dbeta (C,) of a pass in training."""
    dx, dgamma, dbeta = None, None, None
    # TODO: the three gradients
    pass
    # END OF TODO
    return dx, dgamma, dbeta
