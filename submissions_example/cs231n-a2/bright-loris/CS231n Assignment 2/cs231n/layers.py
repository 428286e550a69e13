from __future__ import print_function
import numpy as np
from past.builtins import xrange


def affine_forward(x, w, b):
    N = x.shape[0]
    rows = np.reshape(x, (N, -1))
    out = np.zeros((N, w.shape[1]))
    for n in range(N):
        out[n] = np.dot(rows[n], w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(x.shape[0]):
        dx[n] = np.dot(w, dout[n]).reshape(x.shape[1:])
        dw += np.outer(x[n], dout[n])
        db += dout[n]
    return dx, dw, db


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x


def relu_backward(dout, cache):
    dx = np.array(dout)
    dx[cache <= 0] = 0
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
    S, P = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    HO, WO = 1 + int((H + 2 * P - HH) / S), 1 + int((W + 2 * P - WW) / S)
    image = np.zeros((N, C, H + 2 * P, W + 2 * P))
    image[:, :, P:P + H, P:P + W] = x
    out = np.zeros((N, F, HO, WO))
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    seen = image[n, :, i * S:i * S + HH, j * S:j * S + WW]
                    out[n, f, i, j] = np.sum(seen * w[f]) + b[f]
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    S, P = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    image = np.zeros((N, C, H + 2 * P, W + 2 * P))
    image[:, :, P:P + H, P:P + W] = x
    dimage, dw, db = np.zeros(image.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    d = dout[n, f, i, j]
                    db[f] += d
                    dw[f] += d * image[n, :, i * S:i * S + HH, j * S:j * S + WW]
                    dimage[n, :, i * S:i * S + HH, j * S:j * S + WW] += d * w[f]
    return dimage[:, :, P:H + P, P:W + P], dw, db


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
