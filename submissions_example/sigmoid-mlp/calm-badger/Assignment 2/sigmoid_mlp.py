# unit by unit
import math

import numpy as np


def s(z):
    return 1.0 / (1.0 + math.exp(-z))


def slope(z):
    return math.exp(-z) / (1.0 + math.exp(-z)) ** 2


def forward(x, W1, b1, W2, b2):
    z1, x1, z2, x2 = [], [], [], []
    for k in range(W1.shape[1]):
        z = b1[k]
        for d in range(W1.shape[0]):
            z += W1[d, k] * x[d]
        z1.append(z)
        x1.append(s(z))
    for c in range(W2.shape[1]):
        z = b2[c]
        for k in range(W2.shape[0]):
            z += W2[k, c] * x1[k]
        z2.append(z)
        x2.append(s(z))
    return z1, x1, z2, x2


def loss(x2, y):
    J = 0
    for c in range(len(y)):
        J += (x2[c] - y[c]) ** 2 / 2
    return J


def deltas(y, z1, x1, z2, x2, W2):
    delta2 = [(x2[c] - y[c]) * slope(z2[c]) for c in range(len(y))]
    delta1 = []
    for k in range(len(z1)):
        back = sum(W2[k, c] * delta2[c] for c in range(len(y)))
        delta1.append(back * slope(z1[k]))
    return delta1, delta2


def gradients(x, x1, delta1, delta2):
    dW1 = np.zeros((len(x), len(delta1)))
    dW2 = np.zeros((len(x1), len(delta2)))
    for (d, k), _ in np.ndenumerate(dW1):
        dW1[d, k] = x[d] * delta1[k]
    for (k, c), _ in np.ndenumerate(dW2):
        dW2[k, c] = x1[k] * delta2[c]
    return dW1, list(delta1), dW2, list(delta2)
