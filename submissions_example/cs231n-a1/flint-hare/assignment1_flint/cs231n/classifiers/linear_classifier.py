import numpy as np
from cs231n.classifiers.linear_svm import *
from cs231n.classifiers.softmax import *


class LinearClassifier(object):
    def __init__(self):
        self.W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100,
              batch_size=200, verbose=False):
        n, d = X.shape
        if self.W is None:
            self.W = 1e-3 * np.random.randn(d, np.max(y) + 1)
        losses = []
        for _ in range(num_iters):
            rows = np.random.choice(n, batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            losses.append(loss)
            self.W = self.W - dW * learning_rate
        return losses

    def predict(self, X):
        return self.W.T.dot(X.T).argmax(axis=0)


class LinearSVM(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
