import numpy as np
import matplotlib.pyplot as plt


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
        n = X.shape[0]
        z = X.dot(W1) + b1
        a = z.copy()
        a[a < 0] = 0
        f = a.dot(W2) + b2
        if y is None:
            return f

        f = f - f.max(axis=1).reshape(n, 1)
        log_p = f - np.log(np.exp(f).sum(axis=1)).reshape(n, 1)
        loss = -log_p[np.arange(n), y].sum() / n
        loss = loss + reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)

        df = np.exp(log_p)
        df[np.arange(n), y] -= 1
        df /= n
        dz = df.dot(W2.T)
        dz[z <= 0] = 0
        grads = {}
        grads['W1'] = X.T.dot(dz) + 2 * reg * W1
        grads['W2'] = a.T.dot(df) + 2 * reg * W2
        grads['b1'] = np.ones(n).dot(dz)
        grads['b2'] = np.ones(n).dot(df)
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        n = X.shape[0]
        every = max(n // batch_size, 1)
        losses, train_accs, val_accs = [], [], []
        for it in range(num_iters):
            rows = np.random.choice(n, batch_size)
            loss, grads = self.loss(X[rows], y=y[rows], reg=reg)
            losses.append(loss)
            for name in ('W1', 'b1', 'W2', 'b2'):
                self.params[name] -= learning_rate * grads[name]
            if it % every == 0:
                train_accs.append((self.predict(X[rows]) == y[rows]).mean())
                val_accs.append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay
        return {'loss_history': losses, 'train_acc_history': train_accs,
                'val_acc_history': val_accs}

    def predict(self, X):
        f = self.loss(X)
        return np.argmax(f, axis=1)
