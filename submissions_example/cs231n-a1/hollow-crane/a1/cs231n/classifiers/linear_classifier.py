import numpy as np
from .linear_svm import *
from .softmax import *


class LinearClassifier(object):
    def __init__(self):
        self.W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100,
              batch_size=200, verbose=False):
        N, D = X.shape
        if self.W is None:
            self.W = 1e-3 * np.random.randn(D, y.max() + 1)
        loss_history = []
        for it in range(num_iters):
            i = np.random.permutation(N)[:batch_size]
            loss, grad = self.loss(X[i], y[i], reg)
            loss_history.append(loss)
            self.W = self.W - learning_rate * grad
        return loss_history

    def predict(self, X):
        return (X @ self.W).argmax(1)


class LinearSVM(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
