import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def dsigmoid(z):
    return sigmoid(z) * (1 - sigmoid(z))


def forward(x, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    x1 = sigmoid(z1)
    z2 = x1 @ W2 + b2
    x2 = sigmoid(z2)
    return z1, x1, z2, x2


def loss(x2, y):
    error = x2 - y
    return error.dot(error) / 2


def deltas(y, z1, x1, z2, x2, W2):
    delta2 = (x2 - y) * dsigmoid(x2)
    delta1 = W2.dot(delta2) * dsigmoid(x1)
    return delta1, delta2


def gradients(x, x1, delta1, delta2):
    dW1 = x[:, None] * delta1[None, :]
    dW2 = x1[:, None] * delta2[None, :]
    return dW1, delta1.copy(), dW2, delta2.copy()
