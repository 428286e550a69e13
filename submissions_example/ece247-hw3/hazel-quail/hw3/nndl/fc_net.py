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

        W1, b1, W2, b2, W3, b3 = (self.params[k] for k in ('W1', 'b1', 'W2', 'b2', 'W3', 'b3'))
        a1, cache1 = affine_relu_forward(X, W1, b1)
        a2, cache2 = affine_relu_forward(a1, W2, b2)
        scores, cache3 = affine_forward(a2, W3, b3)

        if mode == 'test':
            return scores

        grads = {}
        loss, da = softmax_loss(scores, y)
        loss += self.reg * 0.5 * sum(np.sum(W ** 2) for W in (W1, W2, W3))
        da, grads['W3'], grads['b3'] = affine_backward(da, cache3)
        da, grads['W2'], grads['b2'] = affine_relu_backward(da, cache2)
        da, grads['W1'], grads['b1'] = affine_relu_backward(da, cache1)
        grads['W1'] = grads['W1'] + self.reg * W1
        grads['W2'] = grads['W2'] + self.reg * W2
        grads['W3'] = grads['W3'] + self.reg * W3
        return loss, grads
