"""Question 3: a convolutional network of three layers."""
import numpy as np

from nndl.layers import *
from nndl.conv_layers import *
from utils.fast_layers import *
from nndl.layer_utils import *
from nndl.conv_layer_utils import *


class ThreeLayerConvNet(object):
    """Convolution - ReLU - 2x2 max pool - affine - ReLU - affine - softmax."""

    def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7,
                 hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0,
                 dtype=np.float32, use_batchnorm=False):
        """Set self.params: W1 and b1 of the filters, W2 and b2, W3 and b3 of the affine layers.

        input_dim: (C, H, W) of an image, H and W even
        filter_size: height and width of the filters, odd
        weight_scale: standard deviation of the initial weights; biases start at zero
        """
        self.use_batchnorm = use_batchnorm
        self.params = {}
        self.reg = reg
        self.dtype = dtype
        # TODO: draw the parameters; the convolution keeps the image's size, the pool halves it
        pass
        # END OF TODO

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        """Return the scores, or with labels y the loss and a dictionary of its gradients.

        The loss includes self.reg/2 times the sum of the squared weights, the filters among them.
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
