import numpy as np
from .linear_svm import *
from .softmax import *


class LinearClassifier(object):
    def __init__(self):
        self.W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100,
              batch_size=200, verbose=False):
        if self.W is None:
            self.W = 1e-3 * np.random.randn(X.shape[1], np.max(y) + 1)
        losses = []
        for it in range(num_iters):
            some = np.random.choice(X.shape[0], batch_size)
            loss, slope = self.loss(X[some], y[some], reg)
            losses.append(loss)
            self.W = self.W - learning_rate * slope
        return losses

    def predict(self, X):
        return X.dot(self.W).argmax(axis=1)


class LinearSVM(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
