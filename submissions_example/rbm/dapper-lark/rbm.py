import numpy as np
from itertools import product

def sigmoid(x):
    return 1/(1+np.exp(-x))

def F(v, W, b, c):
    return -np.dot(b, v) - np.sum(np.log(1+np.exp(c + np.dot(W.T, v))))

def p_of_v(W, b, c):
    vs = [np.array(v) for v in product([0., 1.], repeat=len(b))]
    w = np.array([np.exp(-F(v, W, b, c)) for v in vs])
    return vs, w/w.sum(), np.log(w.sum())

def log_likelihood(V, W, b, c):
    _, _, logZ = p_of_v(W, b, c)
    return np.mean([-F(v, W, b, c) - logZ for v in V])

def gradients(V, W, b, c):
    vs, p, _ = p_of_v(W, b, c)
    n = float(len(V))
    dW = sum(np.outer(v, sigmoid(c + np.dot(W.T, v))) for v in V)/n
    db = sum(V)/n
    dc = sum(sigmoid(c + np.dot(W.T, v)) for v in V)/n
    for v, pv in zip(vs, p):
        h = sigmoid(c + np.dot(W.T, v))
        dW = dW - pv*np.outer(v, h)
        db = db - pv*v
        dc = dc - pv*h
    return dW, db, dc
