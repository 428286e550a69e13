import numpy as np
from cs231n.layers import *


class ThreeLayerConvNet(object):
    """On the naive layers: slow, but they are my own."""

    def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7, hidden_dim=100,
                 num_classes=10, weight_scale=1e-3, reg=0.0, dtype=np.float32):
        self.reg = reg
        self.dtype = dtype
        pooled = num_filters * int(input_dim[1] / 2) * int(input_dim[2] / 2)
        shapes = [(num_filters, input_dim[0], filter_size, filter_size), (pooled, hidden_dim),
                  (hidden_dim, num_classes)]
        lengths = [num_filters, hidden_dim, num_classes]
        self.params = {}
        for k in range(3):
            self.params['W%d' % (k + 1)] = np.random.normal(0, weight_scale, shapes[k]).astype(dtype)
            self.params['b%d' % (k + 1)] = np.zeros(lengths[k], dtype=dtype)

    def loss(self, X, y=None):
        p = self.params
        pad = (p['W1'].shape[2] - 1) // 2
        out, conv_cache = conv_forward_naive(X, p['W1'], p['b1'], {'stride': 1, 'pad': pad})
        out, relu_cache1 = relu_forward(out)
        out, pool_cache = max_pool_forward_naive(out, {'pool_height': 2, 'pool_width': 2, 'stride': 2})
        out, fc_cache1 = affine_forward(out, p['W2'], p['b2'])
        out, relu_cache2 = relu_forward(out)
        scores, fc_cache2 = affine_forward(out, p['W3'], p['b3'])
        if y is None:
            return scores
        loss, dout = softmax_loss(scores, y)
        grads = {}
        dout, grads['W3'], grads['b3'] = affine_backward(dout, fc_cache2)
        dout = relu_backward(dout, relu_cache2)
        dout, grads['W2'], grads['b2'] = affine_backward(dout, fc_cache1)
        dout = max_pool_backward_naive(dout, pool_cache)
        dout = relu_backward(dout, relu_cache1)
        dout, grads['W1'], grads['b1'] = conv_backward_naive(dout, conv_cache)
        for name in ('W1', 'W2', 'W3'):
            loss += self.reg * np.sum(p[name] ** 2) / 2
        return loss, grads
