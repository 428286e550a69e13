"""Networks that are put together from affine layers."""
import numpy as np

from ..layers import *
from ..layer_utils import *


class FullyConnectedNet(object):
    """(affine - [normalisation] - ReLU - [dropout]) x (L - 1) - affine - softmax."""

    def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10,
                 dropout=1, normalization=None, reg=0.0,
                 weight_scale=1e-2, dtype=np.float32, seed=None):
        """Set self.params: W1 ... WL and b1 ... bL, gamma1, beta1, ... with a normalisation.

        hidden_dims: a list of the L - 1 hidden layers' sizes
        dropout: the probability that a unit is kept; 1 for no dropout
        normalization: 'batchnorm', 'layernorm' or None
        weight_scale: standard deviation of the initial weights; biases and betas start at zero,
            gammas at one
        seed: for dropout, so that it draws the same masks again
        """
        self.normalization = normalization
        self.use_dropout = dropout != 1
        self.reg = reg
        self.num_layers = 1 + len(hidden_dims)
        self.dtype = dtype
        self.params = {}
        # TODO: draw the parameters of all layers
        pass
        # END OF TODO

        self.dropout_param = {}
        if self.use_dropout:
            self.dropout_param = {'mode': 'train', 'p': dropout}
            if seed is not None:
                self.dropout_param['seed'] = seed

        # One of them for every layer that is normalised: the first one's is the first.
        self.bn_params = []
        if self.normalization == 'batchnorm':
            self.bn_params = [{'mode': 'train'} for _ in hidden_dims]
        if self.normalization == 'layernorm':
            self.bn_params = [{} for _ in hidden_dims]

        for name in self.params:
            self.params[name] = self.params[name].astype(dtype)

    def loss(self, X, y=None):
        """Return the scores, or with labels y the loss and a dictionary of its gradients.

        The loss includes self.reg/2 times the sum of the squared weights.
        """
        X = X.astype(self.dtype)
        mode = 'test' if y is None else 'train'
        if self.use_dropout:
            self.dropout_param['mode'] = mode
        if self.normalization == 'batchnorm':
            for bn_param in self.bn_params:
                bn_param['mode'] = mode

        scores = None
        # TODO: the forward pass through all layers
        pass
        # END OF TODO

        if mode == 'test':
            return scores

        loss, grads = None, {}
        # TODO: the loss with its penalty, and the backward pass
        pass
        # END OF TODO
        return loss, grads
