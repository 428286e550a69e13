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
        z = X.dot(W1.T) + b1
        a = z * (z > 0)
        scores = a.dot(W2.T) + b2

        if y is None:
            return scores

        loss = None
        s = scores - scores.max(1)[:, None]
        p = np.exp(s) / np.exp(s).sum(1)[:, None]
        loss = -np.sum(np.log(p[np.arange(N), y])) / N
        loss += reg * 0.5 * ((W1 ** 2).sum() + (W2 ** 2).sum())

        grads = {}
        p[np.arange(N), y] -= 1
        p /= N
        grads['W2'] = p.T.dot(a) + reg * W2
        grads['b2'] = p.sum(0)
        g = p.dot(W2) * (z > 0)
        grads['W1'] = g.T.dot(X) + reg * W1
        grads['b1'] = g.sum(0)

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

            sel = np.random.choice(np.arange(num_train), batch_size)
            X_batch = X[sel]
            y_batch = y[sel]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            for k in ['W1', 'b1', 'W2', 'b2']:
                self.params[k] = self.params[k] - learning_rate * grads[k]

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
        y_pred = self.loss(X).argmax(1)
        return y_pred
