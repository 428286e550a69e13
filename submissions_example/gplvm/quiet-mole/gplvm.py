"""The log-likelihood of a Gaussian-process latent variable model with a linear kernel.

Everywhere: X (N, Q), latent positions, one a row; Y (N, D), observations; alpha and beta, positive
numbers; K = alpha * X X.T + I / beta, an (N, N) matrix.

Fill in every region between "TODO" and "END OF TODO"; leave the signatures as they are.
"""
import numpy as np


def log_det_term(X, Y, alpha, beta):
    """Return L1 = -(D / 2) * log det K, one number."""
    # TODO: L1
    K = alpha * X @ X.T + np.eye(X.shape[0]) / beta
    L1 = -Y.shape[1] * np.sum(np.log(np.linalg.eigvalsh(K)))
    # END OF TODO
    return L1


def log_det_gradient(X, Y, alpha, beta):
    """Return the derivative of L1 with respect to X, an array (N, Q)."""
    # TODO: the gradient of L1
    K = alpha * X @ X.T + np.eye(X.shape[0]) / beta
    dX = -alpha * Y.shape[1] * np.linalg.solve(K, X)
    # END OF TODO
    return dX


def data_term(X, Y, alpha, beta):
    """Return L2 = -1/2 * trace(K^-1 Y Y.T), one number."""
    # TODO: L2
    L2 = None
    # END OF TODO
    return L2


def data_gradient(X, Y, alpha, beta):
    """Return the derivative of L2 with respect to X, an array (N, Q)."""
    # TODO: the gradient of L2
    dX = None
    # END OF TODO
    return dX


def log_likelihood(X, Y, alpha, beta):
    """Return L = L1 + L2 - (N D / 2) * log(2 pi), one number."""
    # TODO: L
    L = None
    # END OF TODO
    return L


def gradient(X, Y, alpha, beta):
    """Return the derivative of L with respect to X, an array (N, Q)."""
    # TODO: the gradient of L
    dX = None
    # END OF TODO
    return dX
