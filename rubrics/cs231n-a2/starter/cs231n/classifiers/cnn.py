"""Networks that are put together from convolutions and affine layers."""
import numpy as np

from ..layers import *
from ..fast_layers import *
from ..layer_utils import *


class ThreeLayerConvNet(object):
    """Convolution - ReLU - 2x2 max pool - affine - ReLU - affine - softmax."""

    def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7,
                 hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0,
                 dtype=np.float32):
        """Set self.params: filters W1 and b1, W2 and b2 of the hidden layer, W3 and b3.

        input_dim: (C, H, W) of an image
        The convolution keeps the size of the image, the pool halves it.
        """
        self.params = {}
        self.reg = reg
        self.dtype = dtype
        # TODO: draw the parameters
        pass
        # END OF TODO

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        """Return the scores, or with labels y the loss and a dictionary of its gradients.

        The loss includes self.reg/2 times the sum of the squared weights.
        """
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        W3, b3 = self.params['W3'], self.params['b3']

        filter_size = W1.shape[2]
        conv_param = {'stride': 1, 'pad': (filter_size - 1) // 2}
        pool_param = {'pool_height': 2, 'pool_width': 2, 'stride': 2}

        scores = None
        # TODO: the forward pass; layer_utils has what often comes together
        pass
        # END OF TODO

        if y is None:
            return scores

        loss, grads = None, {}
        # TODO: the loss with its penalty, and the backward pass
        pass
        # END OF TODO
        return loss, grads
