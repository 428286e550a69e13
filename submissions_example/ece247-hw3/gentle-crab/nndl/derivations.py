import numpy as np


def autoencoder_gradient(W, x):
    error = W.T @ (W @ x) - x
    return np.outer(W @ error, x) + np.outer(W @ x, error)


def gplvm_gradient_1(X, Y, alpha, beta):
    K = alpha * X @ X.T + np.eye(len(X)) / beta
    return -0.5 * alpha * Y.shape[1] * np.linalg.solve(K, X)


def gplvm_gradient_2(X, Y, alpha, beta):
    K = alpha * X @ X.T + np.eye(len(X)) / beta
    S = np.linalg.solve(K, Y)
    return -alpha * S @ (S.T @ X)


def gplvm_gradient(X, Y, alpha, beta):
    return gplvm_gradient_1(X, Y, alpha, beta) + gplvm_gradient_2(X, Y, alpha, beta)


def swish_gradients(x, g, W1, b1, W2, b2):
    z1 = W1 @ x + b1
    s = 1 / (1 + np.exp(-z1))
    slope = s + z1 * s * (1 - s)
    db1 = slope * (W2.T @ g)
    return np.outer(db1, x), db1, np.outer(g, z1 * s), 2 * g
