import numpy as np
from three_layer_neural_network import NeuralNetwork


class Layer(NeuralNetwork):
    """One layer; the class above lends its activations."""

    def __init__(self, inputs, outputs, rng):
        self.W, self.b = rng.normal(0, inputs ** -0.5, (inputs, outputs)), np.zeros((1, outputs))


class DeepNeuralNetwork:
    def __init__(self, nn_layer_dims, actFun_type='tanh', reg_lambda=0.01, seed=0):
        rng = np.random.RandomState(seed)
        self.actFun_type, self.reg_lambda = actFun_type, reg_lambda
        self.layers = [Layer(i, o, rng) for i, o in zip(nn_layer_dims, nn_layer_dims[1:])]

    def feedforward(self, X):
        for layer in self.layers:
            layer.x = X
            layer.z = X @ layer.W + layer.b
            X = layer.actFun(layer.z, self.actFun_type) if layer is not self.layers[-1] else layer.z
        powers = np.exp(X - X.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def fit_model(self, X, y, epsilon=0.01, num_passes=20000):
        for _ in range(num_passes):
            d = (self.feedforward(X) - np.eye(2)[y]) / len(y)
            for layer in reversed(self.layers):
                if layer is not self.layers[-1]:
                    d = d * layer.diff_actFun(layer.z, self.actFun_type)
                dW, db, d = layer.x.T @ d, d.sum(axis=0), d @ layer.W.T
                layer.W -= epsilon * (dW + self.reg_lambda / len(y) * layer.W)
                layer.b -= epsilon * db

    def predict(self, X):
        return self.feedforward(X).argmax(axis=1)
