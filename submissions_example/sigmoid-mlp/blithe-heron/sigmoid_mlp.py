import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, W1, b1, W2, b2):
    z1 = W1.T @ x + b1
    x1 = sigmoid(z1)
    z2 = W2.T @ x1 + b2
    return z1, x1, z2, sigmoid(z2)


def loss(x2, y):
    return 0.5 * np.sum((x2 - y) ** 2)


def deltas(y, z1, x1, z2, x2, W2):
    delta2 = (x2 - y) * x2 * (1 - x2)
    delta1 = (W2 @ delta2) * x1 * (1 - x1)
    return delta1, delta2


def gradients(x, x1, delta1, delta2):
    return np.outer(x, delta1), delta1, np.outer(x1, delta2), delta2
