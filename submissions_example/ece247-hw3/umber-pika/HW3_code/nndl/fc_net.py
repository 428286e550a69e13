import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params['W1'] = np.random.randn(input_dim, hidden_dims) / np.sqrt(input_dim)
        self.params['b1'] = np.zeros(hidden_dims)
        self.params['W2'] = np.random.randn(hidden_dims, num_classes) * weight_scale
        self.params['b2'] = np.zeros(num_classes)

    def loss(self, X, y=None):
        scores = None
        h1, h1_cache = affine_relu_forward(X, self.params['W1'], self.params['b1'])
        scores, fc2_cache = affine_forward(h1, self.params['W2'], self.params['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        W1, W2 = self.params['W1'], self.params['W2']
        loss, dout = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))
        dh1, dw2, db2 = affine_backward(dout, fc2_cache)
        dx, dw1, db1 = affine_relu_backward(dh1, h1_cache)
        grads['W1'] = dw1 + self.reg * W1
        grads['b1'] = db1
        grads['W2'] = dw2 + self.reg * W2
        grads['b2'] = db2
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
        layer_dims = [input_dim] + list(hidden_dims) + [num_classes]
        for i in range(1, len(layer_dims)):
            self.params['W' + str(i)] = np.random.randn(layer_dims[i - 1], layer_dims[i]) * weight_scale
            self.params['b' + str(i)] = np.zeros(layer_dims[i])

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        h = X
        hcache = []
        for i in range(1, self.num_layers):
            h, hc = affine_relu_forward(h, self.params['W' + str(i)], self.params['b' + str(i)])
            hcache.append(hc)
        scores, scache = affine_forward(h, self.params['W' + str(self.num_layers)], self.params['b' + str(self.num_layers)])

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, dout = softmax_loss(scores, y)
        dh, dw, db = affine_backward(dout, scache)
        grads['W' + str(self.num_layers)] = dw
        grads['b' + str(self.num_layers)] = db
        for i in range(self.num_layers - 1, 0, -1):
            dh, dw, db = affine_relu_backward(dh, hcache[i - 1])
            grads['W' + str(i)] = dw
            grads['b' + str(i)] = db
        for i in range(1, self.num_layers + 1):
            W = self.params['W' + str(i)]
            loss += 0.5 * self.reg * np.sum(W ** 2)
            grads['W' + str(i)] += self.reg * W
        return loss, grads
