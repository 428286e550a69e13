import numpy as np

def sigmoid(z):
    return 1/(1+np.exp(-z))

def forward(x, W1, b1, W2, b2):
    z1 = np.dot(W1.T, x) + b1
    x1 = sigmoid(z1)
    z2 = np.dot(W2.T, x1)
    x2 = sigmoid(z2)
    return z1, x1, z2, x2

def loss(x2, y):
    return np.sum(np.square(x2 - y))/2

def deltas(y, z1, x1, z2, x2, W2):
    d2 = (x2 - y)*sigmoid(z2)*(1 - sigmoid(z2))
    d1 = np.dot(W2, d2)*sigmoid(z1)*(1 - sigmoid(z1))
    return d1, d2

def gradients(x, x1, delta1, delta2):
    dW1 = np.dot(x.reshape(-1, 1), delta1.reshape(1, -1))
    dW2 = np.dot(x1.reshape(-1, 1), delta2.reshape(1, -1))
    return dW1, delta1, dW2, delta2
