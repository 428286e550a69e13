import numpy as np
from random import shuffle

# größte Werte zuerst abziehen


def softmax_loss_naive(W, X, y, reg):
  loss = 0.0
  dW = np.zeros_like(W)
  for i in range(X.shape[0]):
    scores = X[i].dot(W)
    scores = scores - np.max(scores)
    p = np.exp(scores) / np.sum(np.exp(scores))
    loss += -np.log(p[y[i]])
    p[y[i]] -= 1
    dW += np.outer(X[i], p)
  loss = loss / X.shape[0] + 0.5 * reg * np.sum(W * W)
  dW = dW / X.shape[0] + reg * W
  return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
  N = X.shape[0]
  scores = X.dot(W)
  scores = scores - np.max(scores, axis=1).reshape(N, 1)
  p = np.exp(scores) / np.sum(np.exp(scores), axis=1).reshape(N, 1)
  loss = np.sum(-np.log(p[np.arange(N), y])) / N + 0.5 * reg * np.sum(W * W)
  p[np.arange(N), y] -= 1
  dW = np.dot(X.T, p) / N + reg * W
  return loss, dW
