import numpy as np


def affine_forward(x, w, b):
    out = None
    out = np.dot(np.reshape(x, (x.shape[0], -1)), w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    dx = np.reshape(np.dot(dout, w.T), x.shape)
    dw = np.dot(np.reshape(x, (x.shape[0], -1)).T, dout)
    db = np.dot(dout.T, np.ones(dout.shape[0]))
    return dx, dw, db


def relu_forward(x):
    out = None
    out = np.maximum(x, np.zeros(x.shape))
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = None
    dx = np.array(dout)
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
