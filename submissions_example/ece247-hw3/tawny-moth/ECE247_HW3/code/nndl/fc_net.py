import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params['W1'] = np.random.randn(input_dim, hidden_dims) * weight_scale
        self.params['W2'] = np.random.randn(hidden_dims, num_classes) * weight_scale
        self.params['b1'] = np.zeros(hidden_dims)
        self.params['b2'] = np.zeros(num_classes)

    def loss(self, X, y=None):
        scores = None
        out1, cache1 = affine_relu_forward(X, self.params['W1'], self.params['b1'])
        scores, cache2 = affine_forward(out1, self.params['W2'], self.params['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(self.params['W1'] ** 2) + np.sum(self.params['W2'] ** 2))
        dout1, grads['W2'], grads['b2'] = affine_backward(dscores, cache2)
        dX, grads['W1'], grads['b1'] = affine_relu_backward(dout1, cache1)
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
            rows = input_dim if i == 0 else hidden_dims[i - 1]
            cols = num_classes if i == self.num_layers - 1 else hidden_dims[i]
            self.params['W' + str(i + 1)] = np.random.randn(rows, cols) * weight_scale
            self.params['b' + str(i + 1)] = np.zeros(cols)

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        caches = []
        out = X
        for i in range(self.num_layers):
            W, b = self.params['W' + str(i + 1)], self.params['b' + str(i + 1)]
            if i == self.num_layers - 1:
                out, cache = affine_forward(out, W, b)
            else:
                out, cache = affine_relu_forward(out, W, b)
            caches.append(cache)
        scores = out

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, dout = softmax_loss(scores, y)
        for i in range(self.num_layers - 1, -1, -1):
            loss += 0.5 * self.reg * np.sum(self.params['W' + str(i + 1)] ** 2)
            if i == self.num_layers - 1:
                dout, dW, db = affine_backward(dout, caches[i])
            else:
                dout, dW, db = affine_relu_backward(dout, caches[i])
            grads['W' + str(i + 1)] = dW
            grads['b' + str(i + 1)] = db
        return loss, grads
