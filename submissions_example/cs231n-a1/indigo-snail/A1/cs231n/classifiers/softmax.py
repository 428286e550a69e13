import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(len(y)):
        s = X[i].dot(W)
        s -= s.max()
        loss += (np.log(np.exp(s).sum()) - s[y[i]]) / len(y)
        for j in range(W.shape[1]):
            p = np.exp(s[j]) / np.exp(s).sum()
            dW[:, j] += (p - (j == y[i])) * X[i] / len(y)
    return loss + reg / 2 * np.sum(W * W), dW + reg * W


def softmax_loss_vectorized(W, X, y, reg):
    S = X.dot(W)
    S = S - S.max(axis=1)[:, np.newaxis]
    loss = np.mean(np.log(np.exp(S).sum(axis=1)) - S[range(len(y)), y])
    P = np.exp(S) / np.exp(S).sum(axis=1)[:, np.newaxis]
    P[range(len(y)), y] -= 1
    return loss + reg / 2 * np.sum(W * W), X.T.dot(P) / len(y) + reg * W
