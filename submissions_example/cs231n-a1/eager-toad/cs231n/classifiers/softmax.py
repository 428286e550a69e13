import numpy as np


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    for i, x in enumerate(X):
        scores = x.dot(W)
        scores -= scores.max()
        exps = np.exp(scores)
        loss += np.log(exps.sum()) - scores[y[i]]
        for j in range(W.shape[1]):
            dW[:, j] += x * exps[j] / exps.sum()
        dW[:, y[i]] -= x
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    scores = X.dot(W)
    scores -= scores.max(axis=1)[:, None]
    exps = np.exp(scores)
    probs = exps / exps.sum(axis=1)[:, None]
    loss = np.mean(-np.log(np.choose(y, probs.T))) + reg * np.sum(W * W)
    dscores = probs - (np.arange(W.shape[1]) == y[:, None])
    return loss, X.T.dot(dscores) / len(X) + 2 * reg * W
