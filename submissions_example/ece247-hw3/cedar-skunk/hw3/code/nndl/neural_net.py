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
        f = lambda v: np.maximum(0, v)
        out1 = f(np.dot(W1, X.T).T + b1)
        scores = np.dot(W2, out1.T).T + b2

        if y is None:
            return scores

        loss = None
        scores_max = np.max(scores, axis=1, keepdims=True)
        a = np.exp(scores - scores_max)
        q = a / np.sum(a, axis=1, keepdims=True)
        loss = sum(-np.log(q[n, y[n]]) for n in range(N)) / N
        loss += reg * np.sum(W1 ** 2) / 2 + reg * np.sum(W2 ** 2) / 2

        grads = {}
        dldz = q / N
        for n in range(N):
            dldz[n, y[n]] -= 1.0 / N
        dldh = np.dot(dldz, W2)
        dlda = dldh * (out1 != 0)
        grads['b1'] = np.dot(np.ones(N), dlda)
        grads['b2'] = np.dot(np.ones(N), dldz)
        grads['W1'] = np.dot(dlda.T, X) + reg * W1
        grads['W2'] = np.dot(dldz.T, out1) + reg * W2

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

            idxs = np.random.choice(num_train, size=(batch_size,))
            X_batch = np.take(X, idxs, axis=0)
            y_batch = np.take(y, idxs)

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            for k in sorted(grads):
                self.params[k] -= learning_rate * grads[k]

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
        y_pred = np.argmax(self.loss(X).T, axis=0)
        return y_pred
