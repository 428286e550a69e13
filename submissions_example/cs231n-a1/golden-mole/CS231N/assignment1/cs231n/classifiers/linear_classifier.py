import numpy as np
from .linear_svm import *
from .softmax import *


class LinearClassifier(object):
    def __init__(self):
        self.W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100,
              batch_size=200, verbose=False):
        num_train, dim = X.shape
        if self.W is None:
            self.W = 1e-3 * np.random.randn(dim, np.max(y) + 1)
        loss_history = []
        for it in range(num_iters):
            mask = np.random.choice(num_train, batch_size, replace=True)
            loss, grad = self.loss(X[mask], y[mask], reg)
            loss_history.append(loss)
            self.W -= grad * learning_rate
        return loss_history

    def predict(self, X):
        y_pred = np.argmax(X.dot(self.W), axis=0)
        return y_pred


class LinearSVM(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
