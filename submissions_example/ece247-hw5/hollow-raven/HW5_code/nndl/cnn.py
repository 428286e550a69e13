# hw 5, winter
import numpy as np
import matplotlib.pyplot as plt

from nndl.layers import *
from nndl.conv_layers import *
from cs231n.fast_layers import *
from nndl.layer_utils import *
from nndl.conv_layer_utils import *


class ThreeLayerConvNet(object):

  def __init__(self, input_dim=(3, 32, 32), num_filters=32, filter_size=7, hidden_dim=100,
               num_classes=10, weight_scale=1e-3, reg=0.0, dtype=np.float32, use_batchnorm=False):
    self.use_batchnorm = use_batchnorm
    self.params = {}
    self.reg = reg
    self.dtype = dtype
    C, H, W = input_dim
    shapes = {'W1': (num_filters, C, filter_size, filter_size),
              'W2': (num_filters * H * W // 4, hidden_dim),
              'W3': (hidden_dim, num_classes)}
    for name in shapes:
      self.params[name] = np.random.normal(0, weight_scale, shapes[name])
    for name, size in (('b1', num_filters), ('b2', hidden_dim), ('b3', num_classes)):
      self.params[name] = np.zeros(size)
    for k, v in self.params.items():
      self.params[k] = v.astype(dtype)

  def loss(self, X, y=None):
    p = self.params
    conv_param = {'stride': 1, 'pad': (p['W1'].shape[2] - 1) // 2}
    pool_param = {'pool_height': 2, 'pool_width': 2, 'stride': 2}

    # every layer by itself, with my own naive ones: slow, but I know what they do
    pre1, conv_cache = conv_forward_naive(X, p['W1'], p['b1'], conv_param)
    act1, relu1_cache = relu_forward(pre1)
    h1, pool_cache = max_pool_forward_naive(act1, pool_param)
    pre2, affine2_cache = affine_forward(h1, p['W2'], p['b2'])
    a2, relu2_cache = relu_forward(pre2)
    scores, affine3_cache = affine_forward(a2, p['W3'], p['b3'])
    if y is None:
      return scores

    loss, d = softmax_loss(scores, y)
    grads = {}
    d, grads['W3'], grads['b3'] = affine_backward(d, affine3_cache)
    d = relu_backward(d, relu2_cache)
    d, grads['W2'], grads['b2'] = affine_backward(d, affine2_cache)
    d = max_pool_backward_naive(d, pool_cache)
    d = relu_backward(d, relu1_cache)
    d, grads['W1'], grads['b1'] = conv_backward_naive(d, conv_cache)
    for name in ('W2', 'W3'):
      loss = loss + self.reg / 2.0 * np.sum(p[name] ** 2)
      grads[name] = grads[name] + self.reg * p[name]
    return loss, grads
