"""The layers, each as a forward and a backward pass.

A forward pass returns its output and a cache, the backward pass takes the gradient dout of its
output and that cache. What stands in the cache is up to you, unless it is given here.
"""
import numpy as np


def affine_forward(x, w, b):
    """Return x w + b, (N, M), and the cache (x, w, b).

    x: (N, d_1, ..., d_k) input, w: (D, M) with D = d_1 ... d_k, b: (M,)
    """
    out = None
    # TODO: flatten every example to a row, then the affine map
    pass
    # END OF TODO
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    """Return the gradients dx, dw, db in the shapes of x, w, b."""
    x, w, b = cache
    dx, dw, db = None, None, None
    # TODO: the three gradients
    pass
    # END OF TODO
    return dx, dw, db


def relu_forward(x):
    """Return max(0, x), entry by entry, and the cache x."""
    out = None
    # TODO: the ReLU
    pass
    # END OF TODO
    cache = x
    return out, cache


def relu_backward(dout, cache):
    """Return the gradient dx for the gradient dout that arrives at the output."""
    dx, x = None, cache
    # TODO: the ReLU's backward pass
    pass
    # END OF TODO
    return dx


def batchnorm_forward(x, gamma, beta, bn_param):
    """Return batch normalisation of x (N, D), scaled by gamma (D,) and shifted by beta (D,).

    bn_param: mode, 'train' or 'test'; eps, added to the variance; momentum, the share of the
    running statistics that is kept; running_mean and running_var (D,), which training updates
    with mean and variance of the batch, and by which test mode normalises
    """
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    N, D = x.shape
    running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get('running_var', np.zeros(D, dtype=x.dtype))

    out, cache = None, None
    if mode == 'train':
        # TODO: normalise by the batch, and update running_mean and running_var
        pass
        # END OF TODO
    elif mode == 'test':
        # TODO: normalise by what was learnt in training
        pass
        # END OF TODO
    else:
        raise ValueError('unknown mode of batch normalisation: %s' % mode)

    bn_param['running_mean'] = running_mean
    bn_param['running_var'] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    """Return the gradients dx, dgamma, dbeta, step by step through the graph of training."""
    dx, dgamma, dbeta = None, None, None
    # TODO: three paths lead from the output to x
    pass
    # END OF TODO
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    """Return the same as batchnorm_backward, by a formula that you have simplified on paper."""
    dx, dgamma, dbeta = None, None, None
    # TODO: one line for dx is enough
    pass
    # END OF TODO
    return dx, dgamma, dbeta


def layernorm_forward(x, gamma, beta, ln_param):
    """Return layer normalisation of x (N, D): as batch normalisation, within each example.

    ln_param: eps, added to the variance
    """
    eps = ln_param.get('eps', 1e-5)
    out, cache = None, None
    # TODO: mean and variance of every row
    pass
    # END OF TODO
    return out, cache


def layernorm_backward(dout, cache):
    """Return the gradients dx, dgamma, dbeta of layernorm_forward."""
    dx, dgamma, dbeta = None, None, None
    # TODO: as for batch normalisation, along the other axis
    pass
    # END OF TODO
    return dx, dgamma, dbeta


def dropout_forward(x, dropout_param):
    """Return inverted dropout of x, of any shape.

    dropout_param: mode, 'train' or 'test'; p, the probability that a unit is kept (in 2016 and
    2017: that it is dropped); seed, for checks that need the same mask again
    """
    p, mode = dropout_param['p'], dropout_param['mode']
    if 'seed' in dropout_param:
        np.random.seed(dropout_param['seed'])

    mask = None
    out = None
    if mode == 'train':
        # TODO: draw the mask, and use it
        pass
        # END OF TODO
    elif mode == 'test':
        # TODO: dropout in use
        pass
        # END OF TODO

    cache = (dropout_param, mask)
    return out, cache


def dropout_backward(dout, cache):
    """Return the gradient dx."""
    dropout_param, mask = cache
    mode = dropout_param['mode']

    dx = None
    if mode == 'train':
        # TODO: what the mask lets through
        pass
        # END OF TODO
    elif mode == 'test':
        dx = dout
    return dx


def conv_forward_naive(x, w, b, conv_param):
    """Return every filter's product with every window, (N, F, HO, WO), and the cache.

    x: (N, C, H, W) images, w: (F, C, HH, WW) filters, b: (F,)
    conv_param: stride, between neighbouring windows; pad, zeros on each side of the image
    HO = 1 + (H + 2 pad - HH) // stride, and WO likewise
    """
    out = None
    # TODO: loops are fine here
    pass
    # END OF TODO
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    """Return the gradients dx, dw, db in the shapes of x, w, b."""
    dx, dw, db = None, None, None
    # TODO: every window hands its share back
    pass
    # END OF TODO
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    """Return the largest pixel of every window, (N, C, HO, WO), and the cache.

    x: (N, C, H, W) images
    pool_param: pool_height, pool_width and stride of the windows
    """
    out = None
    # TODO: loops are fine here
    pass
    # END OF TODO
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_naive(dout, cache):
    """Return the gradient dx."""
    dx = None
    # TODO: which pixel does the gradient of a window belong to?
    pass
    # END OF TODO
    return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Return batch normalisation of images x (N, C, H, W), with statistics of every channel.

    gamma, beta: (C,); bn_param: as for batchnorm_forward, with statistics of length C
    """
    out, cache = None, None
    # TODO: batchnorm_forward can do it, given the right rows
    pass
    # END OF TODO
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    """Return the gradients dx, dgamma, dbeta."""
    dx, dgamma, dbeta = None, None, None
    # TODO: batchnorm_backward can do it
    pass
    # END OF TODO
    return dx, dgamma, dbeta


def svm_loss(x, y):
    """Return the mean multiclass hinge loss of the scores x (N, C), and its gradient in x."""
    N = x.shape[0]
    right = x[np.arange(N), y]
    margins = np.maximum(0, x - right[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    dx = (margins > 0).astype(x.dtype)
    dx[np.arange(N), y] = -dx.sum(axis=1)
    return margins.sum() / N, dx / N


def softmax_loss(x, y):
    """Return the mean cross-entropy of the scores x (N, C), and its gradient in x."""
    N = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    return -log_probs[np.arange(N), y].mean(), dx / N
