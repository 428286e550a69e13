import numpy as np
from random import shuffle
from past.builtins import xrange


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    loss = 0.0
    N = float(X.shape[0])
    for i in xrange(X.shape[0]):
        s = [sum(X[i][d] * W[d][c] for d in xrange(W.shape[0])) for c in xrange(W.shape[1])]
        open_margins = 0
        for c in xrange(W.shape[1]):
            if c != y[i] and s[c] - s[y[i]] + 1 > 0:
                loss += (s[c] - s[y[i]] + 1) / N
                dW[:, c] += X[i] / N
                open_margins += 1
        dW[:, y[i]] -= open_margins * X[i] / N
    loss += 0.5 * reg * np.sum(W * W)
    dW += reg * W
    return loss, dW


def svm_loss_vectorized(W, X, y, reg):
    s = X.dot(W)
    right = s[range(len(y)), list(y)].reshape(-1, 1)
    m = np.maximum(s - right + 1.0, 0)
    # every right class is in there with a margin of 1
    loss = (np.sum(m) - len(y)) / len(y) + 0.5 * reg * np.sum(W ** 2)
    g = np.where(m > 0, 1.0, 0.0)
    g[range(len(y)), list(y)] -= np.sum(g, axis=1)
    return loss, X.T.dot(g) / len(y) + reg * W
