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
        layer1 = np.dot(X, W1.T) + b1
        layer1_relu = np.maximum(0, layer1)
        scores = np.dot(layer1_relu, W2.T) + b2

        if y is None:
            return scores

        loss = None
        shift = scores - np.max(scores, axis=1, keepdims=True)
        log_prob = shift - np.log(np.sum(np.exp(shift), axis=1, keepdims=True))
        loss = -np.mean(log_prob[np.arange(N), y])
        loss += 0.5 * reg * np.sum(W1 ** 2)
        loss += 0.5 * reg * np.sum(W2 ** 2)

        grads = {}
        dscores = np.exp(log_prob)
        dscores[np.arange(N), y] -= 1
        dscores = dscores / N
        grads['W2'] = np.dot(dscores.T, layer1_relu)
        grads['b2'] = np.sum(dscores, axis=0)
        dlayer1 = np.dot(dscores, W2) * (layer1 > 0)
        grads['W1'] = np.dot(dlayer1.T, X)
        grads['b1'] = np.sum(dlayer1, axis=0)

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

            picks = np.random.permutation(num_train)[:batch_size]
            X_batch = X[picks]
            y_batch = y[picks]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            for key, grad in grads.items():
                self.params[key] += -learning_rate * grad

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
        y_pred = np.argmax(scores, axis=1)
        return y_pred
