import numpy as np


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    loss = 0.0
    num_train = X.shape[0]
    for i in range(num_train):
        scores = np.dot(X[i], W)
        violated = 0
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                violated += 1
                loss += margin
                dW[:, j] += X[i]
        dW[:, y[i]] += -violated * X[i]
    loss = loss / num_train + reg * np.sum(W * W)
    return loss, dW / num_train + 2 * reg * W


def svm_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = np.dot(X, W)
    target = scores[np.arange(num_train), y]
    margins = np.maximum(0.0, scores.T - target + 1).T
    margins[np.arange(num_train), y] = 0.0
    loss = np.sum(margins) / num_train + reg * np.sum(W * W)
    binary = 1.0 * (margins > 0)
    binary[np.arange(num_train), y] = -binary.sum(axis=1)
    return loss, np.dot(X.T, binary) / num_train + 2 * reg * W
