import numpy as np


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    loss = 0.0
    N, C = len(X), W.shape[1]
    for i in range(N):
        s = X[i] @ W
        for j in set(range(C)) - {y[i]}:
            margin = s[j] - s[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss /= N
    dW = dW / N + 2 * reg * W
    return loss, dW


def svm_loss_vectorized(W, X, y, reg):
    N = len(X)
    s = X @ W
    m = np.maximum(0, 1 + s - s[np.arange(N), y][:, None])
    m[np.arange(N), y] = 0
    G = (m > 0) * 1.0
    G[np.arange(N), y] = -G.sum(1)
    return m.sum() / N, X.T @ G / N + 2 * reg * W
