"""The layers of homeworks 3 and 4, each as a forward and a backward pass: put your own in."""
import numpy as np


def affine_forward(x, w, b):
    """Return x w + b, (N, M), and the cache (x, w, b).

    x: (N, d_1, ..., d_k) input, w: (D, M) with D = d_1 ... d_k, b: (M,)
    """
    out = None
    # TODO: your affine layer of homework 3
    pass
    # END OF TODO
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    """Return the gradients dx, dw, db in the shapes of x, w, b.

    dout: (N, M) gradient that arrives at the output, cache: what affine_forward left
    """
    x, w, b = cache
    dx, dw, db = None, None, None
    # TODO: its gradients, of homework 3
    pass
    # END OF TODO
    return dx, dw, db


def relu_forward(x):
    """Return max(0, x), entry by entry, and the cache x."""
    out = None
    # TODO: your ReLU of homework 3
    pass
    # END OF TODO
    cache = x
    return out, cache


def relu_backward(dout, cache):
    """Return the gradient dx for the gradient dout that arrives at the output."""
    x = cache
    dx = None
    # TODO: its backward pass, of homework 3
    pass
    # END OF TODO
    return dx


def batchnorm_forward(x, gamma, beta, bn_param):
    """Return x normalised feature by feature, scaled and shifted, and a cache of your own.

    x: (N, D), gamma and beta: (D,)
    bn_param: mode ('train' or 'test'), eps, momentum, running_mean and running_var (D,)

    In training the mean and the variance (over N, not N - 1) of this batch are taken, and
    the running ones become momentum * running + (1 - momentum) * batch. In test mode the running
    ones are taken, and stay.
    """
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    running_mean = bn_param.get('running_mean', np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get('running_var', np.zeros(x.shape[1], dtype=x.dtype))

    out, cache = None, None
    if mode == 'train':
        # TODO: your batch norm of homework 4
        pass
        # END OF TODO
    elif mode == 'test':
        # TODO: your batch norm in test mode
        pass
        # END OF TODO
    else:
        raise ValueError('mode must be train or test, not %r' % mode)

    bn_param['running_mean'] = running_mean
    bn_param['running_var'] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    """Return the gradients dx (N, D), dgamma (D,), dbeta (D,) of a pass in training."""
    dx, dgamma, dbeta = None, None, None
    # TODO: its gradients, of homework 4
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
