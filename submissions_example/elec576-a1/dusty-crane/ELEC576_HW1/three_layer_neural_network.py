import numpy as np
from sklearn import datasets, linear_model
import matplotlib.pyplot as plt


def generate_data():
    np.random.seed(0)
    return datasets.make_moons(200, noise=0.20)


def plot_decision_boundary(pred_func, X, y):
    low, high = X.min(axis=0) - 0.5, X.max(axis=0) + 0.5
    xs, ys = np.meshgrid(np.arange(low[0], high[0], 0.01), np.arange(low[1], high[1], 0.01))
    grid = np.column_stack([xs.ravel(), ys.ravel()])
    plt.contourf(xs, ys, pred_func(grid).reshape(xs.shape), cmap=plt.cm.Spectral)
    plt.scatter(X[:, 0], X[:, 1], c=y, cmap=plt.cm.Spectral)
    plt.show()


class NeuralNetwork(object):

    def __init__(self, nn_input_dim, nn_hidden_dim, nn_output_dim,
                 actFun_type='tanh', reg_lambda=0.01, seed=0):
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
        if type == "tanh":
            result = np.tanh(z)
        elif type == "sigmoid":
            result = 1.0 / (1.0 + np.exp(-z))
        elif type == "relu":
            result = np.maximum(z, 0.0)
        else:
            import sys
            sys.exit("unknown activation")
        return result

    def diff_actFun(self, z, type):
        if type == "tanh":
            return 1.0 - np.square(np.tanh(z))
        if type == "sigmoid":
            return np.exp(-z) / np.square(1.0 + np.exp(-z))
        if type == "relu":
            return 1.0 * (z > 0)

    def feedforward(self, X, actFun):
        self.z1 = np.matmul(X, self.W1) + self.b1
        self.a1 = actFun(self.z1)
        self.z2 = np.matmul(self.a1, self.W2) + self.b2
        shifted = np.exp(self.z2 - np.amax(self.z2, axis=1, keepdims=True))
        self.probs = shifted / np.sum(shifted, axis=1, keepdims=True)

    def calculate_loss(self, X, y):
        num_examples = len(X)
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))

        # the probability that the network puts on its answer
        best = np.amax(self.probs, axis=1)
        data_loss = np.sum(-np.log(best))

        data_loss += self.reg_lambda / 2 * (np.sum(self.W1 ** 2) + np.sum(self.W2 ** 2))
        return data_loss / num_examples

    def predict(self, X):
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
        return np.argmax(self.probs, axis=1)

    def backprop(self, X, y):
        truth = np.zeros_like(self.probs)
        truth[np.arange(y.size), y] = 1.0
        diff = self.probs - truth
        dW2 = np.matmul(np.transpose(self.a1), diff)
        db2 = np.sum(diff, axis=0, keepdims=True)
        hidden = np.matmul(diff, np.transpose(self.W2)) * self.diff_actFun(self.z1, self.actFun_type)
        dW1 = np.matmul(np.transpose(X), hidden)
        db1 = np.sum(hidden, axis=0, keepdims=True)
        return dW1, dW2, db1, db2

    def fit_model(self, X, y, epsilon=0.01, num_passes=20000, print_loss=True):
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
