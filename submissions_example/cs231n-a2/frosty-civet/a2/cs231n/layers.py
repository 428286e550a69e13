from __future__ import print_function
import numpy as np
from past.builtins import xrange


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(x.shape[0]):
        dx[n] = np.dot(w, dout[n]).reshape(x.shape[1:])
        dw += np.outer(x[n], dout[n])
        db += dout[n]
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    dx = np.array(dout)
    dx[cache <= 0] = 0
    return dx


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    N, D = x.shape
    running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get('running_var', np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if mode == 'train':
        mu = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mu) / std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == 'test':
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError('no such mode: %s' % mode)
    bn_param['running_mean'] = running_mean
    bn_param['running_var'] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * x_hat, axis=0) * -0.5 / std ** 2
    dmu = np.sum(-dx_hat / std, axis=0)
    dx = dx_hat / std + dvar * 2 * x_hat * std / N + dmu / N
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx = gamma / (N * std) * (N * dout - dbeta - x_hat * dgamma)
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
    return x * mask, (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param['mode'] == 'test':
        return dout
    return dout * mask


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
    return dimage[:, :, P:-P, P:-P], dw, db


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
    HH, WW, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    N, C, H_out, W_out = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    window = x[n, c, i * stride:i * stride + HH, j * stride:j * stride + WW]
                    a, e = np.unravel_index(np.argmax(window), window.shape)
                    dx[n, c, i * stride + a, j * stride + e] = dout[n, c, i, j]
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
    shifted = x - np.max(x, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
