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
        fc1 = X.dot(W1.T) + b1
        h1 = np.maximum(0, fc1)
        fc2 = h1.dot(W2.T) + b2
        scores = fc2

        if y is None:
            return scores

        loss = None
        scores -= np.max(scores, axis=1, keepdims=True)
        exp_scores = np.exp(scores)
        sums = exp_scores.sum(axis=1)
        loss = np.sum(np.log(sums) - scores[np.arange(N), y]) / N
        loss += 0.5 * reg * (np.linalg.norm(W1) ** 2 + np.linalg.norm(W2) ** 2)

        grads = {}
        dfc2 = exp_scores / sums[:, None]
        dfc2[np.arange(N), y] -= 1
        dfc2 /= N
        grads['W2'] = dfc2.T.dot(h1) + reg * W2
        grads['b2'] = dfc2.sum(axis=0)
        dh1 = dfc2.dot(W2)
        dh1[fc1 < 0] = 0
        grads['W1'] = dh1.T.dot(X) + reg * W1
        grads['b1'] = dh1.sum(axis=0)

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

            indices = np.random.choice(num_train, batch_size)
            X_batch, y_batch = X[indices, :], y[indices]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            for p in self.params.keys():
                self.params[p] -= learning_rate * grads[p]

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
        h1 = np.maximum(0, X.dot(self.params['W1'].T) + self.params['b1'])
        y_pred = (h1.dot(self.params['W2'].T) + self.params['b2']).argmax(axis=1)
        return y_pred
