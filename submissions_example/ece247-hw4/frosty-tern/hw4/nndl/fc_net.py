# assignment four
import numpy as np
import pdb

from .layers import *
from .layer_utils import *


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

        dims = [input_dim] + list(hidden_dims) + [num_classes]
        for i in range(1, self.num_layers + 1):
            self.params['W%d' % i] = weight_scale * np.random.randn(dims[i - 1], dims[i])
            self.params['b%d' % i] = np.zeros(dims[i])
            if self.use_batchnorm and i < self.num_layers:
                self.params['gamma%d' % i] = np.ones(dims[i])
                self.params['beta%d' % i] = np.zeros(dims[i])

        self.dropout_param = {}
        if self.use_dropout:
            self.dropout_param = {'mode': 'train', 'p': dropout}
            if seed is not None:
                self.dropout_param['seed'] = seed

        self.bn_params = []
        if self.use_batchnorm:
            self.bn_params = [{'mode': 'train'} for i in np.arange(self.num_layers - 1)]

        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        if self.dropout_param is not None:
            self.dropout_param['mode'] = mode
        if self.use_batchnorm:
            for bn_param in self.bn_params:
                bn_param[mode] = mode

        caches = []
        a = X
        for i in range(1, self.num_layers):
            a, fc_cache = affine_forward(a, self.params['W%d' % i], self.params['b%d' % i])
            bn_cache, do_cache = None, None
            if self.use_batchnorm:
                a, bn_cache = batchnorm_forward(a, self.params['gamma%d' % i], self.params['beta%d' % i], self.bn_params[i - 1])
            a, relu_cache = relu_forward(a)
            if self.use_dropout:
                a, do_cache = dropout_forward(a, self.dropout_param)
            caches.append((fc_cache, bn_cache, relu_cache, do_cache))
        L = self.num_layers
        scores, last_cache = affine_forward(a, self.params['W%d' % L], self.params['b%d' % L])

        if mode == 'test':
            return scores

        loss, grads = 0.0, {}
        loss, dscores = softmax_loss(scores, y)
        da, grads['W%d' % L], grads['b%d' % L] = affine_backward(dscores, last_cache)
        for i in range(L - 1, 0, -1):
            fc_cache, bn_cache, relu_cache, do_cache = caches[i - 1]
            if self.use_dropout:
                da = dropout_backward(da, do_cache)
            da = relu_backward(da, relu_cache)
            if self.use_batchnorm:
                da, grads['gamma%d' % i], grads['beta%d' % i] = batchnorm_backward(da, bn_cache)
            da, grads['W%d' % i], grads['b%d' % i] = affine_backward(da, fc_cache)
        for i in range(1, L + 1):
            W = self.params['W%d' % i]
            loss += 0.5 * self.reg * np.sum(W * W)
            grads['W%d' % i] += self.reg * W
        return loss, grads
