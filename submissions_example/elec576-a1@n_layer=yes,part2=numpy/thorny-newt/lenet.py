import numpy as np


def shifted(x, i, j, h, w:
    return x[:, :, i:i + h, j:j + w]


def conv_forward(x, w, b, pad):
    n, c, H, W = x.shape
    f, _, kh, kw = w.shape
    big = np.zeros((n, c, H + 2 * pad, W + 2 * pad))
    big[:, :, pad:pad + H, pad:pad + W] = x
    h, v = H + 2 * pad - kh + 1, W + 2 * pad - kw + 1
    out = np.tile(b[None, :, None, None], (n, 1, h, v)).astype(float)
    for i in range(kh):
        for j in range(kw):
            out += np.tensordot(shifted(big, i, j, h, v), w[:, :, i, j], axes=(1, 1)).transpose(0, 3, 1, 2)
    return out


def conv_backward(d, x, w):
    pad = w.shape[2] // 2
    n, c, H, W = x.shape
    big = np.zeros((n, c, H + 2 * pad, W + 2 * pad))
    big[:, :, pad:pad + H, pad:pad + W] = x
    dbig, dw = np.zeros_like(big), np.zeros_like(w)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            dw[:, :, i, j] = np.tensordot(d, shifted(big, i, j, H, W), axes=((0, 2, 3), (0, 2, 3)))
            dbig[:, :, i:i + H, j:j + W] += np.tensordot(d, w[:, :, i, j], axes=(1, 0)).transpose(0, 3, 1, 2)
    return dbig[:, :, pad:pad + H, pad:pad + W], dw, d.sum((0, 2, 3))


def max_pool(x):
    corners = [x[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]
    return np.maximum(np.maximum(corners[0], corners[1]), np.maximum(corners[2], corners[3]))


def pool_backward(d, x):
    out, largest = np.zeros_like(x), max_pool(x)
    for i in (0, 1):
        for j in (0, 1):
            out[:, :, i::2, j::2] = d * (x[:, :, i::2, j::2] == largest)
    return out


def layers(X, p, kept, keep):
    x1 = conv_forward(X, p['W1'], p['b1'], p['W1'].shape[2] // 2)
    y1 = max_pool(x1 * (x1 > 0))
    x2 = conv_forward(y1, p['W2'], p['b2'], p['W2'].shape[2] // 2)
    y2 = max_pool(x2 * (x2 > 0))
    rows = y2.reshape(y2.shape[0], -1)
    x3 = rows.dot(p['W3']) + p['b3']
    y3 = np.where(x3 > 0, x3, 0) * (kept / keep)
    return x1, y1, x2, y2, rows, x3, y3


def scores(X, parameters, kept=1.0, keep=1.0):
    return layers(X, parameters, kept, keep)[-1].dot(parameters['W4']) + parameters['b4']


def loss_and_gradients(X, y, parameters, kept=1.0, keep=1.0):
    p, g = parameters, {}
    x1, y1, x2, y2, rows, x3, y3 = layers(X, p, kept, keep)
    s = y3.dot(p['W4']) + p['b4']
    e = np.exp(s - s.max(1)[:, None])
    q = e / e.sum(1)[:, None]
    loss = np.mean([-np.log(q[i, k]) for i, k in enumerate(y)])
    for i, k in enumerate(y):
        q[i, k] = q[i, k] - 1
    q = q / len(y)
    g['W4'], g['b4'] = y3.T.dot(q), q.sum(0)
    d = q.dot(p['W4'].T) * (kept / keep) * (x3 > 0)
    g['W3'], g['b3'] = rows.T.dot(d), d.sum(0)
    d = pool_backward(d.dot(p['W3'].T).reshape(y2.shape), x2 * (x2 > 0)) * (x2 > 0)
    d, g['W2'], g['b2'] = conv_backward(d, y1, p['W2'])
    d = pool_backward(d, x1 * (x1 > 0)) * (x1 > 0)
    _, g['W1'], g['b1'] = conv_backward(d, X, p['W1'])
    return loss, g
