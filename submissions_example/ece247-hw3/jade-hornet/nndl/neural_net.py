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
        hidden_input = X.dot(W1.T) + b1
        hidden_output = np.maximum(hidden_input, 0)
        scores = hidden_output.dot(W2.T) + b2

        if y is None:
            return scores

        loss = None
        stable = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        prob = stable / np.sum(stable, axis=1, keepdims=True)
        loss = np.mean(-np.log(prob[range(N), y]))
        loss = loss + reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))

        grads = {}
        target = np.zeros(prob.shape)
        target[range(N), y] = 1
        d_scores = (prob - target) / N
        d_hidden = d_scores.dot(W2) * (hidden_input > 0)
        grads['W2'] = d_scores.T.dot(hidden_output) + 2 * reg * W2
        grads['W1'] = d_hidden.T.dot(X) + 2 * reg * W1
        grads['b2'] = np.sum(d_scores, axis=0)
        grads['b1'] = np.sum(d_hidden, axis=0)

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

            batch = np.random.choice(range(num_train), batch_size, replace=False)
            X_batch = X[batch]
            y_batch = y[batch]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            for name, value in self.params.items():
                self.params[name] = value - learning_rate * grads[name]

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
        y_pred = np.array([np.argmax(row) for row in scores])
        return y_pred
