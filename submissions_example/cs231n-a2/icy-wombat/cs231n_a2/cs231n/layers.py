from __future__ import print_function
import numpy as np
from past.builtins import xrange


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    keep = bn_param.get('momentum', 0.9)
    N, D = x.shape
    for name in ('running_mean', 'running_var'):
        if name not in bn_param:
            bn_param[name] = np.zeros(D)
    out = np.zeros((N, D))
    if bn_param['mode'] == 'test':
        for n in range(N):
            scaled = (x[n] - bn_param['running_mean']) / np.sqrt(bn_param['running_var'] + eps)
            out[n] = scaled * gamma + beta
        return out, None
    mean = sum(x[n] for n in range(N)) / N
    centred = x - mean
    var = sum(centred[n] ** 2 for n in range(N)) / N
    inverse = 1.0 / np.sqrt(var + eps)
    for d in range(D):
        out[:, d] = gamma[d] * centred[:, d] * inverse[d] + beta[d]
    bn_param['running_mean'] = keep * bn_param['running_mean'] + (1 - keep) * mean
    bn_param['running_var'] = keep * bn_param['running_var'] + (1 - keep) * var
    return out, (centred, inverse, gamma, var + eps)


def batchnorm_backward(dout, cache):
    centred, inverse, gamma, moment = cache
    N, D = dout.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    for n in range(N):
        dgamma += dout[n] * centred[n] * inverse
        dbeta += dout[n]
    for d in range(D):
        dnormal = dout[:, d] * gamma[d]
        dinverse = np.sum(dnormal * centred[:, d])
        dvar = -0.5 * dinverse * moment[d] ** -1.5
        dcentred = dnormal * inverse[d] + 2.0 * dvar * centred[:, d] / N
        dx[:, d] = dcentred - np.sum(dcentred) / N
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    centred, inverse, gamma, moment = cache
    normal = centred * inverse
    dbeta = dout.sum(0)
    dgamma = (dout * normal).sum(0)
    dx = (dout - dbeta / len(dout) - normal * dgamma / len(dout)) * gamma * inverse
    return dx, dgamma, dbeta


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get('eps', 1e-5)
    out, normal, inverse = np.zeros(x.shape), np.zeros(x.shape), np.zeros(len(x))
    for n in range(len(x)):
        centred = x[n] - np.mean(x[n])
        inverse[n] = 1.0 / np.sqrt(np.mean(centred ** 2) + eps)
        normal[n] = centred * inverse[n]
        out[n] = gamma * normal[n] + beta
    return out, (normal, inverse, gamma)


def layernorm_backward(dout, cache):
    normal, inverse, gamma = cache
    dx, dgamma, dbeta = np.zeros(dout.shape), np.zeros(gamma.shape), np.zeros(gamma.shape)
    D = dout.shape[1]
    for n in range(dout.shape[0]):
        dgamma += dout[n] * normal[n]
        dbeta += dout[n]
        d = dout[n] * gamma
        dx[n] = inverse[n] * (d - sum(d) / D - normal[n] * sum(d * normal[n]) / D)
    return dx, dgamma, dbeta


def dropout_forward(x, dropout_param):
    if dropout_param.get('seed') is not None:
        np.random.seed(dropout_param['seed'])
    if dropout_param['mode'] == 'test':
        return x.copy(), (dropout_param, None)
    mask = np.zeros(x.size)
    for i in range(x.size):
        if np.random.random() < dropout_param['p']:
            mask[i] = 1.0
    mask = mask.reshape(x.shape)
    return x * mask / dropout_param['p'], (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param['mode'] == 'test':
        return dout
    return dout / dropout_param['p'] * mask


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')
    out = np.zeros((N, F, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x_pad[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
            for f in range(F):
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    N, F, H_out, W_out = dout.shape
    F, C, HH, WW = w.shape
    H, W = x.shape[2:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for i in range(H_out):
        for j in range(W_out):
            rows, cols = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
            for f in range(F):
                d = dout[:, f, i, j][:, None, None, None]
                dw[f] += np.sum(x_pad[:, :, rows, cols] * d, axis=0)
                dx_pad[:, :, rows, cols] += w[f] * d
    dx = dx_pad[:, :, pad:pad + H, pad:pad + W]
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    HH, WW = pool_param['pool_height'], pool_param['pool_width']
    S = pool_param['stride']
    N, C, H, W = x.shape
    out = np.zeros((N, C, 1 + int((H - HH) / S), 1 + int((W - WW) / S)))
    for n, c, i, j in np.ndindex(*out.shape):
        best = -np.inf
        for a in range(HH):
            for e in range(WW):
                best = max(best, x[n, c, i * S + a, j * S + e])
        out[n, c, i, j] = best
    return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    HH, WW = pool_param['pool_height'], pool_param['pool_width']
    S = pool_param['stride']
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(*dout.shape):
        seen = x[n, c, i * S:i * S + HH, j * S:j * S + WW]
        dx[n, c, i * S:i * S + HH, j * S:j * S + WW] += dout[n, c, i, j] * (seen == seen.max())
    return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    eps, keep = bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    mean = np.array(bn_param.get('running_mean', np.zeros(C)))
    var = np.array(bn_param.get('running_var', np.zeros(C)))
    out, cache = np.zeros(x.shape), []
    for c in range(C):
        m, v = mean[c], var[c]
        if bn_param['mode'] == 'train':
            m, v = x[:, c].mean(), x[:, c].var()
            mean[c] = keep * mean[c] + (1 - keep) * m
            var[c] = keep * var[c] + (1 - keep) * v
        normal = (x[:, c] - m) / np.sqrt(v + eps)
        out[:, c] = gamma[c] * normal + beta[c]
        cache.append((normal, gamma[c], np.sqrt(v + eps)))
    bn_param['running_mean'], bn_param['running_var'] = mean, var
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    dx = np.zeros(dout.shape)
    dgamma, dbeta = np.zeros(len(cache)), np.zeros(len(cache))
    for c, (normal, gamma, root) in enumerate(cache):
        d = dout[:, c]
        dgamma[c], dbeta[c] = (d * normal).sum(), d.sum()
        dx[:, c] = gamma / root * (d - d.mean() - normal * (d * normal).mean())
    return dx, dgamma, dbeta


def softmax_loss(x, y):
    N = len(x)
    loss, dx = 0.0, np.zeros(x.shape)
    for n in range(N):
        e = np.exp(x[n] - max(x[n]))
        dx[n] = e / sum(e) / N
        loss -= np.log(e[y[n]] / sum(e)) / N
        dx[n, y[n]] -= 1.0 / N
    return loss, dx
