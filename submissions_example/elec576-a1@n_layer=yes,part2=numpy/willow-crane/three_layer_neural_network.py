import numpy as np


class NeuralNetwork:
    ACTIVATIONS = {
        'tanh': (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
        'sigmoid': (lambda z: 0.5 * (1 + np.tanh(z / 2)), lambda z: 0.25 / np.cosh(z / 2) ** 2),
        'relu': (lambda z: z.clip(0), lambda z: 1.0 * (z > 0)),
    }

    def __init__(self, nn_input_dim, nn_hidden_dim, nn_output_dim, actFun_type='tanh', reg_lambda=0.01, seed=0):
        self.actFun_type, self.reg_lambda = actFun_type, reg_lambda
        rng = np.random.RandomState(seed)
        self.W1 = rng.normal(0, nn_input_dim ** -0.5, (nn_input_dim, nn_hidden_dim))
        self.W2 = rng.normal(0, nn_hidden_dim ** -0.5, (nn_hidden_dim, nn_output_dim))
        self.b1, self.b2 = np.zeros((1, nn_hidden_dim)), np.zeros((1, nn_output_dim))

    def actFun(self, z, type):
        return self.ACTIVATIONS[type][0](z)

    def diff_actFun(self, z, type):
        return self.ACTIVATIONS[type][1](z)

    def feedforward(self, X, actFun):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = actFun(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        powers = np.exp(self.z2 - self.z2.max(axis=1, keepdims=True))
        self.probs = powers / powers.sum(axis=1, keepdims=True)

    def _forward(self, X):
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))

    def calculate_loss(self, X, y):
        self._forward(X)
        own = self.probs[np.arange(len(y)), y]
        squares = (self.W1 ** 2).sum() + (self.W2 ** 2).sum()
        return (-np.log(own).sum() + self.reg_lambda / 2 * squares) / len(y)

    def predict(self, X):
        self._forward(X)
        return self.probs.argmax(axis=1)

    def backprop(self, X, y):
        d2 = self.probs - np.eye(self.probs.shape[1])[y]
        d1 = d2 @ self.W2.T * self.diff_actFun(self.z1, self.actFun_type)
        return X.T @ d1, self.a1.T @ d2, d1.sum(axis=0, keepdims=True), d2.sum(axis=0, keepdims=True)

    def fit_model(self, X, y, epsilon=0.01, num_passes=20000, print_loss=True):
        for _ in range(num_passes):
            self._forward(X)
            dW1, dW2, db1, db2 = self.backprop(X, y)
            self.W1 -= epsilon * (dW1 + self.reg_lambda * self.W1)
            self.W2 -= epsilon * (dW2 + self.reg_lambda * self.W2)
            self.b1 -= epsilon * db1
            self.b2 -= epsilon * db2
