import numpy as np


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    loss = 0.0
    for i, x in enumerate(X):
        scores = x.dot(W)
        for j, score in enumerate(scores):
            margin = score - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += x
    loss /= len(X)
    dW /= len(X)
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW


def svm_loss_vectorized(W, X, y, reg):
    scores = X.dot(W)
    correct = np.choose(y, scores.T)
    margins = np.maximum(0, scores - correct[:, None] + 1)
    margins[np.arange(len(X)), y] = 0
    loss = np.mean(np.sum(margins, axis=1)) + reg * np.sum(W * W)
    dW = X.T.dot(margins > 0) / len(X) + 2 * reg * W
    return loss, dW
