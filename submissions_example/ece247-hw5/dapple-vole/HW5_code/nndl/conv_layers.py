# ECE C247 hw5
import numpy as np
from past.builtins import xrange
from nndl.layers import *


def zero_pad(img, p):
  C, H, W = img.shape
  bigger = np.zeros((C, H + 2 * p, W + 2 * p))
  bigger[:, p:p + H, p:p + W] = img
  return bigger


def conv_forward_naive(x, w, b, conv_param):
  s, p = conv_param['stride'], conv_param['pad']
  N, C, H, W = x.shape
  F, C, HH, WW = w.shape
  rows = int(1 + (H + 2 * p - HH) / s)
  columns = int(1 + (W + 2 * p - WW) / s)
  out = np.zeros([N, F, rows, columns])
  for n in xrange(N):
    img = zero_pad(x[n], p)
    for f in xrange(F):
      for i in xrange(rows):
        for j in xrange(columns):
          window = img[:, i:i + HH, j:j + WW]
          out[n, f, i, j] = np.sum(window * w[f]) + b[f]
  print('convolved %d images' % N)
  return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
  x, w, b, conv_param = cache
  s, p = conv_param['stride'], conv_param['pad']
  N, C, H, W = x.shape
  F, C, HH, WW = w.shape
  dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(F)
  for n in xrange(N):
    img = zero_pad(x[n], p)
    dimg = np.zeros(img.shape)
    for f in xrange(F):
      for i in xrange(dout.shape[2]):
        for j in xrange(dout.shape[3]):
          top, left = i, j
          dw[f] += dout[n, f, i, j] * img[:, top:top + HH, left:left + WW]
          dimg[:, top:top + HH, left:left + WW] += dout[n, f, i, j] * w[f]
          db[f] += dout[n, f, i, j]
    dx[n] = dimg[:, p:p + H, p:p + W]
  return dx, dw, db


def max_pool_forward_naive(x, pool_param):
  height, width, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  N, C, H, W = x.shape
  out = np.zeros([N, C, int(1 + (H - height) / s), int(1 + (W - width) / s)])
  for n in xrange(N):
    for c in xrange(C):
      for i in xrange(out.shape[2]):
        for j in xrange(out.shape[3]):
          out[n, c, i, j] = np.max(x[n, c, s * i:s * i + height, s * j:s * j + width])
  return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
  x, pool_param = cache
  height, width, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  dx = np.zeros(x.shape)
  for n in xrange(dout.shape[0]):
    for c in xrange(dout.shape[1]):
      for i in xrange(dout.shape[2]):
        for j in xrange(dout.shape[3]):
          window = x[n, c, s * i:s * i + height, s * j:s * j + width]
          u, v = np.unravel_index(np.argmax(window), window.shape)
          dx[n, c, s * i + u, s * j + v] += dout[n, c, i, j]
  return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
  N, C, H, W = x.shape
  # a long list of list_of_pixels, each with its C channels
  list_of_pixels = np.zeros((N * H * W, C))
  for c in xrange(C):
    list_of_pixels[:, c] = np.ravel(x[:, c])
  normalized, cache = batchnorm_forward(list_of_pixels, gamma, beta, bn_param)
  out = np.zeros(x.shape)
  for c in xrange(C):
    out[:, c] = np.reshape(normalized[:, c], (N, H, W))
  return out, cache


def spatial_batchnorm_backward(dout, cache):
  N, C, H, W = dout.shape
  dpixels = np.zeros((N * H * W, C))
  for c in xrange(C):
    dpixels[:, c] = np.ravel(dout[:, c])
  d, dgamma, dbeta = batchnorm_backward(dpixels, cache)
  dx = np.zeros(dout.shape)
  for c in xrange(C):
    dx[:, c] = np.reshape(d[:, c], (N, H, W))
  return dx, dgamma, dbeta
