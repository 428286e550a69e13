import numpy as np


def svm_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    n, k = X.shape[0], W.shape[1]
    for i in range(n):
        f = W.T.dot(X[i])
        for j in range(k):
            if j == y[i]:
                pass
            elif f[j] + 1 > f[y[i]]:
                loss += f[j] + 1 - f[y[i]]
                dW[:, j] = dW[:, j] + X[i] / n
                dW[:, y[i]] = dW[:, y[i]] - X[i] / n
    return loss / n + reg * np.sum(W * W), dW + reg * W


def svm_loss_vectorized(W, X, y, reg):
    n = X.shape[0]
    f = X.dot(W)
    m = f + 1 - f[np.arange(n), y].reshape(n, 1)
    m[np.arange(n), y] = 0
    mask = m > 0
    loss = m[mask].sum() / n + reg * np.sum(W * W)
    coefficients = mask.astype(W.dtype)
    coefficients[np.arange(n), y] -= mask.sum(axis=1)
    return loss, X.T.dot(coefficients) / n + 2 * reg * W
