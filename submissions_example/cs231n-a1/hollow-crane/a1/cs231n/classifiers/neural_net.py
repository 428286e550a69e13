import numpy as np


class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            'W1': std * np.random.randn(input_size, hidden_size),
            'b1': np.zeros(hidden_size),
            'W2': std * np.random.randn(hidden_size, output_size),
            'b2': np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        p = self.params
        N = len(X)
        z = X @ p['W1'] + p['b1']
        h = np.where(z > 0, z, 0)
        s = h @ p['W2'] + p['b2']
        if y is None:
            return s
        e = np.exp(s - s.max(1, keepdims=True))
        probs = e / e.sum(1, keepdims=True)
        loss = -np.log(probs[np.arange(N), y]).sum() / N
        for name in p:
            loss += reg * (p[name] ** 2).sum()
        d = probs.copy()
        d[np.arange(N), y] -= 1
        d /= N
        back = (d @ p['W2'].T) * (z > 0)
        grads = {'W2': h.T @ d, 'b2': d.sum(0), 'W1': X.T @ back, 'b1': back.sum(0)}
        for name in grads:
            grads[name] = grads[name] + 2 * reg * p[name]
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        N = len(X)
        loss_history, train_acc_history, val_acc_history = [], [], []
        for it in range(num_iters):
            i = np.random.permutation(N)[:batch_size]
            loss, grads = self.loss(X[i], y=y[i], reg=reg)
            loss_history.append(loss)
            for name in grads:
                self.params[name] = self.params[name] - learning_rate * grads[name]
            if it % max(N // batch_size, 1) == 0:
                train_acc_history.append((self.predict(X[i]) == y[i]).mean())
                val_acc_history.append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay
        return {'loss_history': loss_history, 'train_acc_history': train_acc_history,
                'val_acc_history': val_acc_history}

    def predict(self, X):
        return self.loss(X).argmax(1)
