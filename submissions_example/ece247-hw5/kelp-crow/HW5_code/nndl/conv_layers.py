# pooling first
import numpy as np
from nndl.layers import *
import pdb


def conv_forward_naive(x, w, b, conv_param):
  out = None
  pad = conv_param['pad']
  stride = conv_param['stride']

  cache = (x, w, b, conv_param)
  return out, cache


def conv_backward_naive(dout, cache):
  dx, dw, db = None, None, None

  N, F, out_height, out_width = dout.shape
  x, w, b, conv_param = cache

  stride, pad = [conv_param['stride'], conv_param['pad']]
  xpad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
  num_filts, _, f_height, f_width = w.shape


  return dx, dw, db


def max_pool_forward_naive(x, pool_param):
  out = None

  N, C, H, W = x.shape
  height, width, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  H_out = (H - height) // stride + 1
  W_out = (W - width) // stride + 1
  out = np.zeros((N, C, H_out, W_out))
  for i in range(H_out):
    for j in range(W_out):
      out[:, :, i, j] = np.max(x[:, :, i * stride:i * stride + height, j * stride:j * stride + width], axis=(2, 3))

  cache = (x, pool_param)
  return out, cache


def max_pool_backward_naive(dout, cache):
  dx = None
  x, pool_param = cache
  pool_height, pool_width, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']

  dx = np.zeros_like(x)
  for i in range(dout.shape[2]):
    for j in range(dout.shape[3]):
      rows = slice(i * stride, i * stride + pool_height)
      cols = slice(j * stride, j * stride + pool_width)
      window = x[:, :, rows, cols]
      mask = window == np.max(window, axis=(2, 3), keepdims=True)
      dx[:, :, rows, cols] += mask * dout[:, :, i, j][:, :, None, None]

  return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
  out, cache = None, None


  return out, cache


def spatial_batchnorm_backward(dout, cache):
  dx, dgamma, dbeta = None, None, None


  return dx, dgamma, dbeta
