import sys
import numpy as np


def affine_forward(x, w, b):
    out = None
    N = len(x)
    out = b + x.reshape(N, -1).dot(w)
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    N = len(x)
    dw = (dout.T.dot(x.reshape(N, -1))).T
    db = sum(dout)
    dx = (w.dot(dout.T)).T.reshape(x.shape)
    return dx, dw, db


x = np.linspace(-1, 1, 12).reshape(2, 3, 2)
out, cache = affine_forward(x, np.ones((6, 4)), np.zeros(4))
print(out)
print(affine_backward(out, cache))
sys.exit()


def relu_forward(x):
    out = None
    out = np.where(x < 0, 0.0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = None
    dx = np.where(x < 0, 0.0, dout)
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
