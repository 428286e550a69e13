"""Update rules: each takes a parameter w, its gradient dw and a config, returns both anew."""
import numpy as np


def sgd(w, dw, config=None):
    """Return w - learning_rate * dw, and the config."""
    config = {} if config is None else config
    config.setdefault('learning_rate', 1e-2)
    return w - config['learning_rate'] * dw, config
