"""Question 5: networks that are put together from the layers."""
import numpy as np

from .layers import *
from .layer_utils import *


class TwoLayerNet(object):
    """Affine - ReLU - affine - softmax, with weights stored as (inputs, outputs)."""

    def __init__(self, input_dim=3*32*32, hidden_dims=100, num_classes=10,
                 dropout=0, weight_scale=1e-3, reg=0.0):
        """Set self.params: W1 (D, H), b1 (H,), W2 (H, C), b2 (C,).

        hidden_dims: the number H of hidden units, an int
        weight_scale: standard deviation of the initial weights; biases start at zero
        """
        self.params = {}
        self.reg = reg
        self.params['W1'] = weight_scale * np.random.randn(input_dim, hidden_dims)
        self.params['b1'] = np.zeros(hidden_dims)
        self.params['W2'] = weight_scale * np.random.randn(hidden_dims, num_classes)
        self.params['b2'] = np.zeros(num_classes)

    def loss(self, X, y=None):
        """Return the scores, or with labels y the loss and a dictionary of its gradients.

        The loss includes self.reg/2 times the sum of the squared weights.
        """
        scores = None
        hidden, hidden_cache = affine_relu_forward(X, self.params['W1'], self.params['b1'])
        scores, scores_cache = affine_forward(hidden, self.params['W2'], self.params['b2'])

        if y is None:
            return scores

        loss = None
        grads = {}
        loss, dscores = softmax_loss(scores, y)
        dhidden, grads['W2'], grads['b2'] = affine_backward(dscores, scores_cache)
        _, grads['W1'], grads['b1'] = affine_relu_backward(dhidden, hidden_cache)
        for name in ('W1', 'W2'):
            loss += 0.5 * self.reg * np.sum(self.params[name] ** 2)
            grads[name] += self.reg * self.params[name]
        return loss, grads


class FullyConnectedNet(object):
    """(affine - ReLU) x (L - 1) - affine - softmax."""

    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10,
                 dropout=0, use_batchnorm=False, reg=0.0,
                 weight_scale=1e-2, dtype=np.float32, seed=None):
        """Set self.params: W1 ... WL and b1 ... bL.

        hidden_dims: a list of the L - 1 hidden layers' sizes
        dropout, use_batchnorm, seed: for the next homework
        """
        self.use_batchnorm = use_batchnorm
        self.use_dropout = dropout > 0
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}
        sizes = [input_dim] + hidden_dims + [num_classes]
        for i in range(self.num_layers):
            self.params['W%d' % (i + 1)] = weight_scale * np.random.randn(sizes[i], sizes[i + 1])
            self.params['b%d' % (i + 1)] = np.zeros(sizes[i + 1])

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        """Return the scores, or with labels y the loss and a dictionary of its gradients."""
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        out, caches = X, []
        for i in range(1, self.num_layers):
            out, cache = affine_relu_forward(out, self.params['W%d' % i], self.params['b%d' % i])
            caches.append(cache)
        last = str(self.num_layers)
        scores, cache = affine_forward(out, self.params['W' + last], self.params['b' + last])

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        loss, dout = softmax_loss(scores, y)
        dout, grads['W' + last], grads['b' + last] = affine_backward(dout, cache)
        for i in range(self.num_layers - 1, 0, -1):
            dout, grads['W%d' % i], grads['b%d' % i] = affine_relu_backward(dout, caches.pop())
        for i in range(1, self.num_layers + 1):
            W = self.params['W%d' % i]
            loss += 0.5 * self.reg * np.sum(W * W)
            grads['W%d' % i] += self.reg * W
        return loss, grads
