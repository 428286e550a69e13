import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params['b1'] = np.zeros(hidden_dims)
        self.params['b2'] = np.zeros(num_classes)
        self.params['W1'] = np.random.randn(input_dim, hidden_dims) * weight_scale
        self.params['W2'] = np.random.randn(hidden_dims, num_classes) * weight_scale

    def loss(self, X, y=None):
        scores = None
        W1, b1, W2, b2 = self.params['W1'], self.params['b1'], self.params['W2'], self.params['b2']
        H1, cacheH = affine_relu_forward(X, W1, b1)
        scores, cacheS = affine_forward(H1, W2, b2)

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, dS = softmax_loss(scores, y)
        loss += self.reg / 2 * sum((W ** 2).sum() for W in (W1, W2))
        dH, grads['W2'], grads['b2'] = affine_backward(dS, cacheS)
        _, grads['W1'], grads['b1'] = affine_relu_backward(dH, cacheH)
        grads['W1'] += self.reg * W1
        grads['W2'] += self.reg * W2
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
        fan_in = input_dim
        for k, fan_out in enumerate([*hidden_dims, num_classes], start=1):
            self.params[f'W{k}'], self.params[f'b{k}'] = weight_scale * np.random.randn(fan_in, fan_out), weight_scale * np.random.randn(fan_out)
            fan_in = fan_out

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        W = [self.params[f'W{k}'] for k in range(1, self.num_layers + 1)]
        b = [self.params[f'b{k}'] for k in range(1, self.num_layers + 1)]
        stack = []
        H = X
        for Wk, bk in zip(W[:-1], b[:-1]):
            H, c = affine_relu_forward(H, Wk, bk)
            stack.append(c)
        scores, c = affine_forward(H, W[-1], b[-1])

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, dS = softmax_loss(scores, y)
        loss += self.reg / 2 * sum((Wk ** 2).sum() for Wk in W)
        dH, dW, db = affine_backward(dS, c)
        k = self.num_layers
        grads[f'W{k}'], grads[f'b{k}'] = dW + self.reg * W[-1], db
        while stack:
            k -= 1
            dH, dW, db = affine_relu_backward(dH, stack.pop())
            grads[f'W{k}'], grads[f'b{k}'] = dW + self.reg * W[k - 1], db
        return loss, grads
