# ECE C247 hw5
import numpy as np
from past.builtins import xrange
import matplotlib.pyplot as plt


def affine_forward(x, w, b):
  rows = [np.ravel(x[n]) for n in xrange(x.shape[0])]
  flat = np.array(rows)
  out = np.zeros((x.shape[0], w.shape[1]))
  for n in xrange(x.shape[0]):
    out[n] = np.dot(flat[n], w) + b
  return out, (x, w, b)


def affine_backward(dout, cache):
  x, w, b = cache
  dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
  for n in xrange(x.shape[0]):
    dx[n] = np.reshape(np.dot(w, dout[n]), x[n].shape)
    dw += np.outer(np.ravel(x[n]), dout[n])
    db += dout[n]
  return dx, dw, db


def relu_forward(x):
  out = x.copy()
  out[out < 0] = 0
  return out, x


def relu_backward(dout, cache):
  dx = dout.copy()
  dx[cache < 0] = 0
  return dx


def batchnorm_forward(x, gamma, beta, bn_param):
  mode = bn_param['mode']
  eps = bn_param.get('eps', 1e-5)
  momentum = bn_param.get('momentum', 0.9)
  N, D = x.shape
  running_mean = bn_param.get('running_mean', np.zeros(D))
  running_var = bn_param.get('running_var', np.zeros(D))
  cache = {}
  if mode == 'train':
    # step by step, as in the computational graph
    mean = np.sum(x, axis=0) / float(N)
    centered = x - mean
    squared = centered ** 2
    variance = np.sum(squared, axis=0) / float(N)
    std = np.sqrt(variance + eps)
    inverse = 1.0 / std
    normalized = centered * inverse
    out = normalized * gamma + beta
    print('batch of %d, mean %s' % (N, mean))
    running_mean = momentum * running_mean + (1.0 - momentum) * mean
    running_var = momentum * running_var + (1.0 - momentum) * variance
    cache = {'centered': centered, 'std': std, 'inverse': inverse, 'normalized': normalized, 'gamma': gamma}
  else:
    out = np.zeros((N, D))
    for n in xrange(N):
      out[n] = gamma * (x[n] - running_mean) / np.sqrt(running_var + eps) + beta
  bn_param['running_mean'] = running_mean
  bn_param['running_var'] = running_var
  return out, cache


def batchnorm_backward(dout, cache):
  N, D = dout.shape
  centered, std, inverse = cache['centered'], cache['std'], cache['inverse']
  dbeta = np.sum(dout, axis=0)
  dgamma = np.sum(dout * cache['normalized'], axis=0)
  dnormalized = dout * cache['gamma']
  dinverse = np.sum(dnormalized * centered, axis=0)
  dcentered = dnormalized * inverse
  dstd = -dinverse / std ** 2
  dvariance = 0.5 * dstd / std
  dsquared = np.ones((N, D)) * dvariance / N
  dcentered = dcentered + 2 * centered * dsquared
  dmean = -np.sum(dcentered, axis=0)
  dx = dcentered + np.ones((N, D)) * dmean / N
  return dx, dgamma, dbeta


def dropout_forward(x, dropout_param):
  p = dropout_param['p']
  mode = dropout_param['mode']
  if 'seed' in dropout_param:
    np.random.seed(dropout_param['seed'])
  mask = None
  if mode == 'train':
    mask = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
      if np.random.uniform() < p:
        mask[index] = 1
    out = x * mask / p
  else:
    out = x.copy()
  return out, (dropout_param, mask)


def dropout_backward(dout, cache):
  dropout_param, mask = cache
  if dropout_param['mode'] == 'train':
    return dout * mask / dropout_param['p']
  return dout


def softmax_loss(x, y):
  N = x.shape[0]
  loss, dx = 0.0, np.zeros(x.shape)
  for n in xrange(N):
    e = np.exp(x[n] - np.max(x[n]))
    prob = e / np.sum(e)
    loss -= np.log(prob[y[n]])
    dx[n] = prob
    dx[n, y[n]] -= 1
  return loss / N, dx / N
