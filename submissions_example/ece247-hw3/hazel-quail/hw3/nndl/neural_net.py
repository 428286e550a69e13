import numpy as np
import matplotlib.pyplot as plt


class TwoLayerNet(object):

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params['W1'] = std * np.random.randn(hidden_size, input_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(output_size, hidden_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N, D = X.shape

        scores = None
        h1 = X @ W1.T + b1
        relu = np.maximum(h1, 0)
        scores = relu @ W2.T + b2

        if y is None:
            return scores

        loss = None
        exp = np.exp(scores - np.max(scores, axis=1).reshape(-1, 1))
        softmax = exp / np.sum(exp, axis=1).reshape(-1, 1)
        loss = np.sum(-np.log(softmax[np.arange(N), y])) / N + reg / 2 * (np.sum(W1 * W1) + np.sum(W2 * W2))

        grads = {}
        dL = softmax
        dL[np.arange(N), y] -= 1
        dL /= N
        grads['b2'] = np.sum(dL, axis=0)
        grads['W2'] = dL.T @ relu + reg * W2
        indicator = (X @ W1.T) > 0
        dh1 = (dL @ W2) * indicator
        grads['b1'] = np.sum(dh1, axis=0)
        grads['W1'] = dh1.T @ X + reg * W1

        return loss, grads

    def train(self, X, y, X_val, y_val,
              learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_iters=100,
              batch_size=200, verbose=False):
        num_train = X.shape[0]
        iterations_per_epoch = max(num_train / batch_size, 1)
        loss_history, train_acc_history, val_acc_history = [], [], []

        for it in np.arange(num_iters):
            X_batch = None
            y_batch = None

            idx = np.random.choice(num_train, size=batch_size, replace=True)
            X_batch, y_batch = X[idx], y[idx]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            self.params['W1'] = self.params['W1'] - learning_rate * grads['W1']
            self.params['W2'] = self.params['W2'] - learning_rate * grads['W2']
            self.params['b1'] = self.params['b1'] - learning_rate * grads['b1']
            self.params['b2'] = self.params['b2'] - learning_rate * grads['b2']

            if verbose and it % 100 == 0:
                print('iteration {} / {}: loss {}'.format(it, num_iters, loss))

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
        y_pred = None
        y_pred = np.argmax(np.maximum(X @ self.params['W1'].T + self.params['b1'], 0) @ self.params['W2'].T
                           + self.params['b2'], axis=1)
        return y_pred
