import numpy as np


def loss(W, x):
    r = W.T.dot(W).dot(x) - x
    return np.sum(r * r) / 2


def gradient(W, x):
    # W is hit from the outside: d(W.T h) = dW.T h
    h = W.dot(x)
    r = W.T.dot(h) - x
    return np.outer(h, r)


def batch_loss(W, X, f):
    R = f(W.T.dot(f(W.dot(X)))) - X
    return np.sum(R * R) / 2


def batch_gradient(W, X, f, slope):
    H = f(W.dot(X))
    back = W.T.dot(H)
    R = (f(back) - X) * slope(back)
    return H.dot(R.T)
