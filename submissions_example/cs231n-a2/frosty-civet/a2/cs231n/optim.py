import numpy as np


def sgd(w, dw, config=None):
    config = {'learning_rate': 1e-2, **(config or {})}
    return w - config['learning_rate'] * dw, config


def sgd_momentum(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('momentum', 0.9)
    v = config.get('velocity', np.zeros_like(w))
    v = config['momentum'] * v - config['learning_rate'] * dw
    next_w = w + v
    config['velocity'] = v
    return next_w, config


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
    c = {'learning_rate': 1e-3, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8,
         'm': 0 * w, 'v': 0 * w, 't': 0, **(config or {})}
    c['t'] += 1
    c['m'] = c['m'] + (1 - c['beta1']) * (dw - c['m'])
    c['v'] = c['v'] + (1 - c['beta2']) * (dw ** 2 - c['v'])
    m, v = (c[k] / (1 - c[b] ** c['t']) for k, b in (('m', 'beta1'), ('v', 'beta2')))
    return w - c['learning_rate'] * m / (v ** 0.5 + c['epsilon']), c
