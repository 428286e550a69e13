import numpy as np
from nndl.layers import *
import pdb


def conv_forward_naive(x, w, b, conv_param):
  out = None
  pad = conv_param['pad']
  stride = conv_param['stride']

  N, C, H, W = x.shape
  F, _, HH, WW = w.shape
  H_out = 1 + (H + 2 * pad - HH) // stride
  W_out = 1 + (W + 2 * pad - WW) // stride
  xpad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
  out = np.zeros((N, F, H_out, W_out))
  for i in range(H_out):
    for j in range(W_out):
      window = xpad[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
      for f in range(F):
        out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + b[f]

  cache = (x, w, b, conv_param)
  return out, cache


def conv_backward_naive(dout, cache):
  dx, dw, db = None, None, None

  N, F, out_height, out_width = dout.shape
  x, w, b, conv_param = cache

  stride, pad = [conv_param['stride'], conv_param['pad']]
  xpad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
  num_filts, _, f_height, f_width = w.shape

  dxpad = np.zeros_like(xpad)
  dw = np.zeros_like(w)
  db = dout.sum(axis=(0, 2, 3))
  for i in range(out_height):
    for j in range(out_width):
      rows = slice(i * stride, i * stride + f_height)
      cols = slice(j * stride, j * stride + f_width)
      for f in range(num_filts):
        d = dout[:, f, i, j][:, None, None, None]
        dw[f] += np.sum(d * xpad[:, :, rows, cols], axis=0)
        dxpad[:, :, rows, cols] += d * w[f]
  dx = dxpad[:, :, pad:pad + x.shape[2], pad:pad + x.shape[3]]

  return dx, dw, db


def max_pool_forward_naive(x, pool_param):
  out = None

  N, C, H, W = x.shape
  ph, pw, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  H_out = (H - ph) // stride + 1
  W_out = (W - pw) // stride + 1
  out = np.zeros((N, C, H_out, W_out))
  for i in range(H_out):
    for j in range(W_out):
      out[:, :, i, j] = np.max(x[:, :, i * stride:i * stride + ph, j * stride:j * stride + pw], axis=(2, 3))

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

  N, C, H, W = x.shape
  flat = x.transpose(0, 2, 3, 1).reshape(N * H * W, C)
  out, cache = batchnorm_forward(flat, gamma, beta, bn_param)
  out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)

  return out, cache


def spatial_batchnorm_backward(dout, cache):
  dx, dgamma, dbeta = None, None, None

  N, C, H, W = dout.shape
  flat = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C)
  dx, dgamma, dbeta = batchnorm_backward(flat, cache)
  dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)

  return dx, dgamma, dbeta
