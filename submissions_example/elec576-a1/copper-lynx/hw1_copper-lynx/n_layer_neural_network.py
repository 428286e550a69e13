import numpy as np
from three_layer_neural_network import NeuralNetwork, generate_data


class DeepNeuralNetwork(NeuralNetwork):
    """Not finished: so far it only draws the layers."""

    def __init__(self, sizes, actFun_type='tanh', reg_lambda=0.01, seed=0):
        NeuralNetwork.__init__(self, sizes[0], sizes[1], sizes[-1], actFun_type, reg_lambda, seed)
        self.W = [np.random.randn(i, o) / np.sqrt(i) for i, o in zip(sizes, sizes[1:])]
        self.b = [np.zeros((1, o)) for o in sizes[1:]]


X, y = generate_data()
deep = DeepNeuralNetwork([2, 5, 5, 2])
print([W.shape for W in deep.W])
