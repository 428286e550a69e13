import numpy as np


def affine_forward(x, w, b):
    out = None
    rows = [example.ravel() for example in x]
    out = np.array(rows).dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    rows = np.array([example.ravel() for example in x])
    dx = dout.dot(w.T)
    dx = np.reshape(dx, np.shape(x))
    dw = rows.T.dot(dout)
    db = np.add.reduce(dout)
    return dx, dw, db


def relu_forward(x):
    out = None
    out = np.copy(x)
    out[x < 0] = 0.0
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = None
    positive = x > 0
    dx = np.zeros_like(dout)
    dx[positive] = dout[positive]
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
