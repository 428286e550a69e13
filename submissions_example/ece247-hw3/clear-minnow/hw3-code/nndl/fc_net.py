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
        # TODO: draw the parameters
        pass
        # END OF TODO

    def loss(self, X, y=None):
        """Return the scores, or with labels y the loss and a dictionary of its gradients.

        The loss includes self.reg/2 times the sum of the squared weights.
        """
        scores = None
        # TODO: the forward pass
        pass
        # END OF TODO

        if y is None:
            return scores

        loss = None
        grads = {}
        # TODO: the loss and the backward pass
        pass
        # END OF TODO
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
        # TODO: draw the parameters of all layers
        pass
        # END OF TODO

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        """Return the scores, or with labels y the loss and a dictionary of its gradients."""
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'

        scores = None
        # TODO: the forward pass through all layers
        pass
        # END OF TODO

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        # TODO: the loss with self.reg/2 times the squared weights, and the backward pass
        pass
        # END OF TODO
        return loss, grads
