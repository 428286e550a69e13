import numpy as np
from .linear_svm import *
from .softmax import *
from past.builtins import xrange


class LinearClassifier(object):
    def __init__(self):
        self.W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200,
              verbose=False):
        N, D = X.shape
        C = np.max(y) + 1
        if self.W is None:
            self.W = 1e-3 * np.random.randn(D, C)
        history = []
        for it in xrange(num_iters):
            chosen = [np.random.randint(0, N) for _ in xrange(batch_size)]
            loss, grad = self.loss(X[chosen], y[chosen], reg)
            history.append(loss)
            for d in xrange(D):
                self.W[d] = self.W[d] - learning_rate * grad[d]
            print('step', it, 'loss', loss)
        return history

    def predict(self, X):
        y_pred = np.zeros(X.shape[0], dtype=int)
        for i in xrange(X.shape[0]):
            s = X[i].dot(self.W)
            for c in xrange(len(s)):
                if s[c] > s[y_pred[i]]:
                    y_pred[i] = c
        return y_pred

    def loss(self, X_batch, y_batch, reg):
        pass


class LinearSVM(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
