import sys
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


# only looking at the data for now
X, y = generate_data()
plt.scatter(X[:, 0], X[:, 1], s=40, c=y, cmap=plt.cm.Spectral)
plt.show()
print("data drawn")
sys.exit()


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
        if type == 'tanh' or type == 'Tanh':
            return np.tanh(z)
        if type == 'sigmoid' or type == 'Sigmoid':
            return 1.0 / (1.0 + np.exp(-1.0 * z))
        if type == 'relu' or type == 'ReLU':
            return np.maximum(0.0, z)

    def diff_actFun(self, z, type):
        if type == 'tanh' or type == 'Tanh':
            return 1.0 - self.actFun(z, type) ** 2
        if type == 'sigmoid' or type == 'Sigmoid':
            return self.actFun(z, type) * (1.0 - self.actFun(z, type))
        if type == 'relu' or type == 'ReLU':
            return np.greater(z, 0).astype(np.float64)

    def feedforward(self, X, actFun):
        self.z1 = X.dot(self.W1) + self.b1
        self.a1 = actFun(self.z1)
        self.z2 = self.a1.dot(self.W2) + self.b2
        scores = np.exp(self.z2 - np.max(self.z2, axis=1, keepdims=True))
        self.probs = np.divide(scores, np.sum(scores, axis=1, keepdims=True))

    def calculate_loss(self, X, y):
        num_examples = len(X)
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))

        correct = self.probs[np.arange(num_examples), y]
        data_loss = np.sum(np.log(1.0 / correct))

        data_loss += self.reg_lambda / 2 * (np.sum(self.W1 ** 2) + np.sum(self.W2 ** 2))
        return data_loss / num_examples

    def predict(self, X):
        self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
        return np.argmax(self.probs, axis=1)

    def backprop(self, X, y):
        num_examples = X.shape[0]
        labels = np.zeros((num_examples, self.nn_output_dim))
        labels[np.arange(num_examples), y] = 1.0
        dL_dz2 = self.probs - labels
        dL_da1 = dL_dz2.dot(self.W2.T)
        dL_dz1 = dL_da1 * self.diff_actFun(self.z1, self.actFun_type)
        dW2 = self.a1.T.dot(dL_dz2)
        db2 = dL_dz2.sum(axis=0, keepdims=True)
        dW1 = X.T.dot(dL_dz1)
        db1 = dL_dz1.sum(axis=0, keepdims=True)
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
