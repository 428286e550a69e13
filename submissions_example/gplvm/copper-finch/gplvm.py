import numpy as np


def _K(X, alpha, beta):
    return alpha * X @ X.T + np.eye(len(X)) / beta


def log_det_term(X, Y, alpha, beta):
    return -Y.shape[1] / 2 * np.linalg.slogdet(_K(X, alpha, beta))[1]


def log_det_gradient(X, Y, alpha, beta):
    return -alpha * Y.shape[1] * np.linalg.solve(_K(X, alpha, beta), X)


def data_term(X, Y, alpha, beta):
    return -0.5 * np.sum(Y * np.linalg.solve(_K(X, alpha, beta), Y))


def data_gradient(X, Y, alpha, beta):
    K = _K(X, alpha, beta)
    B = np.linalg.solve(K, Y)
    return alpha * B @ (B.T @ X)


def log_likelihood(X, Y, alpha, beta):
    N, D = Y.shape
    constant = N * D / 2 * np.log(2 * np.pi)
    return log_det_term(X, Y, alpha, beta) + data_term(X, Y, alpha, beta) - constant


def gradient(X, Y, alpha, beta):
    return log_det_gradient(X, Y, alpha, beta) + data_gradient(X, Y, alpha, beta)
