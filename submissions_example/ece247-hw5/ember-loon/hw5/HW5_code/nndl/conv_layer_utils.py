"""Layers of images that often come together."""
from nndl.layers import *
from nndl.conv_layers import *
from utils.fast_layers import *


def conv_relu_forward(x, w, b, conv_param):
    """Return the ReLU of a convolution, and the caches of both."""
    before, conv_cache = conv_forward_fast(x, w, b, conv_param)
    out, relu_cache = relu_forward(before)
    return out, (conv_cache, relu_cache)


def conv_relu_backward(dout, cache):
    """Return the gradients dx, dw, db of conv_relu_forward."""
    conv_cache, relu_cache = cache
    return conv_backward_fast(relu_backward(dout, relu_cache), conv_cache)


def conv_relu_pool_forward(x, w, b, conv_param, pool_param):
    """Return convolution, ReLU and max pool, and the caches of all three."""
    active, caches = conv_relu_forward(x, w, b, conv_param)
    out, pool_cache = max_pool_forward_fast(active, pool_param)
    return out, (caches, pool_cache)


def conv_relu_pool_backward(dout, cache):
    """Return the gradients dx, dw, db of conv_relu_pool_forward."""
    caches, pool_cache = cache
    return conv_relu_backward(max_pool_backward_fast(dout, pool_cache), caches)
