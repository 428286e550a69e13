import numpy as np

from . import conv_layers as images
from . import layers
from utils.fast_layers import conv_forward_fast, conv_backward_fast


class ThreeLayerConvNet:

    def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7, hidden_dim=100,
                 num_classes=10, weight_scale=1e-3, reg=0.0, dtype=np.float32, use_batchnorm=False):
        C, H, W = input_dim
        self.reg, self.dtype = reg, dtype
        draw = lambda *shape: (weight_scale * np.random.randn(*shape)).astype(dtype)
        self.params = {
            'W1': draw(num_filters, C, filter_size, filter_size), 'b1': np.zeros(num_filters, dtype),
            'W2': draw(num_filters * (H // 2) * (W // 2), hidden_dim), 'b2': np.zeros(hidden_dim, dtype),
            'W3': draw(hidden_dim, num_classes), 'b3': np.zeros(num_classes, dtype),
        }

    def _forward(self, X):
        """The scores, and for each layer the function that carries a gradient back through it."""
        p, back = self.params, []
        pool = {'pool_height': 2, 'pool_width': 2, 'stride': 2}
        h, cache = conv_forward_fast(X, p['W1'], p['b1'], {'stride': 1, 'pad': p['W1'].shape[-1] // 2})
        back.append(('1', lambda d, c=cache: conv_backward_fast(d, c)))
        h, cache = layers.relu_forward(h)
        back.append(('', lambda d, c=cache: layers.relu_backward(d, c)))
        h, cache = images.max_pool_forward_naive(h, pool)
        back.append(('', lambda d, c=cache: images.max_pool_backward_naive(d, c)))
        h, cache = layers.affine_forward(h, p['W2'], p['b2'])
        back.append(('2', lambda d, c=cache: layers.affine_backward(d, c)))
        h, cache = layers.relu_forward(h)
        back.append(('', lambda d, c=cache: layers.relu_backward(d, c)))
        h, cache = layers.affine_forward(h, p['W3'], p['b3'])
        back.append(('3', lambda d, c=cache: layers.affine_backward(d, c)))
        return h, back

    def loss(self, X, y=None):
        scores, back = self._forward(X.astype(self.dtype))
        if y is None:
            return scores
        loss, d = layers.softmax_loss(scores, y)
        grads = {}
        for number, step in reversed(back):
            if number:
                d, dW, db = step(d)
                W = self.params['W' + number]
                loss += self.reg / 2 * (W ** 2).sum()
                grads['W' + number], grads['b' + number] = dW + self.reg * W, db
            else:
                d = step(d)
        return loss, grads
