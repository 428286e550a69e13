import numpy as np
from cs231n.layers import *
from cs231n.layer_utils import *


class FullyConnectedNet(object):
    """A list of steps; each knows its forward and its backward pass."""

    def __init__(self, hidden_dims, input_dim=3 * 32 * 32, num_classes=10, dropout_keep_ratio=1,
                 normalization=None, reg=0.0, weight_scale=1e-2, dtype=np.float32, seed=None):
        self.normalization = normalization
        self.use_dropout = dropout_keep_ratio != 1
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.dropout_param = {'mode': 'train', 'p': dropout_keep_ratio}
        if seed is not None:
            self.dropout_param['seed'] = seed
        self.bn_params = [{'mode': 'train'} for _ in hidden_dims] if normalization else []
        self.params = {}
        before = input_dim
        for layer, after in enumerate(list(hidden_dims) + [num_classes]):
            n = str(layer + 1)
            self.params['W' + n] = np.random.normal(0, weight_scale, (before, after)).astype(dtype)
            self.params['b' + n] = np.zeros(after, dtype=dtype)
            if normalization and layer < len(hidden_dims):
                self.params['gamma' + n] = np.ones(after, dtype=dtype)
                self.params['beta' + n] = np.zeros(after, dtype=dtype)
            before = after

    def steps(self):
        for layer in range(1, self.num_layers + 1):
            n = str(layer)
            yield affine_forward, affine_backward, ('W' + n, 'b' + n), ()
            if layer == self.num_layers:
                return
            if self.normalization == 'batchnorm':
                yield batchnorm_forward, batchnorm_backward, ('gamma' + n, 'beta' + n), (self.bn_params[layer - 1],)
            if self.normalization == 'layernorm':
                yield layernorm_forward, layernorm_backward, ('gamma' + n, 'beta' + n), (self.bn_params[layer - 1],)
            yield relu_forward, relu_backward, (), ()
            if self.use_dropout:
                yield dropout_forward, dropout_backward, (), (self.dropout_param,)

    def loss(self, X, y=None):
        out = X.astype(self.dtype)
        for param in [self.dropout_param] + self.bn_params:
            param['mode'] = 'test' if y is None else 'train'
        done = []
        for forward, backward, names, more in self.steps():
            out, cache = forward(out, *[self.params[name] for name in names], *more)
            done.append((backward, names, cache))
        if y is None:
            return out
        loss, dout = softmax_loss(out, y)
        grads = {}
        for backward, names, cache in reversed(done):
            result = backward(dout, cache)
            if not names:
                dout = result
                continue
            dout = result[0]
            for name, gradient in zip(names, result[1:]):
                grads[name] = gradient
        for name in self.params:
            if name.startswith('W') and name != 'W%d' % self.num_layers:
                loss = loss + self.reg / 2 * np.sum(self.params[name] * self.params[name])
                grads[name] = grads[name] + self.reg * self.params[name]
        return loss, grads
