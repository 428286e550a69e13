import numpy as np

def K(X, alpha, beta):
    return alpha*X.dot(X.T) + np.identity(len(X))/beta

def log_det_term(X, Y, alpha, beta):
    return -0.5*Y.shape[1]*np.linalg.slogdet(K(X, alpha, beta))[1]

def log_det_gradient(X, Y, alpha, beta):
    return -alpha*Y.shape[1]*np.linalg.inv(K(X, alpha, beta)).dot(X)

def data_term(X, Y, alpha, beta):
    return -0.5*np.trace(np.linalg.inv(K(X, alpha, beta)).dot(Y).dot(Y.T))

def data_gradient(X, Y, alpha, beta):
    Kinv = np.linalg.inv(K(X, alpha, beta))
    S = Y.dot(Y.T)
    return -alpha*Kinv.dot(S).dot(Kinv).dot(X)

def log_likelihood(X, Y, alpha, beta):
    c = Y.shape[0]*Y.shape[1]/2.0*np.log(2*np.pi)
    return -c + log_det_term(X, Y, alpha, beta) + data_term(X, Y, alpha, beta)

def gradient(X, Y, alpha, beta):
    return log_det_gradient(X, Y, alpha, beta) + data_gradient(X, Y, alpha, beta)
