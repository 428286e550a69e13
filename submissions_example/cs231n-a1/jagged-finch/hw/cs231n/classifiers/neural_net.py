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
        before = X.dot(W1) + b1
        after = before.clip(min=0)
        score = after.dot(W2) + b2
        if y is None:
            return score

        probs = np.exp(score - score.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        loss = -np.log(np.take_along_axis(probs, y[:, None], axis=1)).mean()
        loss += reg * ((W1 * W1).sum() + (W2 * W2).sum())

        probs[np.arange(len(y)), y] -= 1
        probs /= len(y)
        slope = np.where(before > 0, probs.dot(W2.T), 0)
        return loss, {
            'W1': X.T.dot(slope) + 2 * reg * W1,
            'b1': slope.sum(axis=0),
            'W2': after.T.dot(probs) + 2 * reg * W2,
            'b2': probs.sum(axis=0),
        }

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        losses, train_accs, val_accs = [], [], []
        for it in range(num_iters):
            some = np.random.choice(X.shape[0], batch_size)
            loss, grads = self.loss(X[some], y[some], reg)
            losses.append(loss)
            for name, slope in grads.items():
                self.params[name] = self.params[name] - learning_rate * slope
            if it % max(len(X) // batch_size, 1) == 0:
                train_accs.append((self.predict(X[some]) == y[some]).mean())
                val_accs.append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay
        return {'loss_history': losses, 'train_acc_history': train_accs,
                'val_acc_history': val_accs}

    def predict(self, X):
        return self.loss(X).argmax(axis=1)
