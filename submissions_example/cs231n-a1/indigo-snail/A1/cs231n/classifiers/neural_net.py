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
        Z = X.dot(W1) + b1
        A = np.maximum(Z, 0)
        S = A.dot(W2) + b2
        if y is None:
            return S
        S = S - S.max(axis=1)[:, np.newaxis]
        loss = np.mean(np.log(np.exp(S).sum(axis=1)) - S[range(len(y)), y])
        loss += reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        P = np.exp(S) / np.exp(S).sum(axis=1)[:, np.newaxis]
        P[range(len(y)), y] -= 1
        P /= len(y)
        D = P.dot(W2.T)
        D[Z <= 0] = 0
        return loss, {'W1': X.T.dot(D) + 2 * reg * W1, 'b1': D.sum(axis=0),
                      'W2': A.T.dot(P) + 2 * reg * W2, 'b2': P.sum(axis=0)}

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        per_epoch = max(len(y) // batch_size, 1)
        history = {'loss_history': [], 'train_acc_history': [], 'val_acc_history': []}
        for it in range(num_iters):
            sample = np.random.choice(len(y), batch_size)
            loss, grads = self.loss(X[sample], y[sample], reg)
            history['loss_history'].append(loss)
            for k in grads:
                self.params[k] += learning_rate * grads[k]
            if it % per_epoch == 0:
                history['train_acc_history'].append(np.mean(self.predict(X[sample]) == y[sample]))
                history['val_acc_history'].append(np.mean(self.predict(X_val) == y_val))
                learning_rate *= learning_rate_decay
        return history

    def predict(self, X):
        S = self.loss(X)
        y_pred = np.zeros(len(X), dtype=int)
        i = 0
        while i < len(X):
            y_pred[i] = np.argmax(S[i])
            i += 1
        return y_pred
