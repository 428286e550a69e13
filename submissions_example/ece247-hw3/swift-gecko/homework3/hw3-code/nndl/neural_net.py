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
        e = np.exp(scores)
        probs = e / np.sum(e, axis=1, keepdims=True)
        correct_logprobs = -np.log(probs[range(N), y])
        loss = np.sum(correct_logprobs) / N + 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)

        grads = {}
        dscores = probs
        dscores[range(N), y] -= 1
        dscores /= N
        grads['W2'] = np.dot(a.T, dscores).T
        grads['b2'] = np.sum(dscores, axis=0)
        da = np.dot(dscores, W2)
        da[z <= 0] = 0
        grads['W1'] = np.dot(X.T, da).T
        grads['b1'] = np.sum(da, axis=0)
        grads['W2'] += reg * W2
        grads['W1'] += reg * W1

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
