import numpy as np


def svm_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(len(y)):
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = X[i].dot(W[:, j] - W[:, y[i]]) + 1
            loss += max(0, margin) / len(y)
            if margin > 0:
                dW[:, j] += X[i] / len(y)
                dW[:, y[i]] -= X[i] / len(y)
    return loss + reg / 2 * np.sum(W * W), dW + reg * W


def svm_loss_vectorized(W, X, y, reg):
    S = X.dot(W)
    S = S - S[range(len(y)), y][:, np.newaxis] + 1
    S[range(len(y)), y] = 0
    S = np.maximum(S, 0)
    loss = S.sum() / len(y) + reg / 2 * np.sum(W * W)
    S[S > 0] = 1
    S[range(len(y)), y] -= S.sum(axis=1)
    return loss, X.T.dot(S) / len(y) + reg * W
