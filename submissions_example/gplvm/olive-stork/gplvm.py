import numpy as np


def log_det_term(X, Y, alpha, beta):
    K = alpha * X @ X.T + 1 / beta * np.eye(X.shape[0])
    return -(Y.shape[1] / 2) * np.log(np.linalg.det(K))


def log_det_gradient(X, Y, alpha, beta):
    K = alpha * X @ X.T + 1 / beta * np.eye(X.shape[0])
    return -Y.shape[1] * np.linalg.inv(K) @ X


def data_term(X, Y, alpha, beta):
    K = alpha * X @ X.T + 1 / beta * np.eye(X.shape[0])
    return -0.5 * np.trace(np.linalg.inv(K) @ Y @ Y.T)


def data_gradient(X, Y, alpha, beta):
    K = alpha * X @ X.T + 1 / beta * np.eye(X.shape[0])
    Ki = np.linalg.inv(K)
    return alpha * Ki @ Y @ Y.T @ Ki @ X


def log_likelihood(X, Y, alpha, beta):
    N, D = Y.shape
    return (-N * D / 2 * np.log(2 * np.pi)
            + log_det_term(X, Y, alpha, beta) + data_term(X, Y, alpha, beta))


def gradient(X, Y, alpha, beta):
    return log_det_gradient(X, Y, alpha, beta) + data_gradient(X, Y, alpha, beta)
