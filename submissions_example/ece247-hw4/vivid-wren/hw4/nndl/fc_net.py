import numpy as np

from . import layers, layer_utils


class FullyConnectedNet:

    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10, dropout=0,
                 use_batchnorm=False, reg=0.0, weight_scale=1e-2, dtype=np.float32, seed=None):
        self.reg, self.dtype = reg, dtype
        self.use_batchnorm, self.use_dropout = use_batchnorm, dropout > 0
        self.num_layers = len(hidden_dims) + 1
        dims = [input_dim, *hidden_dims, num_classes]
        self.params = {}
        for i, (fan_in, fan_out) in enumerate(zip(dims, dims[1:]), 1):
            self.params['W%d' % i] = (weight_scale * np.random.randn(fan_in, fan_out)).astype(dtype)
            self.params['b%d' % i] = np.zeros(fan_out, dtype)
            if use_batchnorm and i < self.num_layers:
                self.params['gamma%d' % i] = np.ones(fan_out, dtype)
                self.params['beta%d' % i] = np.zeros(fan_out, dtype)
        self.dropout_param = {'mode': 'train', 'p': dropout} if dropout > 0 else None
        if seed is not None and self.dropout_param:
            self.dropout_param['seed'] = seed
        self.bn_params = [{'mode': 'train'} for _ in hidden_dims] if use_batchnorm else []

    def loss(self, X, y=None):
        for param in [*self.bn_params, self.dropout_param or {}]:
            param['mode'] = 'test' if y is None else 'train'
        caches, h = [], X.astype(self.dtype)
        for i in range(1, self.num_layers):
            bn_param = self.bn_params[i - 1] if self.use_batchnorm else None
            h, cache = layer_utils.hidden_forward(h, self.params, str(i), bn_param, self.dropout_param)
            caches.append(cache)
        last = str(self.num_layers)
        scores, cache = layers.affine_forward(h, self.params['W' + last], self.params['b' + last])
        if y is None:
            return scores

        loss, dscores = layers.softmax_loss(scores, y)
        grads = {}
        dh, grads['W' + last], grads['b' + last] = layers.affine_backward(dscores, cache)
        for i in range(self.num_layers - 1, 0, -1):
            dh, found = layer_utils.hidden_backward(dh, caches.pop(), str(i))
            grads.update(found)
        for name in grads:
            if name.startswith('W'):
                loss += 0.5 * self.reg * np.sum(self.params[name] ** 2)
                grads[name] = grads[name] + self.reg * self.params[name]
        return loss, grads
