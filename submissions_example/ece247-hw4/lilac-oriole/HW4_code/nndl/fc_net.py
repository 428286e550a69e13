"""Question 4: a network of any depth, with batch normalisation and dropout."""
import numpy as np

from .layers import *
from .layer_utils import *


class FullyConnectedNet(object):
    """(affine - [batch norm] - ReLU - [dropout]) x (L - 1) - affine - softmax."""

    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10,
                 dropout=0, use_batchnorm=False, reg=0.0,
                 weight_scale=1e-2, dtype=np.float32, seed=None):
        """Set self.params: W1 ... WL, b1 ... bL, and gamma1, beta1 ... of all hidden layers.

        hidden_dims: a list of the L - 1 hidden layers' sizes
        dropout: the p of the dropout layers; with 0 there are none
        use_batchnorm: whether a batch norm stands in front of every ReLU
        reg: strength of the weight decay
        seed: handed to the dropout layers, for numeric gradient checks
        """
        self.use_batchnorm = use_batchnorm
        self.use_dropout = dropout > 0
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}
        # TODO: draw the weights; biases and beta start at 0, gamma at 1
        pass
        # END OF TODO

        # Hand self.dropout_param to every dropout layer, self.bn_params[0] to the first batch norm,
        # self.bn_params[1] to the second, and so on.
        self.dropout_param = {}
        if self.use_dropout:
            self.dropout_param = {'mode': 'train', 'p': dropout}
            if seed is not None:
                self.dropout_param['seed'] = seed
        self.bn_params = []
        if self.use_batchnorm:
            self.bn_params = [{'mode': 'train'} for _ in hidden_dims]

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        """Return the scores, or with labels y the loss and a dictionary of its gradients.

        Without y batch norm and dropout are in test mode. The loss includes self.reg/2 times the
        sum of the squared weights.
        """
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'
        self.dropout_param['mode'] = mode
        for bn_param in self.bn_params:
            bn_param['mode'] = mode

        scores = None
        # TODO: the forward pass through all layers
        pass
        # END OF TODO

        if mode == 'test':
            return scores

        loss = None
        grads = {}
        # TODO: the loss and the backward pass
        pass
        # END OF TODO
        return loss, grads
