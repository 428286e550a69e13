import numpy as np


def slope(z):
    """Of the sigmoid, in a form that is even in z."""
    return 1 / (4 * np.cosh(z / 2) ** 2)


def layer(W, b, x):
    z = np.einsum("ij,i->j", W, x) + b
    return z, (1 + np.tanh(z / 2)) / 2


def forward(x, W1, b1, W2, b2):
    z1, x1 = layer(W1, b1, x)
    return (z1, x1, *layer(W2, b2, x1))


def loss(x2, y):
    error = np.subtract(x2, y)
    return error.dot(error) / 2


def deltas(y, z1, x1, z2, x2, W2):
    delta2 = slope(z2) * np.subtract(x2, y)
    return slope(z1) * np.einsum("kc,c->k", W2, delta2), delta2


def gradients(x, x1, delta1, delta2):
    return x[:, None] * delta1, delta1.copy(), x1[:, None] * delta2, delta2.copy()
