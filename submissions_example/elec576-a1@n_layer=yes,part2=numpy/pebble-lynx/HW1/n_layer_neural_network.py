import numpy as np


class DeepNet:
    """Two hidden layers."""

    def __init__(self, dims, seed=3):
        np.random.seed(seed)
        self.W1, self.W2, self.W3 = [np.random.randn(a, b) / np.sqrt(a) for a, b in zip(dims, dims[1:])]
        self.b1, self.b2, self.b3 = [np.zeros(b) for b in dims[1:]]

    def forward(self, X):
        self.a1 = np.tanh(X @ self.W1 + self.b1)
        self.a2 = np.tanh(self.a1 @ self.W2 + self.b2)
        e = np.exp(self.a2 @ self.W3 + self.b3)
        return e / e.sum(axis=1, keepdims=True)

    def fit(self, X, y, rate, passes):
        for _ in range(passes):
            d3 = self.forward(X)
            d3[range(len(y)), y] -= 1
            d3 = d3 / len(y)
            d2 = d3 @ self.W3.T * (1 - self.a2 ** 2)
            d1 = d2 @ self.W2.T * (1 - self.a1 ** 2)
            self.W3 -= rate * self.a2.T @ d3
            self.W2 -= rate * self.a1.T @ d2
            self.W1 -= rate * X.T @ d1
            self.b3 -= rate * d3.sum(0)
            self.b2 -= rate * d2.sum(0)
            self.b1 -= rate * d1.sum(0)
