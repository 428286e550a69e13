"""Update rules, all built on two little helpers."""
import numpy as np


def _with_defaults(config, **defaults):
    return {**defaults, **(config or {})}


def _mean(old, new, share):
    return new + share * (old - new)


def sgd(w, dw, config=None):
    c = _with_defaults(config, learning_rate=1e-2)
    return w - c['learning_rate'] * dw, c


def sgd_momentum(w, dw, config=None):
    c = _with_defaults(config, learning_rate=1e-2, momentum=0.9, velocity=np.zeros_like(w))
    c['velocity'] = c['momentum'] * c['velocity'] - c['learning_rate'] * dw
    return w + c['velocity'], c


def sgd_nesterov_momentum(w, dw, config=None):
    c = _with_defaults(config, learning_rate=1e-2, momentum=0.9, velocity=np.zeros_like(w))
    mu, before = c['momentum'], c['velocity']
    after = mu * before - c['learning_rate'] * dw
    c['velocity'] = after
    return w + (1 + mu) * after - mu * before, c


def rmsprop(w, dw, config=None):
    c = _with_defaults(config, learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8, a=np.zeros_like(w))
    c['a'] = _mean(c['a'], np.square(dw), c['decay_rate'])
    return w - c['learning_rate'] * dw / (c['a'] ** 0.5 + c['epsilon']), c


def adam(w, dw, config=None):
    c = _with_defaults(config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8,
                       v=np.zeros_like(w), a=np.zeros_like(w), t=0)
    c['v'] = _mean(c['v'], dw, c['beta1'])
    c['a'] = _mean(c['a'], np.square(dw), c['beta2'])
    v = c['v'] / (1 - c['beta1'] ** (c['t'] + 1))
    a = c['a'] / (1 - c['beta2'] ** (c['t'] + 1))
    c['t'] = c['t'] + 1
    return w - c['learning_rate'] * v / (a ** 0.5 + c['epsilon']), c
