"""The layers, each as a forward and a backward pass (2021 on)."""
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
    """Return the gradients dx, dw, db in the shapes of x, w, b.

    dout: (N, M) gradient that arrives at the output, cache: what affine_forward left
    """
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
    x = cache
    dx = None
    # TODO: the ReLU's backward pass
    pass
    # END OF TODO
    return dx


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
