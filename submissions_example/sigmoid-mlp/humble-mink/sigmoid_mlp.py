"""A two-layer perceptron with sigmoid units, squared error, and backpropagation by hand.

One example: x (D,), wanted output y (C,). Parameters: W1 (D, K), b1 (K,), W2 (K, C), b2 (C,); each
matrix acts transposed.

Fill in every region between "TODO" and "END OF TODO"; leave the signatures as they are.
"""
import numpy as np


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), entry by entry; already written."""
    return 1 / (1 + np.exp(-z))


def forward(x, W1, b1, W2, b2):
    """Return z1 (K,), x1 (K,), z2 (C,), x2 (C,).

    z1 = W1.T x + b1, x1 = sigmoid(z1), z2 = W2.T x1 + b2, x2 = sigmoid(z2)
    """
    # TODO: both layers
    z1 = x1 = z2 = x2 = None
    # END OF TODO
    return z1, x1, z2, x2


def loss(x2, y):
    """Return J = 1/2 * sum((x2 - y)^2), one number."""
    # TODO: the loss
    J = ((x2 - y) ** 2).sum() / 2
    # END OF TODO
    return J


def deltas(y, z1, x1, z2, x2, W2):
    """Return delta1 (K,), the derivative of J by z1, and delta2 (C,), the derivative by z2."""
    # TODO: delta2 first, then delta1 from it
    delta2 = (x2 - y) * sigmoid(z2) * (1 - sigmoid(z2))
    delta1 = W2.dot(delta2) * sigmoid(z1) * (1 - sigmoid(z1))
    # END OF TODO
    return delta1, delta2


def gradients(x, x1, delta1, delta2):
    """Return dW1, db1, dW2, db2, each in the shape of its parameter."""
    # TODO: the gradients of J, from the deltas
    dW1 = np.outer(delta1, x)
    dW2 = np.outer(delta2, x1)
    db1, db2 = np.sum(delta1), np.sum(delta2)
    # END OF TODO
    return dW1, db1, dW2, db2
