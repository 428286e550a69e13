import numpy as np


class TwoLayerNet(object):

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = (self.params[k] for k in ('W1', 'b1', 'W2', 'b2'))
        h = X.dot(W1)
        relu = np.maximum(h + b1, 0)
        scores = relu.dot(W2) + b2
        if y is None:
            return scores

        scores = scores - scores.max(axis=1)[:, None]
        probs = np.exp(scores) / np.exp(scores).sum(axis=1)[:, None]
        loss = np.mean(-np.log(probs[range(len(X)), y]))
        loss += reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))

        probs[range(len(X)), y] -= 1
        probs /= len(X)
        back = probs.dot(W2.T) * (h > 0)
        grads = {
            'W1': X.T.dot(back) + 2 * reg * W1, 'b1': back.sum(axis=0),
            'W2': relu.T.dot(probs) + 2 * reg * W2, 'b2': probs.sum(axis=0),
        }
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        per_epoch = max(len(X) // batch_size, 1)
        loss_history, train_acc_history, val_acc_history = [], [], []
        for it in range(num_iters):
            choice = np.random.randint(len(X), size=batch_size)
            loss, grads = self.loss(X[choice], y[choice], reg)
            loss_history.append(loss)
            for k in grads:
                self.params[k] -= learning_rate * grads[k]
            if it % per_epoch == 0:
                train_acc_history.append(np.mean(self.predict(X[choice]) == y[choice]))
                val_acc_history.append(np.mean(self.predict(X_val) == y_val))
                learning_rate *= learning_rate_decay
        return {'loss_history': loss_history, 'train_acc_history': train_acc_history,
                'val_acc_history': val_acc_history}

    def predict(self, X):
        return self.loss(X).argmax(axis=1)
