import numpy as np


def sgd(w, dw, config=None):
    config = {'learning_rate': 1e-2, **(config or {})}
    return w - config['learning_rate'] * dw, config


def sgd_momentum(w, dw, config=None):
    config = {'learning_rate': 1e-2, 'momentum': 0.9, 'velocity': 0 * w, **(config or {})}
    v = config['momentum'] * config['velocity'] - config['learning_rate'] * dw
    return w + v, {**config, 'velocity': v}


def rmsprop(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('decay_rate', 0.99)
    config.setdefault('epsilon', 1e-8)
    config.setdefault('cache', np.zeros_like(w))
    decay = config['decay_rate']
    config['cache'] = decay * config['cache'] + (1 - decay) * dw ** 2
    next_w = w - config['learning_rate'] * dw / (np.sqrt(config['cache']) + config['epsilon'])
    return next_w, config


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
