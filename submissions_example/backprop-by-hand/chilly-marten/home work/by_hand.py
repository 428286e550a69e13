import math

import numpy as np


def steps(x, W1, b1, W2, b2, t):
    H, D = W1.shape
    h1, a = [0.0] * H, [0.0] * H
    h2 = b2
    for i in range(H):
        for j in range(D):
            h1[i] += W1[i][j] * x[j]
        h1[i] += b1[i]
        a[i] = h1[i] if h1[i] > 0 else 0.0
        h2 += W2[i] * a[i]
    y = 1 / (1 + math.exp(-h2))
    dy = -(t - y)
    dh2 = dy * y * (1 - y)
    dW2 = [dh2 * a[i] for i in range(H)]
    dh1 = [dh2 * W2[i] if h1[i] > 0 else 0.0 for i in range(H)]
    dW1 = [[dh1[i] * x[j] for j in range(D)] for i in range(H)]
    return dict(h1=h1, a=a, h2=h2, y=y, dy=dy, dh2=dh2, dW2=dW2, db2=dh2, dh1=dh1, dW1=dW1, db1=dh1)


def worked_example():
    # the same rule, with the numbers of the sheet put in
    all_steps = steps([1, 0.5], np.array([[0.75, 0.5], [-1, 1]]), [0, 0], [1, 1], -1, 1)
    names = ("h1", "a", "h2", "y", "dy", "dh2", "dh1")
    numbers = {name: all_steps[name] for name in names}
    numbers["dW1_12"] = all_steps["dW1"][0][1]
    return numbers
