"""Update rules: each takes a parameter w, its gradient dw and a config, returns w and config anew.

What a rule remembers from step to step stands in its config, under the names that it says.
"""
import numpy as np


def sgd(w, dw, config=None):
    """Return w - learning_rate * dw, and the config."""
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-2)
    return w - config['learning_rate'] * dw, config


def sgd_momentum(w, dw, config=None):
    """Return the step with momentum, and the config.

    config: learning_rate; momentum, the share of the velocity that is kept; velocity, in the
    shape of w, of the step before
    """
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('momentum', 0.9)
    v = config.get('velocity', np.zeros_like(w))

    next_w = None
    # TODO: the new velocity v, and the new w
    pass
    # END OF TODO

    config['velocity'] = v
    return next_w, config


def rmsprop(w, dw, config=None):
    """Return the step of RMSProp, and the config.

    config: learning_rate; decay_rate, the share of the cache that is kept; epsilon, added to the
    root; cache, the running mean of squared gradients
    """
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('decay_rate', 0.99)
    config.setdefault('epsilon', 1e-8)
    config.setdefault('cache', np.zeros_like(w))

    next_w = None
    # TODO: the new config['cache'], and the new w
    pass
    # END OF TODO
    return next_w, config


def adam(w, dw, config=None):
    """Return the step of Adam with its bias correction, and the config.

    config: learning_rate; beta1 and beta2, the shares of m and v that are kept; epsilon, added
    to the root; m and v, running means of the gradients and of their squares; t, the steps taken.
    Count this step in t first, then use it.
    """
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-3)
    config.setdefault('beta1', 0.9)
    config.setdefault('beta2', 0.999)
    config.setdefault('epsilon', 1e-8)
    config.setdefault('m', np.zeros_like(w))
    config.setdefault('v', np.zeros_like(w))
    config.setdefault('t', 0)

    next_w = None
    # TODO: the new config['m'], config['v'] and config['t'], and the new w
    pass
    # END OF TODO
    return next_w, config
