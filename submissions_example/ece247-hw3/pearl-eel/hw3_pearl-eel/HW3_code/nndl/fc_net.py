import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        for name, shape in {'W1': (input_dim, hidden_dims), 'W2': (hidden_dims, num_classes)}.items():
            self.params[name] = weight_scale * np.random.standard_normal(shape)
            self.params[name.replace('W', 'b')] = np.zeros(shape[1])

    def loss(self, X, y=None):
        scores = None
        p = self.params
        h, h_cache = affine_relu_forward(X, p['W1'], p['b1'])
        scores, s_cache = affine_forward(h, p['W2'], p['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, ds = softmax_loss(scores, y)
        loss += self.reg * 0.5 * ((p['W1'] ** 2).sum() + (p['W2'] ** 2).sum())
        dh, dW2, db2 = affine_backward(ds, s_cache)
        _, dW1, db1 = affine_relu_backward(dh, h_cache)
        grads.update(W1=dW1 + self.reg * p['W1'], b1=db1, W2=dW2 + self.reg * p['W2'], b2=db2)
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
        shapes = zip([input_dim] + hidden_dims, hidden_dims + [num_classes])
        for n, shape in enumerate(shapes, start=1):
            self.params['W%i' % n] = weight_scale * np.random.standard_normal(shape)
            self.params['b%i' % n] = np.zeros(shape[1])

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        caches, h = [None], X
        for n in range(1, self.num_layers):
            h, c = affine_relu_forward(h, self.params['W%i' % n], self.params['b%i' % n])
            caches.append(c)
        n = self.num_layers
        scores, c = affine_forward(h, self.params['W%i' % n], self.params['b%i' % n])
        caches.append(c)

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, d = softmax_loss(scores, y)
        d, grads['W%i' % n], grads['b%i' % n] = affine_backward(d, caches[n])
        while n > 1:
            n -= 1
            d, grads['W%i' % n], grads['b%i' % n] = affine_relu_backward(d, caches[n])
        for name, W in self.params.items():
            if name[0] == 'W':
                loss += self.reg * 0.5 * (W ** 2).sum()
                grads[name] = grads[name] + self.reg * W
        return loss, grads
