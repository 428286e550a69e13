import sys
import numpy as np


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    loss = 0.0
    for i in range(X.shape[0]):
        scores = np.matmul(X[i], W)
        for j in range(W.shape[1]):
            hinge = max(scores[j] - scores[y[i]] + 1, 0)
            if j != y[i] and hinge > 0:
                loss = loss + hinge
                dW[:, j] = dW[:, j] + X[i]
                dW[:, y[i]] = dW[:, y[i]] - X[i]
    return loss / X.shape[0] + reg * np.sum(W**2), dW / X.shape[0] + reg * 2 * W


def svm_loss_vectorized(W, X, y, reg):
    loss = None
    dW = None
    # later
    return loss, dW


if len(sys.argv) < 3:
    print('usage: linear_svm.py data labels')
    sys.exit()
