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
        loss_history = []
        for it in range(num_iters):
            choice = np.random.randint(len(X), size=batch_size)
            loss, grad = self.loss(X[choice], y[choice], reg)
            loss_history.append(loss)
            self.W -= learning_rate * grad
        return loss_history

    def predict(self, X):
        scores = X.dot(self.W)
        return scores.argmax(axis=1)


class LinearSVM(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
