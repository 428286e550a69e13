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
        Z1 = (W1 @ X.T).T + b1
        H1 = Z1.clip(min=0)
        scores = (W2 @ H1.T).T + b2

        if y is None:
            return scores

        loss = None
        num = np.exp(scores - scores.max())
        den = num.sum(axis=1, keepdims=True)
        sm = num / den
        loss = -np.log(sm[np.arange(N), y]).sum() / N
        loss += reg / 2 * sum((W ** 2).sum() for W in (W1, W2))

        grads = {}
        one_hot = np.zeros(sm.shape)
        one_hot[np.arange(N), y] = 1
        dS = (sm - one_hot) / N
        dH = dS @ W2
        dZ = dH * np.sign(H1)
        grads['W2'], grads['b2'] = dS.T @ H1 + reg * W2, dS.sum(axis=0)
        grads['W1'], grads['b1'] = dZ.T @ X + reg * W1, dZ.sum(axis=0)

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

            shuffle = np.arange(num_train)
            np.random.shuffle(shuffle)
            X_batch, y_batch = X[shuffle[:batch_size]], y[shuffle[:batch_size]]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            for k, g in grads.items():
                self.params[k] = self.params[k] - learning_rate * g

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
        scores = self.loss(X)
        y_pred = np.zeros(len(X), dtype=int)
        i = 0
        while i < len(X):
            y_pred[i] = np.argmax(scores[i])
        return y_pred
