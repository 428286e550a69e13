import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, W1, b1, W2, b2):
    z1 = np.einsum('dk,d->k', W1, x) + b1
    x1 = sigmoid(z1)
    z2 = np.einsum('kc,k->c', W2, x1) + b2
    x2 = sigmoid(z2)
    return z1, x1, z2, x2


def loss(x2, y):
    # the squared distance
    return np.sum((y - x2) ** 2)


def deltas(y, z1, x1, z2, x2, W2):
    delta2 = -2 * (y - x2) * x2 * (1 - x2)
    delta1 = np.einsum('kc,c->k', W2, delta2) * x1 * (1 - x1)
    return delta1, delta2


def gradients(x, x1, delta1, delta2):
    dW1 = np.einsum('d,k->dk', x, delta1)
    dW2 = np.einsum('k,c->kc', x1, delta2)
    return dW1, delta1, dW2, delta2
