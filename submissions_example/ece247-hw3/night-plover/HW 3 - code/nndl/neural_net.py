from __future__ import print_function
import numpy as np
import matplotlib.pyplot as plt
from past.builtins import xrange
from audioop import cross


class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            'W1': std * np.random.randn(hidden_size, input_size), 'b1': np.zeros(hidden_size),
            'W2': std * np.random.randn(output_size, hidden_size), 'b2': np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = [self.params[k] for k in ['W1', 'b1', 'W2', 'b2']]
        N, C, H = X.shape[0], W2.shape[0], W1.shape[0]
        Z = np.zeros((N, H))
        A = np.zeros((N, H))
        scores = np.zeros((N, C))
        for n in xrange(N):
            Z[n] = W1.dot(X[n]) + b1
            for h in xrange(H):
                A[n, h] = Z[n, h] if Z[n, h] > 0 else 0
            scores[n] = W2.dot(A[n]) + b2
        if y is None:
            return scores
        print('scores:', scores)

        loss = 0.0
        grads = {k: np.zeros_like(v) for k, v in self.params.items()}
        for n in xrange(N):
            e = np.exp(scores[n] - max(scores[n]))
            p = e / sum(e)
            loss -= np.log(p[y[n]]) / N
            for c in xrange(C):
                g = (p[c] - (1 if c == y[n] else 0)) / N
                grads['W2'][c] += g * A[n]
                grads['b2'][c] += g
                back = g * W2[c] * (Z[n] > 0)
                grads['W1'] += np.outer(back, X[n])
                grads['b1'] += back
        for k in ('W1', 'W2'):
            for row in self.params[k]:
                loss += reg / 2.0 * row.dot(row)
            grads[k] += reg * self.params[k]
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        N = X.shape[0]
        per_epoch = max(N // batch_size, 1)
        history = {'loss_history': [], 'train_acc_history': [], 'val_acc_history': []}
        for it in xrange(num_iters):
            rows = [np.random.randint(N) for _ in xrange(batch_size)]
            X_batch, y_batch = X[rows], y[rows]
            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            history['loss_history'].append(loss)
            for k in grads:
                self.params[k] = self.params[k] - learning_rate * grads[k]
            if verbose and it % 100 == 0:
                print('iteration', it, 'loss', loss)
            if it % per_epoch == 0:
                history['train_acc_history'].append(np.mean(self.predict(X_batch) == y_batch))
                history['val_acc_history'].append(np.mean(self.predict(X_val) == y_val))
                learning_rate *= learning_rate_decay
        return history

    def predict(self, X):
        y_pred = np.zeros(X.shape[0], dtype=int)
        for n, row in enumerate(self.loss(X)):
            for c in xrange(1, len(row)):
                if row[c] > row[y_pred[n]]:
                    y_pred[n] = c
        return y_pred
