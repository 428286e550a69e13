"""Convolution as one matrix product: an index array says which pixel stands in which window."""
import numpy as np


def _indices(H, W, HH, WW, stride):
    """Flat pixel numbers of every window: (HO * WO, HH * WW), and the output's size."""
    HO, WO = (H - HH) // stride + 1, (W - WW) // stride + 1
    corners = (stride * np.arange(HO))[:, None] * W + stride * np.arange(WO)
    inside = np.arange(HH)[:, None] * W + np.arange(WW)
    return corners.reshape(-1, 1) + inside.reshape(1, -1), (HO, WO)


def _padded(x, pad):
    return np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])


def conv_forward_naive(x, w, b, conv_param):
    N, C = x.shape[:2]
    F, _, HH, WW = w.shape
    image = _padded(x, conv_param['pad'])
    where, size = _indices(*image.shape[2:], HH, WW, conv_param['stride'])
    columns = image.reshape(N, C, -1)[:, :, where]
    out = np.einsum('nclk,fck->nfl', columns, w.reshape(F, C, -1)) + b.reshape(1, F, 1)
    return out.reshape(N, F, *size), (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    N, C = x.shape[:2]
    F, _, HH, WW = w.shape
    pad = conv_param['pad']
    image = _padded(x, pad)
    where, _ = _indices(*image.shape[2:], HH, WW, conv_param['stride'])
    columns = image.reshape(N, C, -1)[:, :, where]
    d = dout.reshape(N, F, -1)
    dw = np.einsum('nfl,nclk->fck', d, columns).reshape(w.shape)
    dcolumns = np.einsum('nfl,fck->nclk', d, w.reshape(F, C, -1))
    dimage = np.zeros((N, C, image.shape[2] * image.shape[3]))
    np.add.at(dimage, (slice(None), slice(None), where), dcolumns)
    H, W = x.shape[2:]
    dx = dimage.reshape(image.shape)[:, :, pad:pad + H, pad:pad + W]
    return dx, dw, d.sum(axis=(0, 2))


def max_pool_forward_naive(x, pool_param):
    N, C, H, W = x.shape
    where, size = _indices(H, W, pool_param['pool_height'], pool_param['pool_width'], pool_param['stride'])
    windows = x.reshape(N, C, -1)[:, :, where]
    winners = np.take_along_axis(where[None, None], windows.argmax(-1)[..., None], axis=-1)[..., 0]
    return windows.max(-1).reshape(N, C, *size), (x.shape, winners)


def max_pool_backward_naive(dout, cache):
    shape, winners = cache
    N, C = shape[:2]
    dx = np.zeros((N, C, shape[2] * shape[3]))
    n, c = np.arange(N)[:, None, None], np.arange(C)[None, :, None]
    np.add.at(dx, (n, c, winners), dout.reshape(N, C, -1))
    return dx.reshape(shape)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    per_channel = lambda v: np.reshape(v, (1, -1, 1, 1))
    eps, share = bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    mean = bn_param.get('running_mean', np.zeros(x.shape[1]))
    var = bn_param.get('running_var', np.zeros(x.shape[1]))
    if bn_param['mode'] == 'train':
        now, spread = x.mean((0, 2, 3)), x.var((0, 2, 3))
        bn_param['running_mean'] = share * mean + (1 - share) * now
        bn_param['running_var'] = share * var + (1 - share) * spread
        mean, var = now, spread
    x_hat = (x - per_channel(mean)) / per_channel(np.sqrt(var + eps))
    return per_channel(gamma) * x_hat + per_channel(beta), (x_hat, np.sqrt(var + eps), gamma)


def spatial_batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    axes = (0, 2, 3)
    dbeta, dgamma = dout.sum(axes), (dout * x_hat).sum(axes)
    count = dout.size / dout.shape[1]
    dx = dout - (dbeta[:, None, None] + x_hat * dgamma[:, None, None]) / count
    return dx * (gamma / std)[:, None, None], dgamma, dbeta
