"""LeNet in NumPy, by windows and einsum."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def windows(x, K, pad):
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return sliding_window_view(padded, (K, K), axis=(2, 3))


def conv_forward(x, w, b, pad):
    K = w.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    seen = sliding_window_view(padded, K, axis=(2, 3))
    return np.einsum('nchwij,fcij->nfhw', seen, w) + b[:, None, None]


def max_pool(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))


def unpool(d, x, p):
    return np.where(np.kron(p, np.ones((2, 2))) == x, np.kron(d, np.ones((2, 2))), 0)


def forward(X, P, kept, keep):
    pad = P['W1'].shape[-1] // 2
    z1 = conv_forward(X, P['W1'], P['b1'], pad)
    a1 = np.maximum(z1, 0)
    p1 = max_pool(a1)
    z2 = conv_forward(p1, P['W2'], P['b2'], P['W2'].shape[-1] // 2)
    a2 = np.maximum(z2, 0)
    p2 = max_pool(a2)
    flat = p2.reshape(len(X), -1)
    z3 = flat @ P['W3'] + P['b3']
    h = np.maximum(z3, 0) * kept / keep
    return z1, a1, p1, z2, a2, p2, flat, z3, h, h @ P['W4'] + P['b4']


def scores(X, parameters, kept=1.0, keep=1.0):
    return forward(X, parameters, kept, keep)[-1]


def filter_gradients(d, x, w):
    dw = np.einsum('nfhw,nchwij->fcij', d, windows(x, w.shape[-1], w.shape[-1] // 2))
    return dw, d.sum(axis=(0, 2, 3))


def loss_and_gradients(X, y, parameters, kept=1.0, keep=1.0):
    P = parameters
    z1, a1, p1, z2, a2, p2, flat, z3, h, s = forward(X, P, kept, keep)
    s = s - s.max(axis=1, keepdims=True)
    log_probs = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    N = len(y)
    d = np.exp(log_probs)
    d[np.arange(N), y] -= 1
    d /= N
    grads = {'W4': h.T @ d, 'b4': d.sum(axis=0)}
    d = d @ P['W4'].T * kept / keep * (z3 > 0)
    grads.update(W3=flat.T @ d, b3=d.sum(axis=0))
    d = unpool((d @ P['W3'].T).reshape(p2.shape), a2, p2) * (z2 > 0)
    grads['W2'], grads['b2'] = filter_gradients(d, p1, P['W2'])
    turned = P['W2'][:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    d = conv_forward(d, turned, np.zeros(len(turned)), turned.shape[-1] // 2)
    d = unpool(d, a1, p1) * (z1 > 0)
    grads['W1'], grads['b1'] = filter_gradients(d, X, P['W1'])
    return -log_probs[np.arange(N), y].mean(), grads
