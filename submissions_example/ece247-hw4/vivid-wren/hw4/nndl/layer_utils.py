from .layers import *


def hidden_forward(x, params, i, bn_param, dropout_param):
    """affine, batch norm if there is one, ReLU, dropout if there is one"""
    out, affine_cache = affine_forward(x, params['W' + i], params['b' + i])
    bn_cache = drop_cache = None
    if bn_param is not None:
        out, bn_cache = batchnorm_forward(out, params['gamma' + i], params['beta' + i], bn_param)
    out, relu_cache = relu_forward(out)
    if dropout_param is not None:
        out, drop_cache = dropout_forward(out, dropout_param)
    return out, (affine_cache, bn_cache, relu_cache, drop_cache)


def hidden_backward(dout, cache, i):
    affine_cache, bn_cache, relu_cache, drop_cache = cache
    grads = {}
    if drop_cache is not None:
        dout = dropout_backward(dout, drop_cache)
    dout = relu_backward(dout, relu_cache)
    if bn_cache is not None:
        dout, grads['gamma' + i], grads['beta' + i] = batchnorm_backward(dout, bn_cache)
    dout, grads['W' + i], grads['b' + i] = affine_backward(dout, affine_cache)
    return dout, grads
