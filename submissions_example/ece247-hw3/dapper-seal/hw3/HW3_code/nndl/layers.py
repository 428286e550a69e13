import numpy as np


def affine_forward(x, w, b):
    out = None
    x_vec = x.reshape(x.shape[0], np.prod(x.shape[1:]))
    out = np.dot(x_vec, w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    x_vec = x.reshape(x.shape[0], np.prod(x.shape[1:]))
    dx = np.dot(dout, w.T).reshape(x.shape)
    dw = np.dot(x_vec.T, dout)
    db = np.sum(dout, axis=0)


def relu_forward(x):
    out = None
    out = np.where(x <= 0, 0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = None
    dx = np.array(dout, copy=True)
    dx[x <= 0] = 0
    return dx


def svm_loss(x, y):
    N = x.shape[0]
    right = x[np.arange(N), y]
    margins = np.maximum(0, x - right[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    dx = (margins > 0).astype(x.dtype)
    dx[np.arange(N), y] = -dx.sum(axis=1)
    return margins.sum() / N, dx / N


def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    return -log_probs[np.arange(N), y].mean(), dx / N
