"""Problem 2"""
import numpy as np


def inverse(X, alpha, beta):
    N = len(X)
    return np.linalg.inv(alpha * (X @ X.T) + np.eye(N) / beta)


def log_det_term(X, Y, alpha, beta):
    sign, logdet = np.linalg.slogdet(inverse(X, alpha, beta))
    return Y.shape[1] * logdet / 2


def log_det_gradient(X, Y, alpha, beta):
    return -alpha * Y.shape[1] * (inverse(X, alpha, beta) @ X)


def data_term(X, Y, alpha, beta):
    return -np.trace(Y.T @ inverse(X, alpha, beta) @ Y)


def data_gradient(X, Y, alpha, beta):
    Ki = inverse(X, alpha, beta)
    return 2 * alpha * Ki @ Y @ Y.T @ Ki @ X


def log_likelihood(X, Y, alpha, beta):
    N, D = Y.shape
    two_terms = log_det_term(X, Y, alpha, beta) + data_term(X, Y, alpha, beta)
    return two_terms - N * D * np.log(2 * np.pi) / 2


def gradient(X, Y, alpha, beta):
    return log_det_gradient(X, Y, alpha, beta) + data_gradient(X, Y, alpha, beta)
