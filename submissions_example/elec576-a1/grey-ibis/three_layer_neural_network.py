"""ELEC/COMP 576, assignment 1, part 1: a three-layer network that separates two moons.

Fill in every region between "TODO" and "END OF TODO"; leave the signatures as they are.
"""
import numpy as np
from sklearn import datasets, linear_model
import matplotlib.pyplot as plt


def generate_data():
    """Return 200 noisy points on two moons, X (200, 2), and their classes, y (200,)."""
    np.random.seed(0)
    return datasets.make_moons(200, noise=0.20)


def plot_decision_boundary(pred_func, X, y):
    """Colour the plane by the class that pred_func gives to each point of a fine grid."""
    low, high = X.min(axis=0) - 0.5, X.max(axis=0) + 0.5
    xs, ys = np.meshgrid(np.arange(low[0], high[0], 0.01), np.arange(low[1], high[1], 0.01))
    grid = np.column_stack([xs.ravel(), ys.ravel()])
    plt.contourf(xs, ys, pred_func(grid).reshape(xs.shape), cmap=plt.cm.Spectral)
    plt.scatter(X[:, 0], X[:, 1], c=y, cmap=plt.cm.Spectral)
    plt.show()


class NeuralNetwork(object):
    """Input layer, one hidden layer with a choice of activation, softmax output layer."""

    def __init__(self, nn_input_dim, nn_hidden_dim, nn_output_dim,
                 actFun_type='tanh', reg_lambda=0.01, seed=0):
        """
        nn_input_dim, nn_hidden_dim, nn_output_dim: units in the three layers (D, H, C)
        actFun_type: 'tanh', 'sigmoid' or 'relu'
        reg_lambda: strength of the weight decay
        seed: seed of the initial weights
        """
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
        """Return the activation of the given type at the pre-activations z, entry by entry."""
        if type == 'tanh':
            return np.tanh(z)
        elif type == 'sigmoid':
            return 1 / (1 + np.exp(-z))
        elif type == 'relu':
            return np.maximum(0, z)

    def diff_actFun(self, z, type):
        """Return the derivative of the activation of the given type at z, entry by entry."""
        if type == 'tanh':
            return 1 - z ** 2
        elif type == 'sigmoid':
            s = self.actFun(z, 'sigmoid')
            return s * (1 - s)
        elif type == 'relu':
            return (z > 0).astype(float)

    def feedforward(self, X, actFun):
        """Set self.z1, self.a1, self.z2 and self.probs for the points X (N, D).

        actFun: a function of z1 alone; call it for a1
        """
        self.z1 = X.dot(self.W1) + self.b1
        self.a1 = actFun(self.z1)
        self.z2 = self.a1.dot(self.W2) + self.b2
        exp_scores = np.exp(self.z2)
        self.probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)

    def calculate_loss(self, X, y):
        """Return the mean cross-entropy of the points X (N, D) with classes y (N,), with decay."""
        num_examples = len(X)
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))

        data_loss = -np.log(self.probs[range(num_examples), y]).sum()

        data_loss += self.reg_lambda / 2 * (np.sum(self.W1 ** 2) + np.sum(self.W2 ** 2))
        return data_loss / num_examples

    def predict(self, X):
        """Return the most probable class of each point, (N,)."""
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
        return np.argmax(self.probs, axis=1)

    def backprop(self, X, y):
        """Return the gradients dW1, dW2, db1, db2 of the cross-entropy, without the decay.

        Call feedforward on the same X first. fit_model adds the decay.
        """
        delta3 = self.probs.copy()
        delta3[np.arange(y.size), y] -= 1.0
        dW2 = self.a1.T.dot(delta3)
        db2 = np.sum(delta3, axis=0, keepdims=True)
        delta2 = delta3.dot(self.W2.T) * self.diff_actFun(self.z1, self.actFun_type)
        dW1 = X.T.dot(delta2)
        db1 = np.sum(delta2, axis=0, keepdims=True)
        return dW1, dW2, db1, db2

    def fit_model(self, X, y, epsilon=0.01, num_passes=20000, print_loss=True):
        """Fit the parameters to (X, y) by num_passes steps of gradient descent of length epsilon."""
        for step in range(num_passes):
            self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
            dW1, dW2, db1, db2 = self.backprop(X, y)

            dW1 += self.reg_lambda * self.W1
            dW2 += self.reg_lambda * self.W2

            self.W1 -= epsilon * dW1
            self.b1 -= epsilon * db1
            self.W2 -= epsilon * dW2
            self.b2 -= epsilon * db2

            if print_loss and step % 1000 == 0:
                print("step %6d: loss %f" % (step, self.calculate_loss(X, y)))


def main():
    X, y = generate_data()
    model = NeuralNetwork(nn_input_dim=2, nn_hidden_dim=3, nn_output_dim=2, actFun_type='tanh')
    model.fit_model(X, y)
    plot_decision_boundary(lambda points: model.predict(points), X, y)


if __name__ == "__main__":
    main()
