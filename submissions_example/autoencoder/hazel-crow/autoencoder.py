import numpy as np

def loss(W, x):
    return .5*np.sum((np.dot(W.T, np.dot(W, x)) - x)**2)

def gradient(W, x):
    e = np.dot(W.T, np.dot(W, x)) - x
    ex = np.outer(e, x)
    return np.dot(W, ex + ex.T)

def batch_loss(W, X, f):
    return .5*np.sum((f(np.dot(W.T, f(np.dot(W, X)))) - X)**2)

def batch_gradient(W, X, f, slope):
    h = f(np.dot(W, X))
    y = f(np.dot(W.T, h))
    delta_y = (y - X)*slope(y)
    delta_h = np.dot(W, delta_y)*slope(h)
    return np.dot(h, delta_y.T) + np.dot(delta_h, X.T)
