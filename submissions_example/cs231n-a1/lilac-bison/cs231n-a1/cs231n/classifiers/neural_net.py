import numpy as np


class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = [self.params[name] for name in ('W1', 'b1', 'W2', 'b2')]
        Z1 = np.matmul(X, W1) + b1
        A1 = (np.abs(Z1) + Z1) / 2
        scores = np.matmul(A1, W2) + b2
        if y is None:
            return scores
        scores = scores - np.max(scores, axis=1, keepdims=True)
        probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
        loss = -np.mean(np.log(probs[np.arange(X.shape[0]), y]))
        loss = loss + reg * np.sum(W1**2) + reg * np.sum(W2**2)
        dscores = probs
        dscores[np.arange(X.shape[0]), y] -= 1
        dscores = dscores / X.shape[0]
        dZ1 = np.matmul(dscores, W2.T) * (np.sign(Z1) + 1) / 2
        grads = {}
        grads['b1'] = np.sum(dZ1, axis=0)
        grads['b2'] = np.sum(dscores, axis=0)
        grads['W1'] = np.matmul(X.T, dZ1) + reg * 2 * W1
        grads['W2'] = np.matmul(A1.T, dscores) + reg * 2 * W2
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        history = {'loss_history': [], 'train_acc_history': [], 'val_acc_history': []}
        for it in range(num_iters):
            batch = np.random.choice(X.shape[0], batch_size)
            loss, grads = self.loss(X[batch], y=y[batch], reg=reg)
            history['loss_history'].append(loss)
            for name in self.params:
                self.params[name] = self.params[name] - learning_rate * grads[name]
            if it % max(X.shape[0] // batch_size, 1) == 0:
                history['train_acc_history'].append(np.mean(self.predict(X[batch]) == y[batch]))
                history['val_acc_history'].append(np.mean(self.predict(X_val) == y_val))
                learning_rate = learning_rate * learning_rate_decay
        return history

    def predict(self, X):
        return np.argmax(self.loss(X), axis=1)
