"""Convolution and max pool for training: stride 1 with padding that keeps the size, 2x2 pool."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def _padded_windows(x, w, conv_param):
    """Return a view (N, C, H, W, K, K) of the window around every pixel."""
    stride, pad = int(conv_param['stride']), int(conv_param['pad'])
    if stride != 1 or w.shape[2:] != (2 * pad + 1, 2 * pad + 1):
        raise ValueError('the fast layers know stride 1 and padding that keeps the size')
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return sliding_window_view(padded, w.shape[2:], axis=(2, 3))


def conv_forward_fast(x, w, b, conv_param):
    """Return the convolution and its cache, as conv_forward_naive would."""
    seen = _padded_windows(x, w, conv_param)
    out = np.einsum('nchwij,fcij->nfhw', seen, w, optimize=True) + b[:, None, None]
    return out, (x, w, b, conv_param)


def conv_backward_fast(dout, cache):
    """Return the gradients dx, dw, db of conv_forward_fast."""
    x, w, b, conv_param = cache
    dw = np.einsum('nchwij,nfhw->fcij', _padded_windows(x, w, conv_param), dout, optimize=True)
    turned = w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    dx, _ = conv_forward_fast(dout, turned, np.zeros(len(turned)), conv_param)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def max_pool_forward_fast(x, pool_param):
    """Return the largest pixel of every 2x2 tile, and the cache."""
    N, C, H, W = x.shape
    sizes = {pool_param[name] for name in ('pool_height', 'pool_width', 'stride')}
    if sizes != {2} or H % 2 or W % 2:
        raise ValueError('the fast layers know the pool of 2x2 tiles of an even image')
    tiles = x.reshape(N, C, H // 2, 2, W // 2, 2)
    out = tiles.max(axis=(3, 5))
    return out, (tiles, out)


def max_pool_backward_fast(dout, cache):
    """Return the gradient of max_pool_forward_fast, shared where several pixels are the largest."""
    tiles, out = cache
    largest = tiles == out[:, :, :, None, :, None]
    shares = largest / largest.sum(axis=(3, 5), keepdims=True)
    N, C, rows, _, columns, _ = tiles.shape
    return (shares * dout[:, :, :, None, :, None]).reshape(N, C, 2 * rows, 2 * columns)
