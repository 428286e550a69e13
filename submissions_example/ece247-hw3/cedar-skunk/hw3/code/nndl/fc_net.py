import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        d, h, c = input_dim, hidden_dims, num_classes
        self.params['W1'], self.params['b1'] = weight_scale * np.random.randn(d, h), np.zeros(h)
        self.params['W2'], self.params['b2'] = weight_scale * np.random.randn(h, c), np.zeros(c)

    def loss(self, X, y=None):
        scores = None
        w1, b1, w2, b2 = (self.params[k] for k in ('W1', 'b1', 'W2', 'b2'))
        z, cache_z = affine_relu_forward(X, w1, b1)
        scores, cache_scores = affine_forward(z, w2, b2)

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, dl = softmax_loss(scores, y)
        loss += 0.5 * self.reg * ((w1 * w1).sum() + (w2 * w2).sum())
        dz, dw2, db2 = affine_backward(dl, cache_scores)
        dx, dw1, db1 = affine_relu_backward(dz, cache_z)
        grads = dict(W1=dw1 + self.reg * w1, W2=dw2 + self.reg * w2, b1=db1, b2=db2)
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
        n = self.num_layers
        ins = [input_dim] + hidden_dims
        outs = hidden_dims + [num_classes]
        for k in range(n):
            self.params['W' + str(k + 1)] = weight_scale * np.random.randn(ins[k], outs[k])
            self.params['b' + str(k + 1)] = np.zeros(outs[k])

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        z = X
        saved = {}
        for k in range(1, self.num_layers):
            z, saved[k] = affine_relu_forward(z, self.params['W' + str(k)], self.params['b' + str(k)])
        k = str(self.num_layers)
        scores, saved['last'] = affine_forward(z, self.params['W' + k], self.params['b' + k])

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, dl = softmax_loss(scores, y)
        dz, grads['W' + k], grads['b' + k] = affine_backward(dl, saved['last'])
        for j in range(self.num_layers - 1, 0, -1):
            dz, grads['W' + str(j)], grads['b' + str(j)] = affine_relu_backward(dz, saved[j])
        for j in range(1, self.num_layers + 1):
            loss += 0.5 * self.reg * np.sum(np.square(self.params['W' + str(j)]))
            grads['W' + str(j)] += self.reg * self.params['W' + str(j)]
        return loss, grads
