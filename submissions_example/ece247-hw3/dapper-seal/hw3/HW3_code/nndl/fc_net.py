import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params['W1'] = np.random.randn(input_dim, hidden_dims)
        self.params['W2'] = np.random.randn(hidden_dims, num_classes)
        self.params['W1'] *= weight_scale
        self.params['W2'] *= weight_scale
        self.params['b1'] = np.zeros((hidden_dims))
        self.params['b2'] = np.zeros((num_classes))

    def loss(self, X, y=None):
        scores = None
        relu_out, relu_cache = affine_relu_forward(X, self.params['W1'], self.params['b1'])
        scores, affine_cache = affine_forward(relu_out, self.params['W2'], self.params['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, dout = softmax_loss(scores, y)
        loss += 0.5 * self.reg * np.sum(np.power(self.params['W1'], 2))
        loss += 0.5 * self.reg * np.sum(np.power(self.params['W2'], 2))
        drelu, grads['W2'], grads['b2'] = affine_backward(dout, affine_cache)
        dx, grads['W1'], grads['b1'] = affine_relu_backward(drelu, relu_cache)
        grads['W2'] += self.reg * self.params['W2']
        grads['W1'] += self.reg * self.params['W1']
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
        all_layers = [input_dim]
        all_layers.extend(hidden_dims)
        all_layers.append(num_classes)
        for j in range(len(all_layers) - 1):
            self.params['W%d' % (j + 1)] = np.random.randn(all_layers[j], all_layers[j + 1]) * weight_scale
            self.params['b%d' % (j + 1)] = np.zeros((all_layers[j + 1]))

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        relu_out = X
        relu_caches = []
        for j in range(1, self.num_layers):
            relu_out, relu_cache = affine_relu_forward(relu_out, self.params['W%d' % j], self.params['b%d' % j])
            relu_caches.append(relu_cache)
        scores, affine_cache = affine_forward(relu_out, self.params['W%d' % self.num_layers],
                                              self.params['b%d' % self.num_layers])

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, dout = softmax_loss(scores, y)
        for j in range(self.num_layers, 0, -1):
            if j == self.num_layers:
                dout, dw, db = affine_backward(dout, affine_cache)
            else:
                dout, dw, db = affine_relu_backward(dout, relu_caches[j - 1])
            loss += 0.5 * self.reg * np.sum(np.power(self.params['W%d' % j], 2))
            grads['W%d' % j], grads['b%d' % j] = dw + self.reg * self.params['W%d' % j], db
        return loss, grads
