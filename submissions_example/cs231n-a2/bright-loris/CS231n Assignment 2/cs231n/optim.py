import numpy as np


def sgd(x, dx, config=None):
    config = config or {}
    return x - config.setdefault('learning_rate', 1e-2) * dx, config


def sgd_momentum(x, dx, config=None):
    if config is None: config = {}
    v = config.get('velocity')
    if v is None:
        v = np.zeros(x.shape)
    v *= config.get('momentum', 0.9)
    v -= config.get('learning_rate', 1e-2) * dx
    config['velocity'] = v
    return x + v, config


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


def adam(x, dx, config=None):
    if config is None: config = {}
    lr, eps = config.get('learning_rate', 1e-3), config.get('epsilon', 1e-8)
    b1, b2 = config.get('beta1', 0.9), config.get('beta2', 0.999)
    m = b1 * config.get('m', 0.0) + (1 - b1) * dx
    v = b2 * config.get('v', 0.0) + (1 - b2) * dx * dx
    t = config.get('t', 0) + 1
    config.update(m=m, v=v, t=t)
    # the correction as one factor of the learning rate
    rate = lr * np.sqrt(1 - b2 ** t) / (1 - b1 ** t)
    return x - rate * m / (np.sqrt(v) + eps * np.sqrt(1 - b2 ** t)), config
