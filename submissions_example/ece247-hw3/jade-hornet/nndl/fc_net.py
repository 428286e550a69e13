import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params['W1'] = np.random.normal(0, weight_scale, size=[input_dim, hidden_dims])
        self.params['b1'] = np.zeros([hidden_dims])
        self.params['W2'] = np.random.normal(0, weight_scale, size=[hidden_dims, num_classes])
        self.params['b2'] = np.zeros([num_classes])

    def loss(self, X, y=None):
        scores = None
        hidden_input, cache_one = affine_forward(X, self.params['W1'], self.params['b1'])
        hidden_output, cache_relu = relu_forward(hidden_input)
        scores, cache_two = affine_forward(hidden_output, self.params['W2'], self.params['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, d_scores = softmax_loss(scores, y)
        d_hidden, grads['W2'], grads['b2'] = affine_backward(d_scores, cache_two)
        d_hidden = relu_backward(d_hidden, cache_relu)
        _, grads['W1'], grads['b1'] = affine_backward(d_hidden, cache_one)
        for name in 'W1', 'W2':
            loss = loss + self.reg * np.sum(self.params[name] ** 2) / 2
            grads[name] = grads[name] + self.reg * self.params[name]
        return loss, grads


class FullyConnectedNet(object):

    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10,
                 dropout=0, use_batchnorm=False, reg=0.0,
                 weight_scale=1e-2, dtype=np.float32, seed=None):
        self.use_batchnorm = use_batchnorm
        self.use_dropout = dropout > 0
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}
        widths = [input_dim] + hidden_dims + [num_classes]
        for layer, (fan_in, fan_out) in enumerate(zip(widths[:-1], widths[1:])):
            self.params['W' + str(layer + 1)] = np.random.normal(0, weight_scale, size=[fan_in, fan_out])
            self.params['b' + str(layer + 1)] = np.zeros([fan_out])

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        caches = []
        value = X
        for layer in range(1, self.num_layers + 1):
            value, cache = affine_forward(value, self.params['W' + str(layer)], self.params['b' + str(layer)])
            caches.append([cache, value])
            if layer < self.num_layers:
                value = relu_forward(value)[0]
        scores = value

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, slope = softmax_loss(scores, y)
        for layer in range(self.num_layers, 0, -1):
            cache, before_relu = caches[layer - 1]
            if layer < self.num_layers:
                slope = relu_backward(slope, before_relu)
            slope, grads['W' + str(layer)], grads['b' + str(layer)] = affine_backward(slope, cache)
            loss = loss + self.reg * np.sum(self.params['W' + str(layer)] ** 2) / 2
            grads['W' + str(layer)] = grads['W' + str(layer)] + self.reg * self.params['W' + str(layer)]
        return loss, grads
