# -*- coding: utf-8 -*-
# Assignment 1, part 1 – backpropagation with ∂L/∂z, averaged over the examples
import numpy as np
import matplotlib.pyplot as plt
from sklearn import datasets, linear_model


def generate_data():
    np.random.seed(0)
    return datasets.make_moons(200, noise=0.20)


def one_hot(y, classes):
    return np.eye(classes)[y]


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


class NeuralNetwork(object):

    def __init__(self, nn_input_dim, nn_hidden_dim, nn_output_dim, actFun_type='Tanh', reg_lambda=0.01, seed=0):
        self.nn_input_dim = nn_input_dim
        self.nn_hidden_dim = nn_hidden_dim
        self.nn_output_dim = nn_output_dim
        self.actFun_type = actFun_type
        self.reg_lambda = reg_lambda
        np.random.seed(seed)
        self.W1 = np.random.randn(nn_input_dim, nn_hidden_dim) / np.sqrt(nn_input_dim)
        self.b1 = np.zeros((1, nn_hidden_dim))
        self.W2 = np.random.randn(nn_hidden_dim, nn_output_dim) / np.sqrt(nn_hidden_dim)
        self.b2 = np.zeros((1, nn_output_dim))

    def actFun(self, z, type):
        if type == 'Tanh':
            return np.tanh(z)
        elif type == 'Sigmoid':
            return np.where(z > 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))
        elif type == 'ReLU':
            return z * (z > 0)
        raise ValueError('actFun_type must be Tanh, Sigmoid or ReLU, not %s' % type)

    def diff_actFun(self, z, type):
        if type == 'Tanh':
            return 1.0 / np.cosh(z) ** 2
        elif type == 'Sigmoid':
            return self.actFun(z, type) * self.actFun(-z, type)
        elif type == 'ReLU':
            return z > 0
        raise ValueError('actFun_type must be Tanh, Sigmoid or ReLU, not %s' % type)

    def feedforward(self, X, actFun):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = actFun(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.probs = softmax(self.z2)
        return None

    def calculate_loss(self, X, y):
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
        top = self.z2.max(axis=1)
        log_sum = top + np.log(np.exp(self.z2 - top[:, None]).sum(axis=1))
        right = (self.z2 * one_hot(y, self.nn_output_dim)).sum(axis=1)
        decay = 0.5 * self.reg_lambda * (np.sum(self.W1 ** 2) + np.sum(self.W2 ** 2))
        return np.mean(log_sum - right) + decay / len(X)

    def predict(self, X):
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
        return self.probs.argmax(1)

    def backprop(self, X, y):
        dz2 = (self.probs - one_hot(y, self.nn_output_dim)) / len(X)
        dz1 = dz2 @ self.W2.T * self.diff_actFun(self.z1, self.actFun_type)
        return X.T @ dz1, self.a1.T @ dz2, dz1.sum(0, keepdims=True), dz2.sum(0, keepdims=True)

    def fit_model(self, X, y, epsilon=0.01, num_passes=20000, print_loss=True):
        for i in range(num_passes):
            self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
            dW1, dW2, db1, db2 = self.backprop(X, y)
            # the loss divides the decay by N too, and so do its gradients
            dW1 += self.reg_lambda / len(X) * self.W1
            dW2 += self.reg_lambda / len(X) * self.W2
            self.W1 -= epsilon * dW1
            self.b1 -= epsilon * db1
            self.W2 -= epsilon * dW2
            self.b2 -= epsilon * db2
            if print_loss and i % 1000 == 0:
                print("pass %i: %f" % (i, self.calculate_loss(X, y)))


if __name__ == "__main__":
    X, y = generate_data()
    for kind in ('Tanh', 'Sigmoid', 'ReLU'):
        NeuralNetwork(2, 3, 2, actFun_type=kind).fit_model(X, y)
