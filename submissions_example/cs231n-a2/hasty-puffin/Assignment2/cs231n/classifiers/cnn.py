import numpy as np
from cs231n.layers import *
from cs231n.layer_utils import *


class ThreeLayerConvNet:
    def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7, hidden_dim=100,
                 num_classes=10, weight_scale=1e-3, reg=0.0, dtype=np.float32):
        C, H, W = input_dim
        draw = lambda *shape: (weight_scale * np.random.standard_normal(shape)).astype(dtype)
        self.reg = reg
        self.params = {
            'W1': draw(num_filters, C, filter_size, filter_size), 'b1': np.zeros(num_filters, dtype),
            'W2': draw(num_filters * H * W // 4, hidden_dim), 'b2': np.zeros(hidden_dim, dtype),
            'W3': draw(hidden_dim, num_classes), 'b3': np.zeros(num_classes, dtype),
        }

    def loss(self, X, y=None):
        P, pad = self.params, self.params['W1'].shape[-1] // 2
        a, kept1 = conv_relu_pool_forward(X, P['W1'], P['b1'], dict(stride=1, pad=pad),
                                          dict(pool_height=2, pool_width=2, stride=2))
        a, kept2 = affine_relu_forward(a, P['W2'], P['b2'])
        scores, kept3 = affine_forward(a, P['W3'], P['b3'])
        if y is None:
            return scores
        loss, d = softmax_loss(scores, y)
        g = {}
        for k, kept, back in ((3, kept3, affine_backward), (2, kept2, affine_relu_backward),
                              (1, kept1, conv_relu_pool_backward)):
            d, g[f'W{k}'], g[f'b{k}'] = back(d, kept)
            loss += self.reg / 2 * (P[f'W{k}'] ** 2).sum()
            g[f'W{k}'] += self.reg * P[f'W{k}']
        return loss, g
