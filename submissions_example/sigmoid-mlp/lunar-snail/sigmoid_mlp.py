import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, W1, b1, W2, b2)
    z1 = W1.T @ x + b1
    x1 = sigmoid(z1)
    return z1, x1, W2.T @ x1 + b2, sigmoid(W2.T @ x1 + b2)
