"""Numeric gradients, to compare your own with."""
import numpy as np


def eval_numerical_gradient(f, x, verbose=False, h=1e-5):
    """Return the central difference of the number f(x) in every entry of x."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        below = f(x)
        x[index] = kept
        gradient[index] = (above - below) / (2 * h)
        if verbose:
            print(index, gradient[index])
    return gradient


def eval_numerical_gradient_array(f, x, df, h=1e-5):
    """Return the central difference of sum(df * f(x)) in every entry of x."""
    return eval_numerical_gradient(lambda x: np.sum(df * f(x)), x, h=h)
