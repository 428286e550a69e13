import numpy as np
import matplotlib.pyplot as plt
from past.builtins import xrange
from audioop import cross


class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            'W1': std * np.random.randn(input_size, hidden_size), 'b1': np.zeros(hidden_size),
            'W2': std * np.random.randn(hidden_size, output_size), 'b2': np.zeros(output_size),
        }

    def forward(self, x):
        z = self.params['b1'].copy()
        for d in xrange(len(x)):
            z = z + x[d] * self.params['W1'][d]
        a = np.array([v if v > 0 else 0.0 for v in z])
        s = self.params['b2'].copy()
        for h in xrange(len(a)):
            s = s + a[h] * self.params['W2'][h]
        return z, a, s

    def loss(self, X, y=None, reg=0.0):
        passes = [self.forward(x) for x in X]
        if y is None:
            return np.array([s for _, _, s in passes])
        loss = 0.0
        grads = {k: np.zeros_like(v) for k, v in self.params.items()}
        N = len(X)
        for n in xrange(N):
            z, a, s = passes[n]
            e = np.exp(s - max(s))
            p = e / sum(e)
            loss -= np.log(p[y[n]]) / N
            for c in xrange(len(s)):
                g = (p[c] - (c == y[n])) / N
                grads['b2'][c] += g
                grads['W2'][:, c] += g * a
                back = g * self.params['W2'][:, c] * (z > 0)
                grads['b1'] += back
                grads['W1'] += np.outer(X[n], back)
        for k in ('W1', 'W2'):
            for row in self.params[k]:
                loss += reg * row.dot(row)
            grads[k] += 2 * reg * self.params[k]
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        N = X.shape[0]
        per_epoch = max(N // batch_size, 1)
        history = {'loss_history': [], 'train_acc_history': [], 'val_acc_history': []}
        for it in xrange(num_iters):
            rows = [np.random.randint(N) for _ in xrange(batch_size)]
            loss, grads = self.loss(X[rows], y=y[rows], reg=reg)
            history['loss_history'].append(loss)
            for k in grads:
                self.params[k] = self.params[k] - learning_rate * grads[k]
            if it % per_epoch == 0:
                history['train_acc_history'].append(np.mean(self.predict(X[rows]) == y[rows]))
                history['val_acc_history'].append(np.mean(self.predict(X_val) == y_val))
                learning_rate *= learning_rate_decay
        return history

    def predict(self, X):
        y_pred = np.zeros(X.shape[0], dtype=int)
        for n in xrange(len(X)):
            y_pred[n] = list(self.forward(X[n])[2]).index(max(self.forward(X[n])[2]))
        return y_pred
