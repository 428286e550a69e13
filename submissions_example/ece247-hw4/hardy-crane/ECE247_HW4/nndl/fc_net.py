# my hw4
import numpy as np
from past.builtins import xrange

from nndl.layers import *
from nndl.layer_utils import *


class FullyConnectedNet(object):

  def __init__(self, hidden_dims, input_dim=3*32*32, num_classes=10, dropout=0,
               use_batchnorm=False, reg=0.0, weight_scale=1e-2, dtype=np.float32, seed=None):
    self.use_batchnorm = use_batchnorm
    self.use_dropout = dropout > 0
    self.reg = reg
    self.num_layers = 1 + len(hidden_dims)
    self.dtype = dtype
    self.params = {}
    before = input_dim
    for i in xrange(self.num_layers):
      after = num_classes if i == self.num_layers - 1 else hidden_dims[i]
      self.params['W' + str(i + 1)] = np.random.normal(0, weight_scale, (before, after))
      self.params['b' + str(i + 1)] = np.zeros(after)
      if use_batchnorm and i < self.num_layers - 1:
        self.params['gamma' + str(i + 1)] = np.ones(after)
        self.params['beta' + str(i + 1)] = np.zeros(after)
      before = after
    self.dropout_param = {}
    if self.use_dropout:
      self.dropout_param = {'mode': 'train', 'p': dropout}
      if seed is not None:
        self.dropout_param['seed'] = seed
    self.bn_params = []
    if self.use_batchnorm:
      self.bn_params = [{'mode': 'train'} for i in xrange(self.num_layers - 1)]
    for k, v in self.params.items():
      self.params[k] = v.astype(dtype)

  def loss(self, X, y=None):
    X = X.astype(self.dtype)
    mode = 'test' if y is None else 'train'
    if self.use_dropout:
      self.dropout_param['mode'] = mode
    if self.use_batchnorm:
      for bn_param in self.bn_params:
        bn_param['mode'] = mode

    # a history: what goes in first comes out last
    history = []
    out = X
    for i in xrange(1, self.num_layers + 1):
      out, cache = affine_forward(out, self.params['W' + str(i)], self.params['b' + str(i)])
      history.append(cache)
      if i == self.num_layers:
        if self.use_dropout and mode == 'train':
          out, cache = dropout_forward(out, self.dropout_param)
          history.append(cache)
        break
      if self.use_batchnorm:
        out, cache = batchnorm_forward(out, self.params['gamma' + str(i)],
                                       self.params['beta' + str(i)], self.bn_params[i - 1])
        history.append(cache)
      out, cache = relu_forward(out)
      history.append(cache)
      if self.use_dropout:
        out, cache = dropout_forward(out, self.dropout_param)
        history.append(cache)
    scores = out
    if mode == 'test':
      return scores

    loss, d = softmax_loss(scores, y)
    grads = {}
    for i in xrange(self.num_layers, 0, -1):
      if self.use_dropout:
        d = dropout_backward(d, history.pop())
      if i < self.num_layers:
        d = relu_backward(d, history.pop())
        if self.use_batchnorm:
          d, dgamma, dbeta = batchnorm_backward(d, history.pop())
          grads['gamma' + str(i)] = dgamma
          grads['beta' + str(i)] = dbeta
      d, dW, db = affine_backward(d, history.pop())
      W = self.params['W' + str(i)]
      loss = loss + self.reg / 2.0 * np.sum(W ** 2)
      grads['W' + str(i)] = dW + self.reg * W
      grads['b' + str(i)] = db
    return loss, grads
