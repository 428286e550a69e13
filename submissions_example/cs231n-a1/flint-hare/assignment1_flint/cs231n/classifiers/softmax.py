import numpy as np


def softmax_loss_naive(W, X, y, reg):
    n = X.shape[0]
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(n):
        f = W.T.dot(X[i])
        f -= f.max()
        p = np.exp(f) / np.exp(f).sum()
        loss -= np.log(p[y[i]]) / n
        for j in range(W.shape[1]):
            if j == y[i]:
                dW[:, j] += (p[j] - 1) * X[i]
            else:
                dW[:, j] += p[j] * X[i]
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    n = X.shape[0]
    f = X.dot(W)
    f -= f.max(axis=1).reshape(n, 1)
    p = np.exp(f) / np.exp(f).sum(axis=1).reshape(n, 1)
    loss = -np.sum(np.log(p[np.arange(n), y])) / n + reg * np.sum(W * W)
    p[np.arange(n), y] -= 1
    dW = X.T.dot(p) + 2 * reg * W
    return loss, dW
