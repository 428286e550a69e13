import numpy as np


def svm_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for row, label in zip(X, y):
        score = row.dot(W)
        wrong = [c for c in range(len(score)) if c != label and score[c] - score[label] > -1]
        for c in wrong:
            loss = loss + score[c] - score[label] + 1
            dW[:, c] = dW[:, c] + row
        dW[:, label] = dW[:, label] - len(wrong) * row
    return loss / len(y) + reg * (W * W).sum(), dW / len(y) + 2 * reg * W


def svm_loss_vectorized(W, X, y, reg):
    score = X.dot(W)
    own = np.take_along_axis(score, y[:, None], axis=1)
    margin = np.maximum(score - own + 1, 0)
    np.put_along_axis(margin, y[:, None], 0, axis=1)
    slope = (margin > 0).astype(float)
    np.put_along_axis(slope, y[:, None], -slope.sum(axis=1, keepdims=True), axis=1)
    return margin.sum() / len(y) + reg * (W * W).sum(), X.T.dot(slope) / len(y) + 2 * reg * W
