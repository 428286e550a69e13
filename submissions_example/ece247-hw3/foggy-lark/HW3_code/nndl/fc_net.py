import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        mean = 0
        self.params = {
            'W1': np.random.normal(mean, weight_scale, (input_dim, hidden_dims)),
            'W2': np.random.normal(mean, weight_scale, (hidden_dims, num_classes)),
            'b1': np.zeros(hidden_dims),
            'b2': np.zeros(num_classes),
        }

    def loss(self, X, y=None):
        scores = None
        first, first_cache = affine_relu_forward(X, self.params['W1'], self.params['b1'])
        second, second_cache = affine_forward(first, self.params['W2'], self.params['b2'])
        scores = second

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, dsecond = softmax_loss(scores, y)
        dfirst, dW2, db2 = affine_backward(dsecond, second_cache)
        _, dW1, db1 = affine_relu_backward(dfirst, first_cache)
        penalty = np.sum(self.params['W1'] ** 2) + np.sum(self.params['W2'] ** 2)
        loss += 0.5 * self.reg * penalty
        grads['W2'] = dW2 + self.reg * self.params['W2']
        grads['W1'] = dW1 + self.reg * self.params['W1']
        grads['b2'], grads['b1'] = db2, db1
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
        for i in range(self.num_layers):
            if i == 0:
                shape = (input_dim, hidden_dims[0])
            elif i == self.num_layers - 1:
                shape = (hidden_dims[-1], num_classes)
            else:
                shape = (hidden_dims[i - 1], hidden_dims[i])
            self.params['W{0}'.format(i + 1)] = np.random.normal(0, weight_scale, shape)
            self.params['b{0}'.format(i + 1)] = np.zeros(shape[1])

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        self.cache = {}
        layer_input = X
        for i in range(1, self.num_layers + 1):
            W, b = self.params['W{0}'.format(i)], self.params['b{0}'.format(i)]
            forward = affine_forward if i == self.num_layers else affine_relu_forward
            layer_input, self.cache[i] = forward(layer_input, W, b)
        scores = layer_input

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, dlayer = softmax_loss(scores, y)
        for i in range(self.num_layers, 0, -1):
            W = self.params['W{0}'.format(i)]
            backward = affine_backward if i == self.num_layers else affine_relu_backward
            dlayer, dW, db = backward(dlayer, self.cache[i])
            loss += 0.5 * self.reg * np.sum(W ** 2)
            grads['W{0}'.format(i)] = dW + self.reg * W
            grads['b{0}'.format(i)] = db
        return loss, grads
