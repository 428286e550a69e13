import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def flat(x):
    return x.reshape(len(x), -1)


def padded(x, pad):
    return np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])


def windows(x, height, width, stride):
    return sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]


def affine_forward(x, w, b):
    N = x.shape[0]
    rows = np.reshape(x, (N, -1))
    out = np.zeros((N, w.shape[1]))
    for n in range(N):
        out[n] = np.dot(rows[n], w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.einsum('nm,dm->nd', dout, w).reshape(x.shape)
    return dx, np.einsum('nd,nm->dm', flat(x), dout), np.ones(len(x)) @ dout


def relu_forward(x):
    return 0.5 * (x + np.abs(x)), x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0.0)


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
    mu = np.mean(x, axis=1, keepdims=True)
    std = np.sqrt(np.var(x, axis=1, keepdims=True) + eps)
    x_hat = (x - mu) / std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, std)
    return out, cache


def layernorm_backward(dout, cache):
    x_hat, gamma, std = cache
    dgamma = np.sum(dout * x_hat, axis=1)
    dbeta = np.sum(dout, axis=1)
    dx_hat = dout * gamma
    dx = dx_hat - np.mean(dx_hat, axis=1, keepdims=True)
    dx = (dx - x_hat * np.mean(dx_hat * x_hat, axis=1, keepdims=True)) / std
    return dx, dgamma, dbeta


def dropout_forward(x, dropout_param):
    p, mode = dropout_param['p'], dropout_param['mode']
    if 'seed' in dropout_param:
        np.random.seed(dropout_param['seed'])
    mask = None
    out = None
    if mode == 'train':
        mask = (np.random.rand(x.shape[1]) < p) / p
        out = x * mask
    elif mode == 'test':
        out = x
    cache = (dropout_param, mask)
    return out.astype(x.dtype, copy=False), cache


def dropout_backward(dout, cache):
    return dout * cache[1]


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
            window = x_pad[:, :, i:i + HH, j:j + WW]
            for f in range(F):
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    S, P = conv_param['stride'], conv_param['pad']
    image = padded(x, P)
    dw = np.einsum('nchwij,nfhw->fcij', windows(image, *w.shape[2:], S), dout)
    dimage = np.zeros(image.shape)
    HO, WO = dout.shape[2:]
    for i, j in np.ndindex(*w.shape[2:]):
        dimage[:, :, i:i + S * HO:S, j:j + S * WO:S] += np.einsum('nfhw,fc->nchw', dout, w[:, :, i, j])
    return dimage[:, :, P:P + x.shape[2], P:P + x.shape[3]], dw, np.einsum('nfhw->f', dout)


def max_pool_forward_naive(x, pool_param):
    HH, WW, S = (pool_param[k] for k in ('pool_height', 'pool_width', 'stride'))
    return windows(x, HH, WW, S).max(axis=(-2, -1)), (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    HH, WW, S = (pool_param[k] for k in ('pool_height', 'pool_width', 'stride'))
    HO, WO = dout.shape[2:]
    seen = windows(x, HH, WW, S)
    winner = seen.reshape(*dout.shape, -1).argmax(axis=-1)
    dx = np.zeros(x.shape)
    for k, (i, j) in enumerate(np.ndindex(HH, WW)):
        dx[:, :, i:i + S * (HO - 1) + 1:S, j:j + S * (WO - 1) + 1:S] += dout * (winner == k)
    return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, dgamma, dbeta


def softmax_loss(x, y):
    lse = np.logaddexp.reduce(x, axis=1)
    onehot = np.eye(x.shape[1])[y]
    return np.mean(lse - (x * onehot).sum(axis=1)), (np.exp(x - lse[:, None]) - onehot) / len(x)
