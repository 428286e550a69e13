import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params = {'W1': np.random.randn(input_dim, hidden_dims) * weight_scale, 'b1': np.zeros(hidden_dims),
                       'W2': np.random.randn(hidden_dims, num_classes) * weight_scale, 'b2': np.zeros(num_classes)}

    def loss(self, X, y=None):
        scores = None
        a, cache_a = affine_relu_forward(X, self.params['W1'], self.params['b1'])
        scores, cache_s = affine_forward(a, self.params['W2'], self.params['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, ds = softmax_loss(scores, y)
        loss += self.reg * 0.5 * sum(np.sum(self.params[k] ** 2) for k in ('W1', 'W2'))
        da, grads['W2'], grads['b2'] = affine_backward(ds, cache_s)
        _, grads['W1'], grads['b1'] = affine_relu_backward(da, cache_a)
        grads['W1'] = grads['W1'] + self.reg * self.params['W1']
        grads['W2'] = grads['W2'] + self.reg * self.params['W2']
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
        dims = [input_dim, *hidden_dims, num_classes]
        for l in range(1, len(dims)):
            self.params[f'W{l}'] = np.random.randn(dims[l - 1], dims[l]) * weight_scale
            self.params[f'b{l}'] = np.zeros(dims[l])

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        cache = {}
        a = X
        for l in range(1, self.num_layers):
            a, cache[l] = affine_relu_forward(a, self.params[f'W{l}'], self.params[f'b{l}'])
        L = self.num_layers
        scores, cache[L] = affine_forward(a, self.params[f'W{L}'], self.params[f'b{L}'])

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, da = softmax_loss(scores, y)
        loss += self.reg * 0.5 * sum(np.sum(self.params[f'W{l}'] ** 2) for l in range(1, L + 1))
        da, grads[f'W{L}'], grads[f'b{L}'] = affine_backward(da, cache[L])
        for l in reversed(range(1, L)):
            da, grads[f'W{l}'], grads[f'b{l}'] = affine_relu_backward(da, cache[l])
        for l in range(1, L + 1):
            grads[f'W{l}'] = grads[f'W{l}'] + self.reg * self.params[f'W{l}']
        return loss, grads
