import numpy as np
from random import shuffle


def svm_loss_naive(W, X, y, reg):
  dW = np.zeros(W.shape)
  loss = 0.0
  for i in range(X.shape[0]):
    scores = X[i].dot(W)
    correct = scores[y[i]]
    for j in range(W.shape[1]):
      if j == y[i]:
        continue
      margin = scores[j] - correct + 1
      if margin > 0:
        loss += margin
        dW[:,j] += X[i,:]
        dW[:,y[i]] -= X[i,:]
  loss /= X.shape[0]
  dW /= X.shape[0]
  loss += 0.5 * reg * np.sum(W * W)
  dW += reg*W
  return loss, dW


def svm_loss_vectorized(W, X, y, reg):
  N = X.shape[0]
  scores = X.dot(W)
  correct = scores[np.arange(N), y]
  margins = scores - correct.reshape(N, 1) + 1
  margins[np.arange(N), y] = 0
  margins[margins < 0] = 0
  loss = np.sum(margins) / N + 0.5 * reg * np.sum(W * W)
  margins[margins > 0] = 1
  margins[np.arange(N), y] = -np.sum(margins, axis=1)
  dW = np.dot(X.T, margins) / N
  dW += reg*W
  return loss, dW
