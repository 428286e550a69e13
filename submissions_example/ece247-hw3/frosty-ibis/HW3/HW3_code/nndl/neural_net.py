import numpy as np
import matplotlib.pyplot as plt
from turtle import clear

plt.rcParams['image.cmap'] = 'gray'


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
        z1 = np.matmul(X, W1.T) + b1[np.newaxis, :]
        a1 = np.where(z1 > 0, z1, 0)
        z2 = np.matmul(a1, W2.T) + b2[np.newaxis, :]
        scores = z2

        if y is None:
            return scores

        loss = None
        # log softmax
        m = np.amax(z2, axis=1, keepdims=True)
        logp = z2 - m - np.log(np.sum(np.exp(z2 - m), axis=1, keepdims=True))
        data_term = -np.sum(logp[range(N), y]) / N
        reg_term = 0.5 * reg * np.sum(np.square(W1)) + 0.5 * reg * np.sum(np.square(W2))
        loss = data_term + reg_term

        grads = {}
        dz2 = np.exp(logp)
        dz2[range(N), y] += -1
        dz2 = dz2 / N
        dz1 = np.matmul(dz2, W2) * np.where(z1 > 0, 1, 0)
        grads = {'W1': np.matmul(dz1.T, X) + reg * W1, 'b1': np.sum(dz1, axis=0),
                 'W2': np.matmul(dz2.T, a1) + reg * W2, 'b2': np.sum(dz2, axis=0)}

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

            mask = np.random.randint(0, num_train, size=batch_size)
            X_batch, y_batch = X[mask, :], y[mask]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            self.params['W1'] -= learning_rate * grads['W1']
            self.params['b1'] -= learning_rate * grads['b1']
            self.params['W2'] -= learning_rate * grads['W2']
            self.params['b2'] -= learning_rate * grads['b2']

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
        y_pred = np.argmax(self.loss(X), 1)
        return y_pred


# does it learn at all?
rng = np.random.RandomState(1)
X_toy = rng.randn(60, 5)
y_toy = (X_toy[:, 0] > 0) * 1
print(X_toy)
toy = TwoLayerNet(5, 8, 2, std=0.1)
stats = toy.train(X_toy, y_toy, X_toy, y_toy, learning_rate=0.5, num_iters=300, batch_size=20, verbose=True)
print(stats)
plt.plot(stats['loss_history'])
plt.xlabel('iteration')
plt.show()
print('accuracy', (toy.predict(X_toy) == y_toy).mean())
