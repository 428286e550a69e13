import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(X.shape[0]):
        scores = np.matmul(X[i], W)
        probs = np.exp(scores - np.max(scores)) / np.sum(np.exp(scores - np.max(scores)))
        loss = loss - np.log(np.max(probs))
        for j in range(W.shape[1]):
            dW[:, j] = dW[:, j] + (probs[j] - (1 if j == y[i] else 0)) * X[i]
    return loss / X.shape[0] + reg * np.sum(W**2), dW / X.shape[0] + reg * 2 * W


def softmax_loss_vectorized(W, X, y, reg):
    scores = np.matmul(X, W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.mean(np.log(np.max(probs, axis=1))) + reg * np.sum(W**2)
    dscores = probs
    dscores[np.arange(X.shape[0]), y] -= 1
    return loss, np.matmul(X.T, dscores) / X.shape[0] + reg * 2 * W
