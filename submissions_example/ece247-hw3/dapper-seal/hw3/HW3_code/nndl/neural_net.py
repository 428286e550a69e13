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
        fc1_out = np.dot(X, W1.T) + b1
        relu_out = np.where(fc1_out <= 0, 0, fc1_out)
        scores = np.dot(relu_out, W2.T) + b2

        if y is None:
            return scores

        loss = None
        log_c = np.max(scores, axis=1)
        log_sum = np.log(np.sum(np.exp(scores - log_c[:, None]), axis=1)) + log_c
        loss = np.sum(log_sum - scores[np.arange(N), y]) / N
        loss += reg * 0.5 * (np.sum(np.power(W1, 2)) + np.sum(np.power(W2, 2)))

        grads = {}
        dout = np.exp(scores - log_sum[:, None])
        dout[np.arange(N), y] -= 1
        dout /= N
        grads['W2'] = np.dot(dout.T, relu_out) + reg * W2
        grads['b2'] = np.sum(dout, axis=0)
        drelu = np.dot(dout, W2)
        drelu[fc1_out <= 0] = 0
        grads['W1'] = np.dot(drelu.T, X) + reg * W1
        grads['b1'] = np.sum(drelu, axis=0)

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

            rand = np.random.randint(num_train, size=batch_size)
            X_batch = X[rand, :]
            y_batch = y[rand]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            W1, W2, b1, b2 = grads['W1'], grads['W2'], grads['b1'], grads['b2']
            self.params['W1'] -= learning_rate * W1
            self.params['W2'] -= learning_rate * W2
            self.params['b1'] -= learning_rate * b1
            self.params['b2'] -= learning_rate * b2

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
        scores = self.loss(X, y=None)
        y_pred = scores.argmax(axis=1).astype(int)
        return y_pred
