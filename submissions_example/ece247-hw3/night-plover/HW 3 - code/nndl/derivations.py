"""Questions 1 to 3."""
import numpy as np

def autoencoder_gradient(W, x):
    m, n = W.shape
    h = [sum(W[i, j] * x[j] for j in range(n)) for i in range(m)]
    e = [sum(W[i, j] * h[i] for i in range(m)) - x[j] for j in range(n)]
    We = [sum(W[i, j] * e[j] for j in range(n)) for i in range(m)]
    return np.array([[We[i] * x[j] + h[i] * e[j] for j in range(n)] for i in range(m)])


def gplvm_gradient_1(X, Y, alpha, beta):
    K = alpha * np.dot(X, X.T) + np.identity(X.shape[0]) * beta ** -1
    return -Y.shape[1] * alpha * np.dot(np.linalg.inv(K), X)


def gplvm_gradient_2(X, Y, alpha, beta):
    K = alpha * np.dot(X, X.T) + np.identity(X.shape[0]) * beta ** -1
    Kinv = np.linalg.inv(K)
    return alpha * Kinv.dot(Y).dot(Y.T).dot(Kinv).dot(X)


def gplvm_gradient(X, Y, alpha, beta):
    K = alpha * np.dot(X, X.T) + np.identity(X.shape[0]) * beta ** -1
    Kinv = np.linalg.inv(K)
    return alpha * (Kinv.dot(Y).dot(Y.T) - Y.shape[1] * np.identity(len(X))).dot(Kinv).dot(X)


def swish_gradients(x, g, W1, b1, W2, b2):
    H, D = W1.shape
    dW1, db1 = np.zeros((H, D)), np.zeros(H)
    dW2 = np.zeros(W2.shape)
    for h in range(H):
        z = sum(W1[h, d] * x[d] for d in range(D)) + b1[h]
        sigmoid = 1.0 / (1.0 + np.exp(-z))
        for c in range(len(g)):
            dW2[c, h] = g[c] * z * sigmoid
            db1[h] += W2[c, h] * g[c]
        db1[h] *= sigmoid * (1.0 + z * (1.0 - sigmoid))
        for d in range(D):
            dW1[h, d] = db1[h] * x[d]
    return dW1, db1, dW2, g.copy()
