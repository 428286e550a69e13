"""Layers that often come together."""
from .layers import *


def affine_relu_forward(x, w, b):
    """Return the ReLU of the affine map, and the caches of both."""
    before, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(before)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout, cache):
    """Return the gradients dx, dw, db of affine_relu_forward."""
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)
