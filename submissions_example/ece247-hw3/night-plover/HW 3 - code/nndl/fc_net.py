import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params.update(W1=np.random.normal(0, weight_scale, (input_dim, hidden_dims)), b1=np.zeros(hidden_dims))
        self.params.update(W2=np.random.normal(0, weight_scale, (hidden_dims, num_classes)), b2=np.zeros(num_classes))

    def loss(self, X, y=None):
        scores = None
        p = self.params
        out1, cache1 = affine_forward(X, p['W1'], p['b1'])
        out2, cache2 = relu_forward(out1)
        scores, cache3 = affine_forward(out2, p['W2'], p['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, d3 = softmax_loss(scores, y)
        d2, dW2, db2 = affine_backward(d3, cache3)
        d1 = relu_backward(d2, cache2)
        d0, dW1, db1 = affine_backward(d1, cache1)
        loss = loss + self.reg / 2 * np.linalg.norm(p['W1']) ** 2 + self.reg / 2 * np.linalg.norm(p['W2']) ** 2
        grads = {'W1': dW1 + self.reg * p['W1'], 'b1': db1, 'W2': dW2 + self.reg * p['W2'], 'b2': db2}
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
        before = input_dim
        i = 1
        for after in hidden_dims + [num_classes]:
            self.params['W' + str(i)] = np.random.normal(0, weight_scale, (before, after))
            self.params['b' + str(i)] = np.zeros(after)
            before = after
            i = i + 1

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        scores = X
        affine_caches = {}
        relu_caches = {}
        for i in range(1, self.num_layers + 1):
            scores, affine_caches[i] = affine_forward(scores, self.params['W' + str(i)], self.params['b' + str(i)])
            if i < self.num_layers:
                scores, relu_caches[i] = relu_forward(scores)

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, d = softmax_loss(scores, y)
        i = self.num_layers
        while i > 0:
            if i < self.num_layers:
                d = relu_backward(d, relu_caches[i])
            d, dW, db = affine_backward(d, affine_caches[i])
            W = self.params['W' + str(i)]
            loss = loss + self.reg / 2 * np.sum(W ** 2)
            grads['W' + str(i)] = dW + self.reg * W
            grads['b' + str(i)] = db
            i = i - 1
        return loss, grads
