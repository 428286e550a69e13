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
        u = X.dot(W1.T) + b1
        v = np.where(u < 0, 0.0, u)
        scores = v.dot(W2.T) + b2

        if y is None:
            return scores

        loss = None
        p = np.exp(scores.T - scores.max(axis=1))
        p = (p / p.sum(axis=0)).T
        loss = np.mean([-np.log(p[n, label]) for n, label in enumerate(y)])
        loss += reg * (W1.ravel().dot(W1.ravel()) + W2.ravel().dot(W2.ravel())) / 2

        grads = {}
        for n, label in enumerate(y):
            p[n, label] -= 1
        dscores = p / N
        dv = dscores.dot(W2)
        du = np.where(u < 0, 0.0, dv)
        grads['W1'] = du.T.dot(X) + reg * W1
        grads['b1'] = sum(du)
        grads['W2'] = dscores.T.dot(v) + reg * W2
        grads['b2'] = sum(dscores)

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

            these = np.random.choice(num_train, batch_size)
            X_batch, y_batch = X[these], y[these]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            for k in self.params:
                self.params[k] = self.params[k] - grads[k] * learning_rate

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
        best = [max(range(len(row)), key=lambda c: row[c]) for row in self.loss(X)]
        y_pred = np.array(best)
        return y_pred
