import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def flat(x):
    return x.reshape(len(x), -1)


def padded(x, pad):
    return np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])


def windows(x, height, width, stride):
    return sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]


def affine_forward(x, w, b):
    return np.einsum('nd,dm->nm', flat(x), w) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.einsum('nm,dm->nd', dout, w).reshape(x.shape)
    return dx, np.einsum('nd,nm->dm', flat(x), dout), np.ones(len(x)) @ dout


def relu_forward(x):
    return 0.5 * (x + np.abs(x)), x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0.0)


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, rho = bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    before = [bn_param.get(k, np.zeros(x.shape[1])) for k in ('running_mean', 'running_var')]
    if bn_param['mode'] == 'train':
        stats = [x.mean(axis=0), (x * x).mean(axis=0) - x.mean(axis=0) ** 2]
        after = [rho * old + (1 - rho) * new for old, new in zip(before, stats)]
    else:
        stats = after = before
    bn_param['running_mean'], bn_param['running_var'] = after
    root = (stats[1] + eps) ** 0.5
    x_hat = (x - stats[0]) / root
    return x_hat * gamma + beta, (x_hat, gamma, root)


def batchnorm_backward(dout, cache):
    x_hat, gamma, root = cache
    g = dout * gamma / root
    # the directions along 1 and along x_hat do not reach x
    dx = g - g.mean(axis=0) - x_hat * np.einsum('nd,nd->d', g, x_hat) / len(g)
    return dx, np.einsum('nd,nd->d', dout, x_hat), np.einsum('nd->d', dout)


batchnorm_backward_alt = batchnorm_backward


def layernorm_forward(x, gamma, beta, ln_param):
    # batch normalisation of the transpose, without running statistics
    one, zero = np.ones(len(x)), np.zeros(len(x))
    x_hat, cache = batchnorm_forward(x.T, one, zero, {'mode': 'train', 'eps': ln_param.get('eps', 1e-5)})
    return x_hat.T * gamma + beta, (x_hat.T, gamma, cache)


def layernorm_backward(dout, cache):
    x_hat, gamma, inner = cache
    dx, _, _ = batchnorm_backward((dout * gamma).T, inner)
    return dx.T, np.einsum('nd,nd->d', dout, x_hat), dout.sum(axis=0)


def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    np.random.seed(dropout_param.get('seed'))
    mask = np.random.binomial(1, p, size=x.shape) / p if dropout_param['mode'] == 'train' else 1.0
    return x * mask, (dropout_param, mask)


def dropout_backward(dout, cache):
    return dout * cache[1]


def conv_forward_naive(x, w, b, conv_param):
    seen = windows(padded(x, conv_param['pad']), *w.shape[2:], conv_param['stride'])
    out = np.einsum('nchwij,fcij->nfhw', seen, w) + b[:, None, None]
    return out, (x, w, b, conv_param)


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
    rows = np.moveaxis(x, 1, -1)
    out, cache = batchnorm_forward(rows.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return np.moveaxis(out.reshape(rows.shape), -1, 1), cache


def spatial_batchnorm_backward(dout, cache):
    rows = np.moveaxis(dout, 1, -1)
    dx, dgamma, dbeta = batchnorm_backward(rows.reshape(-1, dout.shape[1]), cache)
    return np.moveaxis(dx.reshape(rows.shape), -1, 1), dgamma, dbeta


def softmax_loss(x, y):
    lse = np.logaddexp.reduce(x, axis=1)
    onehot = np.eye(x.shape[1])[y]
    return np.mean(lse - (x * onehot).sum(axis=1)), (np.exp(x - lse[:, None]) - onehot) / len(x)
