"""Layers that often come together."""
from .layers import *
from .fast_layers import *


def affine_relu_forward(x, w, b):
    """Return the ReLU of the affine map, and the caches of both."""
    before, affine_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(before)
    return out, (affine_cache, relu_cache)


def affine_relu_backward(dout, cache):
    """Return the gradients dx, dw, db of affine_relu_forward."""
    affine_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), affine_cache)


def conv_relu_forward(x, w, b, conv_param):
    """Return the ReLU of the convolution, and the caches of both."""
    before, conv_cache = conv_forward_fast(x, w, b, conv_param)
    out, relu_cache = relu_forward(before)
    return out, (conv_cache, relu_cache)


def conv_relu_backward(dout, cache):
    """Return the gradients dx, dw, db of conv_relu_forward."""
    conv_cache, relu_cache = cache
    return conv_backward_fast(relu_backward(dout, relu_cache), conv_cache)


def conv_relu_pool_forward(x, w, b, conv_param, pool_param):
    """Return the pooled ReLU of the convolution, and the caches of all three."""
    before, conv_cache = conv_forward_fast(x, w, b, conv_param)
    between, relu_cache = relu_forward(before)
    out, pool_cache = max_pool_forward_fast(between, pool_param)
    return out, (conv_cache, relu_cache, pool_cache)


def conv_relu_pool_backward(dout, cache):
    """Return the gradients dx, dw, db of conv_relu_pool_forward."""
    conv_cache, relu_cache, pool_cache = cache
    dbetween = max_pool_backward_fast(dout, pool_cache)
    return conv_backward_fast(relu_backward(dbetween, relu_cache), conv_cache)
