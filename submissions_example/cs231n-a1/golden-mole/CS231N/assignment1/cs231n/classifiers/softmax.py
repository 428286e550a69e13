import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    num_train = X.shape[0]
    for i in range(num_train):
        scores = np.dot(X[i], W)
        stable = scores - scores.max()
        p = np.exp(stable) / np.exp(stable).sum()
        loss += -np.log(p[y[i]]) / num_train
        for j in range(W.shape[1]):
            dW[:, j] += p[j] * X[i] / num_train
        dW[:, y[i]] -= X[i] / num_train
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = np.dot(X, W)
    stable = scores - scores.max()
    p = np.exp(stable) / np.sum(np.exp(stable))
    loss = np.mean(-np.log(p[np.arange(num_train), y])) + reg * np.sum(W * W)
    p[np.arange(num_train), y] -= 1
    dW = np.dot(X.T, p) / num_train + 2 * reg * W
    return loss, dW
