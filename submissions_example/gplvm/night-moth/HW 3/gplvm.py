from numpy import dot, eye, log, pi, trace, zeros
from numpy.linalg import cholesky, inv


def kernel(X, alpha, beta):
    N = X.shape[0]
    K = zeros((N, N))
    for i in range(N):
        for j in range(N):
            K[i, j] = alpha * dot(X[i], X[j])
        K[i, i] += 1 / beta
    return K


def log_det_term(X, Y, alpha, beta):
    L = cholesky(kernel(X, alpha, beta))
    half = sum(log(L[i, i]) for i in range(len(L)))
    return -Y.shape[1] * half


def log_det_gradient(X, Y, alpha, beta):
    # dL1/dK = -D/2 K^-1, and K goes through both X's
    G = -Y.shape[1] / 2 * inv(kernel(X, alpha, beta))
    return alpha * dot(G + G.T, X)


def data_term(X, Y, alpha, beta):
    return -trace(dot(inv(kernel(X, alpha, beta)), dot(Y, Y.T))) / 2


def data_gradient(X, Y, alpha, beta):
    Ki = inv(kernel(X, alpha, beta))
    G = dot(dot(Ki, dot(Y, Y.T)), Ki) / 2
    return alpha * dot(G + G.T, X)


def log_likelihood(X, Y, alpha, beta):
    L = log_det_term(X, Y, alpha, beta)
    L += data_term(X, Y, alpha, beta)
    L -= Y.size * log(2 * pi) / 2
    return L


def gradient(X, Y, alpha, beta):
    Ki = inv(kernel(X, alpha, beta))
    G = (dot(dot(Ki, dot(Y, Y.T)), Ki) - Y.shape[1] * Ki) / 2
    return 2 * alpha * dot(G, X)
