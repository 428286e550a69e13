"""Convolution and max pooling without loops over pixels, for networks that are to be trained."""
import numpy as np

try:
    from .im2col_cython_ext import col2im_cython, im2col_cython
except ImportError:
    print('the extension has to be compiled first: python setup.py build_ext --inplace')


def conv_forward_fast(x, w, b, conv_param):
    """Return what conv_forward_naive returns, and a cache of its own."""
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    stride, pad = conv_param['stride'], conv_param['pad']
    HO, WO = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    cols = im2col_cython(x, HH, WW, pad, stride)
    out = w.reshape(F, -1).dot(cols) + b.reshape(-1, 1)
    return out.reshape(F, HO, WO, N).transpose(3, 0, 1, 2), (x.shape, w, conv_param, cols)


def conv_backward_fast(dout, cache):
    """Return the gradients dx, dw, db."""
    (N, C, H, W), w, conv_param, cols = cache
    F, _, HH, WW = w.shape
    rows = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dcols = w.reshape(F, -1).T.dot(rows)
    dx = col2im_cython(dcols, N, C, H, W, HH, WW, conv_param['pad'], conv_param['stride'])
    return dx, rows.dot(cols.T).reshape(w.shape), dout.sum(axis=(0, 2, 3))


def max_pool_forward_fast(x, pool_param):
    """Return what max_pool_forward_naive returns, and a cache of its own."""
    N, C, H, W = x.shape
    HH, WW, stride = (pool_param[name] for name in ('pool_height', 'pool_width', 'stride'))
    HO, WO = 1 + (H - HH) // stride, 1 + (W - WW) // stride
    cols = im2col_cython(x.reshape(N * C, 1, H, W), HH, WW, 0, stride)
    winners = cols.argmax(axis=0)
    out = cols[winners, np.arange(cols.shape[1])].reshape(HO, WO, N, C)
    return out.transpose(2, 3, 0, 1), (x.shape, pool_param, cols.shape, winners)


def max_pool_backward_fast(dout, cache):
    """Return the gradient dx."""
    (N, C, H, W), pool_param, shape, winners = cache
    dcols = np.zeros(shape, dtype=dout.dtype)
    dcols[winners, np.arange(shape[1])] = dout.transpose(2, 3, 0, 1).ravel()
    HH, WW, stride = (pool_param[name] for name in ('pool_height', 'pool_width', 'stride'))
    return col2im_cython(dcols, N * C, 1, H, W, HH, WW, 0, stride).reshape(N, C, H, W)
