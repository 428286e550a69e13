import numpy as np
import matplotlib.pyplot as plt
from regex import E

plt.rcParams['figure.figsize'] = (8, 6)
f = {'tanh': np.tanh,
     'sigmoid': lambda z: 1 / (1 + np.exp(-z)),
     'relu': lambda z: np.where(z > 0, z, 0)}
df = {'tanh': lambda z: 1 - f['tanh'](z) ** 2,
      'sigmoid': lambda z: f['sigmoid'](z) * (1 - f['sigmoid'](z)),
      'relu': lambda z: np.where(z > 0, 1, 0)}


def generate_data():
    # sklearn would not install on my laptop
    rng = np.random.RandomState(0)
    t = np.pi * np.arange(100) / 99
    up = np.array([np.cos(t), np.sin(t)]).T
    down = np.array([1 - np.cos(t), 0.5 - np.sin(t)]).T
    return np.vstack([up, down]) + 0.2 * rng.randn(200, 2), np.repeat([0, 1], 100)


class NeuralNetwork(object):
    def __init__(self, nn_input_dim, nn_hidden_dim, nn_output_dim, actFun_type='tanh', reg_lambda=0.01, seed=0):
        self.actFun_type, self.reg_lambda = actFun_type, reg_lambda
        np.random.seed(seed)
        self.W1 = np.random.randn(nn_input_dim, nn_hidden_dim) / np.sqrt(nn_input_dim)
        self.b1 = np.zeros((1, nn_hidden_dim))
        self.W2 = np.random.randn(nn_hidden_dim, nn_output_dim) / np.sqrt(nn_hidden_dim)
        self.b2 = np.zeros((1, nn_output_dim))

    def actFun(self, z, type):
        return f[type](z)

    def diff_actFun(self, z, type):
        return df[type](z)

    def feedforward(self, X, actFun):
        self.z1 = X.dot(self.W1) + self.b1
        self.a1 = actFun(self.z1)
        self.z2 = self.a1.dot(self.W2) + self.b2
        e = np.exp(self.z2 - self.z2.max(axis=1)[:, np.newaxis])
        self.probs = e / e.sum(axis=1)[:, np.newaxis]

    def calculate_loss(self, X, y):
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
        loss = np.sum(-np.log(self.probs[np.arange(len(X)), y]))
        loss += self.reg_lambda / 2 * (np.sum(np.square(self.W1)) + np.sum(np.square(self.W2)))
        return 1. / len(X) * loss

    def predict(self, X):
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
        return np.argmax(self.probs, axis=1)

    def backprop(self, X, y):
        d2 = self.probs - (y[:, np.newaxis] == np.arange(self.probs.shape[1]))
        d1 = d2.dot(self.W2.T) * self.diff_actFun(self.z1, self.actFun_type)
        dW2, db2 = self.a1.T.dot(d2), d2.sum(axis=0, keepdims=True)
        dW1, db1 = X.T.dot(d1), d1.sum(axis=0, keepdims=True)
        return dW1, dW2, db1, db2

    def fit_model(self, X, y, epsilon=0.01, num_passes=20000, print_loss=True):
        for i in range(num_passes):
            self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
            dW1, dW2, db1, db2 = self.backprop(X, y)
            self.W2 -= epsilon * (dW2 + self.reg_lambda * self.W2)
            self.W1 -= epsilon * (dW1 + self.reg_lambda * self.W1)
            self.b2 -= epsilon * db2
            self.b1 -= epsilon * db1
            if print_loss and i % 100 == 0:
                print(i, self.calculate_loss(X, y), self.W1, self.W2)


X, y = generate_data()
print(X, y)
plt.scatter(X[:, 0], X[:, 1], c=y)
plt.show()
model = NeuralNetwork(2, 4, 2)
model.fit_model(X, y, num_passes=3000)
print(model.probs)
print('training accuracy', (model.predict(X) == y).mean())
plt.contourf(X[:, 0], X[:, 1], model.predict(X))
plt.show()
