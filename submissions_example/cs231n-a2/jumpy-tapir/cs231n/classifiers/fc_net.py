# networks
from builtins import range
from builtins import object
import numpy as np

from ..layers import *
from ..layer_utils import *


class FullyConnectedNet(object):

    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10,
                 dropout=1, normalization=None, reg=0.0,
                 weight_scale=1e-2, dtype=np.float32, seed=None):
        self.normalization = normalization
        self.use_dropout = dropout != 1
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}

        dims = [input_dim] + hidden_dims + [num_classes]
        for i in range(self.num_layers):
            self.params['W%d' % (i + 1)] = weight_scale * np.random.randn(dims[i], dims[i + 1])
            self.params['b%d' % (i + 1)] = np.zeros(dims[i + 1])
            if self.normalization is not None and i < self.num_layers - 1:
                self.params['gamma%d' % (i + 1)] = np.ones(dims[i + 1])
                self.params['beta%d' % (i + 1)] = np.zeros(dims[i + 1])

        self.dropout_param = {}
        if self.use_dropout:
            self.dropout_param = {'mode': 'train', 'p': dropout}
            if seed is not None:
                self.dropout_param['seed'] = seed

        self.bn_params = []
        if self.normalization == 'batchnorm':
            self.bn_params = [dict(mode='train') for _ in hidden_dims]
        if self.normalization == 'layernorm':
            self.bn_params = [dict() for _ in hidden_dims]

        self.params = {name: w.astype(dtype) for name, w in self.params.items()}

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'
        if self.use_dropout:
            self.dropout_param['mode'] = mode
        if self.normalization == 'batchnorm':
            for bn_param in self.bn_params:
                bn_param['mode'] = mode

        caches = {}
        out = X
        for i in range(1, self.num_layers):
            out, caches['fc', i] = affine_forward(out, self.params['W%d' % i], self.params['b%d' % i])
            if self.normalization == 'batchnorm':
                out, caches['norm', i] = batchnorm_forward(
                    out, self.params['gamma%d' % i], self.params['beta%d' % i], self.bn_params[i - 1])
            elif self.normalization == 'layernorm':
                out, caches['norm', i] = layernorm_forward(
                    out, self.params['gamma%d' % i], self.params['beta%d' % i], self.bn_params[i - 1])
            out, caches['relu', i] = relu_forward(out)
            if self.use_dropout:
                out, caches['dropout', i] = dropout_forward(out, self.dropout_param)
        L = self.num_layers
        scores, caches['fc', L] = affine_forward(out, self.params['W%d' % L], self.params['b%d' % L])

        if mode == 'test':
            return scores

        grads = {}
        loss, dout = softmax_loss(scores, y)
        for i in range(1, L + 1):
            loss += 0.5 * self.reg * np.sum(self.params['W%d' % i] ** 2)

        dout, grads['W%d' % L], grads['b%d' % L] = affine_backward(dout, caches['fc', L])
        for i in range(L - 1, 0, -1):
            if self.use_dropout:
                dout = dropout_backward(dout, caches['dropout', i])
            dout = relu_backward(dout, caches['relu', i])
            if self.normalization == 'batchnorm':
                dout, grads['gamma%d' % i], grads['beta%d' % i] = batchnorm_backward_alt(
                    dout, caches['norm', i])
            elif self.normalization == 'layernorm':
                dout, grads['gamma%d' % i], grads['beta%d' % i] = layernorm_backward(
                    dout, caches['norm', i])
            dout, grads['W%d' % i], grads['b%d' % i] = affine_backward(dout, caches['fc', i])
        for i in range(1, L + 1):
            grads['W%d' % i] += self.reg * self.params['W%d' % i]
        return loss, grads
