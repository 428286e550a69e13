import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    N = len(X)
    for i in range(N):
        s = X[i] @ W
        e = np.exp(s - s.max())
        p = e / e.sum()
        loss += -np.log(p[y[i]])
        p[y[i]] -= 1
        dW += X[i][:, None] * p[None, :]
    return loss / N + reg * (W ** 2).sum(), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N = len(X)
    s = X @ W
    e = np.exp(s - s.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).sum() / N + reg * (W ** 2).sum()
    p[np.arange(N), y] -= 1
    return loss, X.T @ p / N + 2 * reg * W
