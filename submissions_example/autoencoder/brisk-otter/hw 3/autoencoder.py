# sums written out, one entry after the other
import numpy as np
import matplotlib.pyplot as plt


def loss(W, x):
    m, n = W.shape
    total = 0.0
    for j in range(n):
        back = 0.0
        for i in range(m):
            back += W[i, j] * sum(W[i, k] * x[k] for k in range(n))
        total += (back - x[j]) ** 2
    return total / 2


def gradient(W, x):
    m, n = W.shape
    h = [sum(W[i, k] * x[k] for k in range(n)) for i in range(m)]
    e = [sum(W[i, j] * h[i] for i in range(m)) - x[j] for j in range(n)]
    dW = np.zeros((m, n))
    for i in range(m):
        through = sum(W[i, j] * e[j] for j in range(n))
        for j in range(n):
            dW[i, j] = h[i] * e[j]          # decoder
            dW[i, j] += through * x[j]      # encoder
    return dW


def batch_loss(W, X, f):
    total = 0.0
    for k in range(X.shape[1]):
        x = X[:, k]
        e = f(np.dot(W.T, f(np.dot(W, x)))) - x
        total += np.dot(e, e) / 2
    return total


def batch_gradient(W, X, f, slope):
    dW = np.zeros_like(W)
    for k in range(X.shape[1]):
        x = X[:, k].reshape(-1, 1)
        a = np.dot(W, x)
        h = f(a)
        b = np.dot(W.T, h)
        d = (f(b) - x) * slope(b)
        dW += np.dot(h, d.T)
        dW += np.dot(np.dot(W, d) * slope(a), x.T)
    return dW


def show(X, f):
    plt.imshow(f(X))
    plt.show()
