"""Three-layer network; names in the style of the rest of my code."""
import numpy as np
from sklearn import datasets
import matplotlib.pyplot as plt

ACTIVATIONS = {
    "TANH": np.tanh,
    "SIGMOID": lambda z: 1 / (1 + np.exp(-z)),
    "RELU": lambda z: np.where(z > 0, z, 0),
}
SLOPES = {
    "TANH": lambda z: 1 / np.cosh(z) ** 2,
    "SIGMOID": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "RELU": lambda z: np.where(z > 0, 1.0, 0.0),
}


class NeuralNetwork:
    def __init__(self, nn_input_dim, nn_hidden_dim, nn_output_dim,
                 actFun_type="TANH", reg_lambda=0.01, seed=0):
        self.actFun_type = actFun_type
        self.reg_lambda = reg_lambda
        rng = np.random.RandomState(seed)
        self.W1 = rng.randn(nn_input_dim, nn_hidden_dim) / np.sqrt(nn_input_dim)
        self.b1 = np.zeros((1, nn_hidden_dim))
        self.W2 = rng.randn(nn_hidden_dim, nn_output_dim) / np.sqrt(nn_hidden_dim)
        self.b2 = np.zeros((1, nn_output_dim))

    def act_fun(self, z, type):
        return ACTIVATIONS[type](z)

    def diff_act_fun(self, z, type):
        return SLOPES[type](z)

    def feedforward(self, X):
        """The activation is the network's own, so it is no argument here."""
        self.z1 = X @ self.W1 + self.b1
        self.a1 = self.act_fun(self.z1, self.actFun_type)
        self.z2 = self.a1 @ self.W2 + self.b2
        e = np.exp(self.z2 - self.z2.max(axis=1, keepdims=True))
        self.probs = e / e.sum(axis=1, keepdims=True)
        return self.probs

    def calculate_loss(self, X, y):
        """Return the loss, and the accuracy beside it."""
        probs = self.feedforward(X)
        n = len(X)
        entropy = -np.log(probs[np.arange(n), y]).sum()
        decay = self.reg_lambda / 2 * ((self.W1 ** 2).sum() + (self.W2 ** 2).sum())
        return (entropy + decay) / n, np.mean(probs.argmax(axis=1) == y)

    def predict(self, X):
        return self.feedforward(X).argmax(axis=1)

    def backpropagation(self, X, y):
        delta = self.probs.copy()
        delta[np.arange(len(X)), y] -= 1
        hidden = delta @ self.W2.T * self.diff_act_fun(self.z1, self.actFun_type)
        return X.T @ hidden, self.a1.T @ delta, hidden.sum(axis=0), delta.sum(axis=0)

    def fit_model(self, X, y, epsilon=0.01, num_passes=20000, print_loss=True):
        for step in range(num_passes):
            self.feedforward(X)
            dW1, dW2, db1, db2 = self.backpropagation(X, y)
            self.W1 -= epsilon * (dW1 + self.reg_lambda * self.W1)
            self.W2 -= epsilon * (dW2 + self.reg_lambda * self.W2)
            self.b1 -= epsilon * db1
            self.b2 -= epsilon * db2
            if print_loss and step % 1000 == 0:
                loss, accuracy = self.calculate_loss(X, y)
                print(step, loss, accuracy)


if __name__ == "__main__":
    X, y = datasets.make_moons(200, noise=0.20, random_state=0)
    net = NeuralNetwork(2, 3, 2)
    net.fit_model(X, y)
    plt.scatter(X[:, 0], X[:, 1], c=net.predict(X))
    plt.show()
