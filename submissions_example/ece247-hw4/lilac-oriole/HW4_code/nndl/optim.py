"""Question 1: update rules.

Each takes a parameter w, the gradient dw of the loss in it, and a config: a dictionary of its
numbers and of what it remembers. It returns the new parameter and the config for the next step.
"""
import numpy as np


def sgd(w, dw, config=None):
    """Return w - learning_rate * dw, and the config."""
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-2)
    return w - config['learning_rate'] * dw, config


def sgd_momentum(w, dw, config=None):
    """Return the step of stochastic gradient descent with momentum.

    config: learning_rate, momentum (the share of the velocity that is kept),
        velocity (as w; the running sum of steps)
    """
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('momentum', 0.9)
    v = config.get('velocity', np.zeros_like(w))

    next_w = None
    # TODO: the new velocity v, and the step along it
    pass
    # END OF TODO

    config['velocity'] = v
    return next_w, config


def sgd_nesterov_momentum(w, dw, config=None):
    """Return the step of Nesterov's momentum, w being the point that is looked ahead to.

    config: learning_rate, momentum, velocity, as in sgd_momentum
    """
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('momentum', 0.9)
    v = config.get('velocity', np.zeros_like(w))

    next_w = None
    # TODO: the new velocity v, and a step that uses the old one as well
    pass
    # END OF TODO

    config['velocity'] = v
    return next_w, config


def rmsprop(w, dw, config=None):
    """Return the step of RMSProp.

    config: learning_rate, decay_rate (the share of the past in the running mean), epsilon,
        a (as w; the running mean of squared gradients)
    """
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('decay_rate', 0.99)
    config.setdefault('epsilon', 1e-8)
    config.setdefault('a', np.zeros_like(w))

    next_w = None
    # TODO: the running mean config['a'], and the step
    pass
    # END OF TODO

    return next_w, config


def adam(w, dw, config=None):
    """Return the step of Adam, both means corrected for their start at zero.

    config: learning_rate, beta1, beta2 (the shares of the past in the two running means), epsilon,
        v (as w; the running mean of gradients), a (as w; that of squared gradients),
        t (the number of steps taken so far)
    """
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-3)
    config.setdefault('beta1', 0.9)
    config.setdefault('beta2', 0.999)
    config.setdefault('epsilon', 1e-8)
    config.setdefault('v', np.zeros_like(w))
    config.setdefault('a', np.zeros_like(w))
    config.setdefault('t', 0)

    next_w = None
    # TODO: count the step, update both means in the config, correct them, and step
    pass
    # END OF TODO

    return next_w, config
