import numpy as np


class Kernel:
    """K by its eigenvalues: everything else follows from them."""

    def __init__(self, X, alpha, beta):
        self.X, self.alpha = X, alpha
        self.values, self.vectors = np.linalg.eigh(alpha * np.dot(X, X.T) + np.diag(np.full(len(X), 1 / beta)))

    def solve(self, B):
        return np.dot(self.vectors, np.dot(self.vectors.T, B) / self.values[:, None])

    def pull_back(self, G):
        """From a symmetric gradient in K to one in X."""
        return 2 * self.alpha * np.dot(G, self.X)


def log_det_term(X, Y, alpha, beta):
    return -0.5 * Y.shape[1] * np.log(Kernel(X, alpha, beta).values).sum()


def log_det_gradient(X, Y, alpha, beta):
    K = Kernel(X, alpha, beta)
    return K.pull_back(-0.5 * Y.shape[1] * K.solve(np.eye(len(X))))


def data_term(X, Y, alpha, beta):
    return -0.5 * np.sum(Y * Kernel(X, alpha, beta).solve(Y))


def data_gradient(X, Y, alpha, beta):
    K = Kernel(X, alpha, beta)
    A = K.solve(Y)
    return K.pull_back(0.5 * np.dot(A, A.T))


def log_likelihood(X, Y, alpha, beta):
    constant = -0.5 * Y.size * np.log(2 * np.pi)
    return constant + log_det_term(X, Y, alpha, beta) + data_term(X, Y, alpha, beta)


def gradient(X, Y, alpha, beta):
    return log_det_gradient(X, Y, alpha, beta) + data_gradient(X, Y, alpha, beta)
