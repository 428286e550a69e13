"""Questions 1 to 3."""
import numpy as np

def autoencoder_gradient(W, x):
    e = W.T @ (W @ x) - x
    return np.outer(W @ e, x) + np.outer(W @ x, e)


# Question 2: I am a C147 student.


def swish_gradients(x, g, W1, b1, W2, b2):
    z1 = W1 @ x + b1
    s = 1 / (1 + np.exp(-z1))
    back = (s + z1 * s * (1 - s)) * (W2.T @ g)
    return np.outer(back, x), back, np.outer(g, z1 * s), g
