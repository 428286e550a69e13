import numpy as np


def sgd(x, dx, config=None):
    config = config or {}
    return x - config.setdefault('learning_rate', 1e-2) * dx, config


def sgd_momentum(w, dw, config=None):
    config = {'learning_rate': 1e-2, 'momentum': 0.9, 'velocity': 0 * w, **(config or {})}
    v = config['momentum'] * config['velocity'] - config['learning_rate'] * dw
    return w + v, {**config, 'velocity': v}


def rmsprop(x, dx, config=None):
    if config is None: config = {}
    lr, decay = config.get('learning_rate', 1e-2), config.get('decay_rate', 0.99)
    eps = config.get('epsilon', 1e-8)
    cache = config.get('cache', np.zeros(x.shape))
    next_x = np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        cache[i] = decay * cache[i] + (1 - decay) * dx[i] * dx[i]
        next_x[i] = x[i] - lr * dx[i] / (cache[i] ** 0.5 + eps)
    config['cache'] = cache
    return next_x, config


def adam(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault('learning_rate', 1e-3)
    config.setdefault('beta1', 0.9)
    config.setdefault('beta2', 0.999)
    config.setdefault('epsilon', 1e-8)
    config.setdefault('m', np.zeros_like(w))
    config.setdefault('v', np.zeros_like(w))
    config.setdefault('t', 0)
    config['t'] += 1
    config['m'] = config['beta1'] * config['m'] + (1 - config['beta1']) * dw
    config['v'] = config['beta2'] * config['v'] + (1 - config['beta2']) * dw ** 2
    m_hat = config['m'] / (1 - config['beta1'] ** config['t'])
    v_hat = config['v'] / (1 - config['beta2'] ** config['t'])
    next_w = w - config['learning_rate'] * m_hat / (np.sqrt(v_hat) + config['epsilon'])
    return next_w, config
