import numpy as np
from cs231n.layers import *


class FullyConnectedNet:
    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10, dropout=1, normalization=None,
                 reg=0.0, weight_scale=1e-2, dtype=np.float32, seed=None):
        self.reg, self.dtype, self.normalization = reg, dtype, normalization
        self.L = len(hidden_dims) + 1
        self.drop = {'p': dropout, **({} if seed is None else {'seed': seed})} if dropout < 1 else None
        self.bn_params = [{} for _ in hidden_dims]
        self.params = {}
        dims = [input_dim, *hidden_dims, num_classes]
        for i, (d_in, d_out) in enumerate(zip(dims[:-1], dims[1:]), 1):
            self.params[f'W{i}'] = np.random.normal(0, weight_scale, (d_in, d_out)).astype(dtype)
            self.params[f'b{i}'] = np.zeros(d_out, dtype)
            if normalization and i < self.L:
                self.params[f'gamma{i}'], self.params[f'beta{i}'] = np.ones(d_out, dtype), np.zeros(d_out, dtype)

    def loss(self, X, y=None):
        params, mode = self.params, 'test' if y is None else 'train'
        norm = {'batchnorm': (batchnorm_forward, batchnorm_backward),
                'layernorm': (layernorm_forward, layernorm_backward)}.get(self.normalization)
        a, tape = X.astype(self.dtype), []
        for i in range(1, self.L):
            a, fc = affine_forward(a, params[f'W{i}'], params[f'b{i}'])
            bn = dr = None
            if norm:
                self.bn_params[i - 1]['mode'] = mode
                a, bn = norm[0](a, params[f'gamma{i}'], params[f'beta{i}'], self.bn_params[i - 1])
            a, re = relu_forward(a)
            if self.drop:
                a, dr = dropout_forward(a, {**self.drop, 'mode': mode})
            tape.append((fc, bn, re, dr))
        scores, last = affine_forward(a, params[f'W{self.L}'], params[f'b{self.L}'])
        if mode == 'test':
            return scores

        loss, d = softmax_loss(scores, y)
        g = {}
        d, g[f'W{self.L}'], g[f'b{self.L}'] = affine_backward(d, last)
        for i, (fc, bn, re, dr) in reversed(list(enumerate(tape, 1))):
            if self.drop:
                d = dropout_backward(d, dr)
            d = relu_backward(d, re)
            if norm:
                d, g[f'gamma{i}'], g[f'beta{i}'] = norm[1](d, bn)
            d, g[f'W{i}'], g[f'b{i}'] = affine_backward(d, fc)
        for i in range(1, self.L + 1):
            loss += self.reg / 2 * np.einsum('de,de->', params[f'W{i}'], params[f'W{i}'])
            g[f'W{i}'] = g[f'W{i}'] + self.reg * params[f'W{i}']
        return loss, g
