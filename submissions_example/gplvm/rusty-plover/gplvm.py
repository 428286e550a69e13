import numpy as np

def log_det_term(X, Y, alpha, beta):
    K = ???
    return -Y.shape[1] / 2 * np.linalg.slogdet(K)[1]
