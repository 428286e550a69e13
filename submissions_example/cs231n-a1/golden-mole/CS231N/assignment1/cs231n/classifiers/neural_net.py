import numpy as np


class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        num_train = X.shape[0]
        layer1 = np.maximum(0, np.dot(X, W1) + b1)
        scores = np.dot(layer1, W2) + b2
        if y is None:
            return scores

        stable = scores - scores.max(axis=1, keepdims=True)
        p = np.exp(stable) / np.sum(np.exp(stable), axis=1, keepdims=True)
        loss = np.mean(-np.log(p[np.arange(num_train), y]))
        loss += reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)

        p[np.arange(num_train), y] -= 1
        p /= num_train
        dlayer1 = np.dot(p, W2.T) * (layer1 > 0)
        grads = {}
        grads['W2'] = np.dot(layer1.T, p) + 2 * reg * W2
        grads['b2'] = np.mean(p, axis=0)
        grads['W1'] = np.dot(X.T, dlayer1) + 2 * reg * W1
        grads['b1'] = np.mean(dlayer1, axis=0)
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        num_train = X.shape[0]
        iterations_per_epoch = max(num_train // batch_size, 1)
        loss_history, train_acc_history, val_acc_history = [], [], []
        for it in range(num_iters):
            mask = np.random.choice(num_train, batch_size, replace=True)
            loss, grads = self.loss(X[mask], y=y[mask], reg=reg)
            loss_history.append(loss)
            for p in grads:
                self.params[p] -= grads[p] * learning_rate
            if it % iterations_per_epoch == 0:
                train_acc_history.append((self.predict(X[mask]) == y[mask]).mean())
                val_acc_history.append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay
        return {'loss_history': loss_history, 'train_acc_history': train_acc_history,
                'val_acc_history': val_acc_history}

    def predict(self, X):
        layer1 = np.maximum(0, np.dot(X, self.params['W1']) + self.params['b1'])
        return np.argmax(np.dot(layer1, self.params['W2']) + self.params['b2'], axis=1)
