"""Questions 1 to 3: the derivations, as functions. Vectors are 1-D arrays; nothing is averaged."""
import numpy as np


def autoencoder_gradient(W, x):
    """Question 1 d: return the gradient of L(W) = 1/2 ||W^T W x - x||^2 in W, (m, n).

    W: (m, n) with m < n, x: (n,)
    """
    dW = None
    # TODO: two paths lead to W
    pass
    # END OF TODO
    return dW


def gplvm_gradient_1(X, Y, alpha, beta):
    """Question 2 b: return the gradient of L1 = -D/2 log|K| in X, (N, Q), where Y is (N, D).

    K = alpha X X^T + 1/beta I
    """
    dX = None
    # TODO
    pass
    # END OF TODO
    return dX


def gplvm_gradient_2(X, Y, alpha, beta):
    """Question 2 d: return the gradient of L2 = -1/2 tr(K^-1 Y Y^T) in X, (N, Q)."""
    dX = None
    # TODO
    pass
    # END OF TODO
    return dX


def gplvm_gradient(X, Y, alpha, beta):
    """Question 2 e: return the gradient of the log-likelihood L = -c + L1 + L2 in X, (N, Q)."""
    dX = None
    # TODO
    pass
    # END OF TODO
    return dX


def swish_gradients(x, g, W1, b1, W2, b2):
    """Question 3 b and c: return dW1, db1, dW2, db2 of the two-layer net with swish.

    x: (D,) input, g: (C,) gradient of the loss in z2 = W2 h1 + b2, W1: (H, D), b1: (H,),
    W2: (C, H), b2: (C,), with z1 = W1 x + b1 and h1 = swish(z1)
    """
    dW1, db1, dW2, db2 = None, None, None, None
    # TODO
    pass
    # END OF TODO
    return dW1, db1, dW2, db2
