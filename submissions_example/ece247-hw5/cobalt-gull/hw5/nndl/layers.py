import numpy as np
from scipy.stats import norm


def affine_forward(x, w, b):
    out = np.einsum('nd,dm->nm', x.reshape(len(x), -1), w) + b[None, :]
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.einsum('nm,dm->nd', dout, w).reshape(x.shape)
    dw = np.einsum('nd,nm->dm', x.reshape(len(x), -1), dout)
    return dx, dw, np.ones(len(x)) @ dout


def relu_forward(x):
    return np.where(x > 0, x, 0.0), x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0.0)


def _jacobian(x_hat, std):
    """d x_hat[n, d] / d x[m, d] for every feature: (N, N, D)."""
    N = len(x_hat)
    eye = np.eye(N)[:, :, None]
    return (eye - 1.0 / N - x_hat[:, None, :] * x_hat[None, :, :] / N) / std


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    share = bn_param.get('momentum', 0.9)
    old_mean = bn_param.setdefault('running_mean', np.zeros(x.shape[1]))
    old_var = bn_param.setdefault('running_var', np.zeros(x.shape[1]))
    if bn_param['mode'] == 'test':
        slope = gamma / np.sqrt(old_var + eps)
        return slope * x + (beta - slope * old_mean), None
    mean, second = np.mean(x, axis=0), np.mean(x ** 2, axis=0)
    var = np.maximum(second - mean ** 2, 0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    bn_param['running_mean'] = share * old_mean + (1 - share) * mean
    bn_param['running_var'] = share * old_var + (1 - share) * var
    return x_hat * gamma + beta, (x_hat, std, gamma)


def batchnorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dx = np.einsum('nd,nmd->md', dout * gamma, _jacobian(x_hat, std))
    return dx, np.einsum('nd,nd->d', dout, x_hat), dout.sum(0)


def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    if dropout_param['mode'] == 'test':
        return x, (dropout_param, None)
    rng = np.random.RandomState(dropout_param.get('seed'))
    mask = rng.binomial(1, p, size=x.shape).astype(bool)
    out = np.zeros_like(x)
    out[mask] = x[mask] / p
    return out, (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if mask is None:
        return dout
    dx = np.zeros_like(dout)
    dx[mask] = dout[mask] / dropout_param['p']
    return dx


def softmax_loss(x, y):
    N, C = x.shape
    onehot = np.eye(C)[y]
    top = x.max(1)
    log_sum = top + np.log(np.exp(x - top[:, None]).sum(1))
    loss = np.mean(log_sum - (x * onehot).sum(1))
    return loss, (np.exp(x - log_sum[:, None]) - onehot) / N
