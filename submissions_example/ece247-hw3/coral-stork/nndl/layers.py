import numpy as np


def flat(x):
    return x.reshape(len(x), -1)


def affine_forward(x, w, b):
    return np.einsum('nd,dm->nm', flat(x), w) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.einsum('nm,dm->nd', dout, w).reshape(x.shape)
    dw = np.einsum('nd,nm->dm', flat(x), dout)
    return dx, dw, np.ones(len(x)) @ dout


def relu_forward(x):
    return 0.5 * (x + np.abs(x)), x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0.0)


def svm_loss(x, y):
    rows = np.arange(len(x))
    gap = np.clip(1 + x - x[rows, y][:, None], 0, None)
    gap[rows, y] = 0
    dx = np.sign(gap)
    dx[rows, y] = -np.count_nonzero(gap, axis=1)
    return gap.sum() / len(x), dx / len(x)


def softmax_loss(x, y):
    lse = np.logaddexp.reduce(x, axis=1)
    onehot = np.eye(x.shape[1])[y]
    return np.mean(lse - (x * onehot).sum(axis=1)), (np.exp(x - lse[:, None]) - onehot) / len(x)
