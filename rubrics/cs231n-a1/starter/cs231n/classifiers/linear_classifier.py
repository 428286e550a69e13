"""Linear classifiers that are trained by stochastic gradient descent."""
import numpy as np

from .linear_svm import *
from .softmax import *


class LinearClassifier(object):
    """Scores X W; a subclass says by which loss W is found."""

    def __init__(self):
        self.W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100,
              batch_size=200, verbose=False):
        """Find self.W by stochastic gradient descent; return the loss of every step.

        X: (N, D) examples, y: (N,) right classes, 0 <= y[i] < C
        """
        num_train, dim = X.shape
        num_classes = np.max(y) + 1
        if self.W is None:
            self.W = 1e-3 * np.random.randn(dim, num_classes)

        loss_history = []
        for it in range(num_iters):
            X_batch = None
            y_batch = None
            # TODO: draw batch_size examples at random
            pass
            # END OF TODO

            loss, grad = self.loss(X_batch, y_batch, reg)
            loss_history.append(loss)

            # TODO: one step of gradient descent on self.W
            pass
            # END OF TODO

            if verbose and it % 100 == 0:
                print('step %d of %d, loss %.4f' % (it, num_iters, loss))

        return loss_history

    def predict(self, X):
        """Return the class with the largest score for each row of X, (N,) integers."""
        y_pred = None
        # TODO: predict
        pass
        # END OF TODO
        return y_pred

    def loss(self, X_batch, y_batch, reg):
        """Return the loss on a batch and its gradient in self.W; subclasses say how."""
        raise NotImplementedError


class LinearSVM(LinearClassifier):
    """By the hinge loss."""

    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    """By the cross-entropy."""

    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
