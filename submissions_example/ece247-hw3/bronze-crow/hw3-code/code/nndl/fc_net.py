import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        for i, (rows, columns) in enumerate([(input_dim, hidden_dims), (hidden_dims, num_classes)]):
            self.params['W%d' % (i + 1)] = np.random.randn(rows, columns) * weight_scale
            self.params['b%d' % (i + 1)] = np.zeros(columns)

    def loss(self, X, y=None):
        scores = None
        u, cache1 = affine_forward(X, self.params['W1'], self.params['b1'])
        v, cache2 = relu_forward(u)
        scores, cache3 = affine_forward(v, self.params['W2'], self.params['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, d = softmax_loss(scores, y)
        d, grads['W2'], grads['b2'] = affine_backward(d, cache3)
        d = relu_backward(d, cache2)
        d, grads['W1'], grads['b1'] = affine_backward(d, cache1)
        for k in ['W1', 'W2']:
            w = self.params[k].ravel()
            loss += self.reg * w.dot(w) / 2
            grads[k] = grads[k] + self.reg * self.params[k]
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
        sizes = [input_dim] + hidden_dims + [num_classes]
        for i, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
            self.params['W%d' % (i + 1)] = np.random.randn(rows, columns) * weight_scale
            self.params['b%d' % (i + 1)] = np.zeros(columns)

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        v = X
        self.caches = []
        for i in range(self.num_layers):
            u, c = affine_forward(v, self.params['W%d' % (i + 1)], self.params['b%d' % (i + 1)])
            v, r = relu_forward(u)
            self.caches.append((c, r))
        scores = u

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, d = softmax_loss(scores, y)
        for i in range(self.num_layers, 0, -1):
            c, r = self.caches[i - 1]
            if i != self.num_layers:
                d = relu_backward(d, r)
            d, grads['W%d' % i], grads['b%d' % i] = affine_backward(d, c)
            w = self.params['W%d' % i].ravel()
            loss += self.reg * w.dot(w) / 2
            grads['W%d' % i] = grads['W%d' % i] + self.reg * self.params['W%d' % i]
        return loss, grads
