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


def rmsprop(w, dw, config=None):
    config = {'learning_rate': 1e-2, 'decay_rate': 0.99, 'epsilon': 1e-8, 'cache': 0 * w, **(config or {})}
    config['cache'] = np.average([config['cache'], dw ** 2], axis=0,
                                 weights=[config['decay_rate'], 1 - config['decay_rate']])
    return w - config['learning_rate'] * dw / (config['epsilon'] + config['cache'] ** 0.5), config


def adam(w, dw, config=None):
    c = {'learning_rate': 1e-3, 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8,
         'm': 0 * w, 'v': 0 * w, 't': 0, **(config or {})}
    c['t'] += 1
    c['m'] = c['m'] + (1 - c['beta1']) * (dw - c['m'])
    c['v'] = c['v'] + (1 - c['beta2']) * (dw ** 2 - c['v'])
    m, v = (c[k] / (1 - c[b] ** c['t']) for k, b in (('m', 'beta1'), ('v', 'beta2')))
    return w - c['learning_rate'] * m / (v ** 0.5 + c['epsilon']), c
