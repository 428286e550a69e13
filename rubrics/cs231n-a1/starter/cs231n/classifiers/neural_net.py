"""A two-layer network: affine - ReLU - affine - softmax."""
import numpy as np
import matplotlib.pyplot as plt


class TwoLayerNet(object):
    """Two fully connected layers with a ReLU between them and a softmax loss behind.

    D inputs, H hidden units, C classes. The weights are stored as (inputs, outputs).
    """

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        """Set self.params: W1 (D, H), b1 (H,), W2 (H, C), b2 (C,)."""
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        """Return the scores, or the loss and its gradients.

        X: (N, D) data, one example a row
        y: (N,) right classes, or None
        reg: strength of the penalty

        Without y: the scores, (N, C). With y: the mean cross-entropy plus
        reg * (sum(W1 ** 2) + sum(W2 ** 2)), half of that where your year says so, and a
        dictionary of its gradients with the keys of self.params.
        """
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N, D = X.shape

        scores = None
        # TODO: the scores of all examples, (N, C)
        pass
        # END OF TODO

        if y is None:
            return scores

        loss = None
        # TODO: the loss, a number
        pass
        # END OF TODO

        grads = {}
        # TODO: the gradients, each in the shape of its parameter
        pass
        # END OF TODO

        return loss, grads

    def train(self, X, y, X_val, y_val,
              learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100,
              batch_size=200, verbose=False):
        """Train by stochastic gradient descent; return what was seen on the way.

        The learning rate is multiplied by learning_rate_decay once an epoch.
        """
        num_train = X.shape[0]
        iterations_per_epoch = max(num_train // batch_size, 1)
        loss_history, train_acc_history, val_acc_history = [], [], []

        for it in range(num_iters):
            X_batch = None
            y_batch = None

            # TODO: draw batch_size examples at random
            pass
            # END OF TODO

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            # TODO: one step of gradient descent on every parameter
            pass
            # END OF TODO

            if verbose and it % 100 == 0:
                print('step %d of %d, loss %.4f' % (it, num_iters, loss))

            if it % iterations_per_epoch == 0:
                train_acc_history.append((self.predict(X_batch) == y_batch).mean())
                val_acc_history.append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay

        return {
            'loss_history': loss_history,
            'train_acc_history': train_acc_history,
            'val_acc_history': val_acc_history,
        }

    def predict(self, X):
        """Return the class with the largest score for each row of X, (N,) integers."""
        y_pred = None
        # TODO: predict
        pass
        # END OF TODO
        return y_pred
