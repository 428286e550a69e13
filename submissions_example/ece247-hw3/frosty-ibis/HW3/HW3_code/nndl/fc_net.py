import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params['W1'] = np.random.normal(loc=0.0, scale=weight_scale, size=(input_dim, hidden_dims))
        self.params['W2'] = np.random.normal(loc=0.0, scale=weight_scale, size=(hidden_dims, num_classes))
        self.params['b1'], self.params['b2'] = np.zeros((hidden_dims,)), np.zeros((num_classes,))

    def loss(self, X, y=None):
        scores = None
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        h1, c1 = affine_relu_forward(X, W1, b1)
        scores, c2 = affine_forward(h1, W2, b2)

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, dz = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dh, dW2, grads['b2'] = affine_backward(dz, c2)
        dX, dW1, grads['b1'] = affine_relu_backward(dh, c1)
        grads['W1'], grads['W2'] = dW1 + self.reg * W1, dW2 + self.reg * W2
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
        all_dims = np.hstack([input_dim, hidden_dims, num_classes])
        for k in np.arange(self.num_layers):
            self.params['W{}'.format(k + 1)] = np.random.normal(0, weight_scale, (all_dims[k], all_dims[k + 1]))
            self.params['b{}'.format(k + 1)] = np.zeros(all_dims[k + 1])

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        H = {0: X}
        caches = {}
        for k in np.arange(1, self.num_layers):
            H[k], caches[k] = affine_relu_forward(H[k - 1], self.params['W{}'.format(k)], self.params['b{}'.format(k)])
        k = self.num_layers
        scores, caches[k] = affine_forward(H[k - 1], self.params['W{}'.format(k)], self.params['b{}'.format(k)])

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, dz = softmax_loss(scores, y)
        for k in np.arange(self.num_layers, 0, -1):
            w_k, b_k = 'W{}'.format(k), 'b{}'.format(k)
            loss += 0.5 * self.reg * np.sum(self.params[w_k] ** 2)
            if k == self.num_layers:
                dz, grads[w_k], grads[b_k] = affine_backward(dz, caches[k])
            else:
                dz, grads[w_k], grads[b_k] = affine_relu_backward(dz, caches[k])
            grads[w_k] += self.reg * self.params[w_k]
        return loss, grads
