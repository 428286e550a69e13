import numpy as np
from cs231n.classifiers.linear_svm import svm_loss_vectorized
from cs231n.classifiers.softmax import softmax_loss_vectorized


class LinearClassifier:
    W = None

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200,
              verbose=False):
        if self.W is None:
            self.W = np.random.normal(scale=1e-3, size=(X.shape[1], max(y) + 1))
        losses, order = [], np.array([], dtype=int)
        for _ in range(num_iters):
            # walk through a shuffled training set, batch by batch
            if len(order) < batch_size:
                order = np.random.permutation(len(X))
            batch, order = order[:batch_size], order[batch_size:]
            loss, dW = self.loss(X[batch], y[batch], reg)
            self.W = self.W - learning_rate * dW
            losses.append(loss)
        return losses

    def predict(self, X):
        return np.argsort(X @ self.W, axis=-1)[:, -1]


class LinearSVM(LinearClassifier):
    def loss(self, X, y, reg):
        return svm_loss_vectorized(self.W, X, y, reg)


class Softmax(LinearClassifier):
    def loss(self, X, y, reg):
        return softmax_loss_vectorized(self.W, X, y, reg)
