import numpy as np
from random import shuffle
from past.builtins import xrange


def softmax_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    N, C = X.shape[0], W.shape[1]
    for i in xrange(N):
        f = np.array([X[i].dot(W[:, c]) for c in xrange(C)])
        f = f - max(f)
        total = sum(np.exp(v) for v in f)
        print('scores of example', i, f)
        loss += -f[y[i]] + np.log(total)
        for c in xrange(C):
            p = np.exp(f[c]) / total
            dW[:, c] += p * X[i]
            if c == y[i]:
                dW[:, c] -= X[i]
    loss /= N
    dW /= N
    for row in W:
        loss += 0.5 * reg * sum(w ** 2 for w in row)
    return loss, dW + reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    f = X.dot(W)
    f = (f.T - f.max(axis=1)).T
    e = np.exp(f)
    total = e.sum(axis=1)
    loss = np.sum(np.log(total) - f[range(N), y]) / N + 0.5 * reg * np.sum(W * W)
    p = (e.T / total).T
    p[range(N), y] -= 1
    return loss, np.dot(X.T, p) / N + reg * W
