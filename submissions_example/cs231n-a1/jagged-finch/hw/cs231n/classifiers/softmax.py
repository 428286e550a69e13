import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for row, label in zip(X, y):
        score = row.dot(W)
        probs = np.exp(score - score.max()
        probs /= probs.sum()
        loss -= np.log(probs[label])
        probs[label] -= 1
        dW += np.outer(row, probs)
    return loss / len(y) + reg * (W * W).sum(), dW / len(y) + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    score = X.dot(W)
    probs = np.exp(score - score.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log(np.take_along_axis(probs, y[:, None], axis=1)).mean() + reg * (W * W).sum()
    probs[np.arange(len(y)), y] -= 1
    return loss, X.T.dot(probs) / len(y) + 2 * reg * W
