"""The two-layer network out of layers (2021 on)."""
import numpy as np

from ..layers import *
from ..layer_utils import *


class TwoLayerNet(object):
    """Affine - ReLU - affine - softmax, with weights stored as (inputs, outputs)."""

    def __init__(self, input_dim=3*32*32, hidden_dim=100, num_classes=10,
                 weight_scale=1e-3, reg=0.0):
        """Set self.params: W1 (D, H), b1 (H,), W2 (H, C), b2 (C,).

        weight_scale: standard deviation of the initial weights; biases start at zero
        reg: strength of the penalty
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

        loss, grads = None, {}
        # TODO: the loss with its penalty, and the backward pass
        pass
        # END OF TODO
        return loss, grads
