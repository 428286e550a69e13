import numpy as np
from nndl.layers import *
from nndl.layer_utils import *


class FullyConnectedNet:
    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10, dropout=0,
                 use_batchnorm=False, reg=0.0, weight_scale=1e-2, dtype=np.float32, seed=None):
        self.reg, self.dtype = reg, dtype
        self.num_layers = len(hidden_dims) + 1
        dims = [input_dim, *hidden_dims, num_classes]
        self.params = {}
        for i, (d_in, d_out) in enumerate(zip(dims[:-1], dims[1:]), 1):
            self.params[f'W{i}'] = np.random.normal(0, weight_scale, (d_in, d_out)).astype(dtype)
            self.params[f'b{i}'] = np.zeros(d_out, dtype)

    def loss(self, X, y=None):
        out, caches = X.astype(self.dtype), []
        L = self.num_layers
        for i in range(1, L + 1):
            step = affine_forward if i == L else affine_relu_forward
            out, cache = step(out, self.params[f'W{i}'], self.params[f'b{i}'])
            caches.append(cache)
        if y is None:
            return out

        loss, dout = softmax_loss(out, y)
        grads = {}
        for i in range(L, 0, -1):
            step = affine_backward if i == L else affine_relu_backward
            W = self.params[f'W{i}']
            dout, dW, grads[f'b{i}'] = step(dout, caches[i - 1])
            grads[f'W{i}'] = dW + self.reg * W
            loss += 0.5 * self.reg * (W ** 2).sum()
        return loss, grads


class TwoLayerNet(FullyConnectedNet):
    """The same with one hidden layer, in double precision."""

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10, dropout=0,
                 weight_scale=1e-3, reg=0.0):
        super().__init__([hidden_dims], input_dim, num_classes, reg=reg,
                         weight_scale=weight_scale, dtype=np.float64)
