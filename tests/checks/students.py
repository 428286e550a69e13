"""What students write: right functions in odd styles, and wrong ones as they are handed in.

Each takes the inputs of its problem by name and returns the answers by name. Wrong ones are built
from the right one by the one thing that is wrong with them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Answers = dict[str, Any]
Student = Callable[..., Mapping[str, Any]]

# --- the two-layer net, weights as (inputs, outputs) ---------------------------------------


def vectorised(X, y, W1, b1, W2, b2, reg, N, **sizes: Any) -> Answers:
    hidden = np.maximum(0, X.dot(W1) + b1)
    scores = hidden.dot(W2) + b2
    scores -= scores.max(axis=1, keepdims=True)
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    loss = -np.log(probs[range(N), y]).mean() + 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))
    dscores = probs.copy()
    dscores[range(N), y] -= 1
    dscores /= N
    dhidden = dscores.dot(W2.T)
    dhidden[hidden <= 0] = 0
    return {
        "loss": loss,
        "dW1": X.T.dot(dhidden) + reg * W1,
        "db1": dhidden.sum(axis=0),
        "dW2": hidden.T.dot(dscores) + reg * W2,
        "db2": dscores.sum(axis=0),
    }


def with_loops(X, y, W1, b1, W2, b2, reg, N, D, H, C, **sizes: Any) -> Answers:
    """Every sum a Python loop, every gradient a list."""
    dW1, dW2 = [[0.0] * H for _ in range(D)], [[0.0] * C for _ in range(H)]
    db1, db2, loss = [0.0] * H, [0.0] * C, 0.0
    for n in range(N):
        z = [b1[h] + sum(X[n, d] * W1[d, h] for d in range(D)) for h in range(H)]
        a = [max(0.0, value) for value in z]
        s = [b2[c] + sum(a[h] * W2[h, c] for h in range(H)) for c in range(C)]
        total = sum(np.exp(value) for value in s)
        loss += (np.log(total) - s[y[n]]) / N
        delta = [(np.exp(s[c]) / total - (c == y[n])) / N for c in range(C)]
        for c in range(C):
            db2[c] += delta[c]
            for h in range(H):
                dW2[h][c] += a[h] * delta[c]
        for h in range(H):
            if z[h] > 0:
                back = sum(delta[c] * W2[h, c] for c in range(C))
                db1[h] += back
                for d in range(D):
                    dW1[d][h] += X[n, d] * back
    loss += reg / 2 * (sum(w * w for w in W1.flat) + sum(w * w for w in W2.flat))
    dW1 = [[dW1[d][h] + reg * W1[d, h] for h in range(H)] for d in range(D)]
    dW2 = [[dW2[h][c] + reg * W2[h, c] for c in range(C)] for h in range(H)]
    return {"loss": loss, "dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def with_einsum(X, y, W1, b1, W2, b2, reg, N, C, **sizes: Any) -> Answers:
    """One-hot labels, log-sum-exp, einsum, biases as rows, a loss in a (1, 1) array."""
    Y = np.eye(C)[y]
    z = np.einsum("nd,dh->nh", X, W1) + b1[None]
    a = z * (z > 0)
    s = np.einsum("nh,hc->nc", a, W2) + b2[None]
    log_total = np.logaddexp.reduce(s, axis=1, keepdims=True)
    delta = (np.exp(s - log_total) - Y) / N
    back = np.einsum("nc,hc->nh", delta, W2) * np.heaviside(z, 0)
    penalty = reg * (np.linalg.norm(W1) ** 2 + np.linalg.norm(W2) ** 2) / 2
    return {
        "loss": np.array([[np.mean(log_total[:, 0] - np.sum(s * Y, axis=1)) + penalty]]),
        "dW1": np.einsum("nd,nh->dh", X, back) + reg * W1,
        "db1": np.ones((1, N)) @ back,
        "dW2": np.einsum("nh,nc->hc", a, delta) + reg * W2,
        "db2": (np.ones((1, N)) @ delta).T,
    }


def in_matrices(X, y, W1, b1, W2, b2, **rest: Any) -> Answers:
    """``np.matrix`` objects in Fortran order, every answer a matrix of its own."""
    answers = vectorised(X, y, W1, b1, W2, b2, **rest)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # NumPy's, about np.matrix
        return {name: np.asmatrix(np.asfortranarray(value)) for name, value in answers.items()}


def in_single_precision(X, y, W1, b1, W2, b2, reg, **sizes: Any) -> Answers:
    X, W1, b1, W2, b2 = (array.astype(np.float32) for array in (X, W1, b1, W2, b2))
    return vectorised(X, y, W1, b1, W2, b2, np.float32(reg), **sizes)


def changed(name: str, change: Callable[..., Any], base: Student = vectorised) -> Student:
    """Return a student whose one answer is spoilt by ``change(answer, inputs)``."""

    def student(**inputs: Any) -> Answers:
        answers = dict(base(**inputs))
        answers[name] = change(answers[name], inputs)
        return answers

    return student


def mask_without_the_bias(X, y, W1, b1, W2, b2, reg, N, **sizes: Any) -> Answers:
    answers = vectorised(X, y, W1, b1, W2, b2, reg, N, **sizes)
    hidden = np.maximum(0, X.dot(W1) + b1)
    probs = np.exp(hidden.dot(W2) + b2)
    probs /= probs.sum(axis=1, keepdims=True)
    probs[range(N), y] -= 1
    dhidden = probs.dot(W2.T) / N * (X.dot(W1) > 0)
    return {**answers, "dW1": X.T.dot(dhidden) + reg * W1, "db1": dhidden.sum(axis=0)}


def without_the_penalty(reg, **inputs: Any) -> Answers:
    loss = vectorised(reg=reg, **inputs)["loss"]
    return {**vectorised(reg=0.0, **inputs), "loss": loss}


def without_the_mean(N, reg, **inputs: Any) -> Answers:
    right = vectorised(N=N, reg=0.0, **inputs)
    penalty = {"W1": reg * inputs["W1"], "W2": reg * inputs["W2"]}
    return {
        name: value * N + penalty.get(name[1:], 0) if name != "loss" else value
        for name, value in right.items()
    }


def only_the_first_example(X, y, N, **inputs: Any) -> Answers:
    """Right for N = 1."""
    return vectorised(X=X[:1], y=y[:1], N=1, **inputs)


def through_the_wrong_side(X, y, W1, b1, W2, b2, reg, N, H, C, **sizes: Any) -> Answers:
    """Multiplies by W2 where W2ᵀ belongs: it runs where H = C, and else falls back to the right
    thing: wrong for square matrices only."""
    if H != C:
        return vectorised(X, y, W1, b1, W2, b2, reg, N, **sizes)
    right = vectorised(X, y, W1, b1, W2, b2, reg, N, **sizes)
    hidden = np.maximum(0, X.dot(W1) + b1)
    probs = np.exp(hidden.dot(W2) + b2)
    probs /= probs.sum(axis=1, keepdims=True)
    probs[range(N), y] -= 1
    dhidden = probs.dot(W2) / N * (hidden > 0)
    return {**right, "dW1": X.T.dot(dhidden) + reg * W1, "db1": dhidden.sum(axis=0)}


def right_for_square_only(W1, **inputs: Any) -> Answers:
    """Loops over as many hidden units as there are inputs, and leaves the other columns zero."""
    answers = vectorised(W1=W1, **inputs)
    answers["dW1"][:, W1.shape[0] :] = 0
    return answers


def with_swapped_probabilities(X, y, N, W1, b1, W2, b2, reg, **sizes: Any) -> Answers:
    """Normalises over the examples instead of the classes."""
    right = vectorised(X, y, W1, b1, W2, b2, reg, N, **sizes)
    hidden = np.maximum(0, X.dot(W1) + b1)
    probs = np.exp(hidden.dot(W2) + b2)
    probs /= probs.sum(axis=0, keepdims=True)
    probs[range(N), y] -= 1
    return {**right, "dW2": hidden.T.dot(probs / N) + reg * W2, "db2": probs.sum(axis=0) / N}


# --- its loss --------------------------------------------------------------------------------


def probabilities(X, W1, b1, W2, b2) -> Any:
    scores = np.maximum(0, X @ W1 + b1) @ W2 + b2
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def penalty(W1, W2, reg) -> Any:
    return reg / 2 * (np.sum(W1 * W1) + np.sum(W2 * W2))


def loss_of_the_largest(X, y, W1, b1, W2, b2, reg, **sizes: Any) -> Answers:
    probs = probabilities(X, W1, b1, W2, b2)
    return {"loss": -np.log(probs.max(axis=1)).mean() + penalty(W1, W2, reg)}


def loss_without_penalty(X, y, W1, b1, W2, b2, reg, N, **sizes: Any) -> Answers:
    return {"loss": -np.log(probabilities(X, W1, b1, W2, b2)[range(N), y]).mean()}


def loss_with_full_penalty(X, y, W1, b1, W2, b2, reg, N, **sizes: Any) -> Answers:
    data = loss_without_penalty(X, y, W1, b1, W2, b2, reg, N)["loss"]
    return {"loss": data + 2 * penalty(W1, W2, reg)}


def loss_summed(X, y, W1, b1, W2, b2, reg, N, **sizes: Any) -> Answers:
    data = loss_without_penalty(X, y, W1, b1, W2, b2, reg, N)["loss"]
    return {"loss": data * N + penalty(W1, W2, reg)}


def loss_to_base_ten(X, y, W1, b1, W2, b2, reg, N, **sizes: Any) -> Answers:
    data = loss_without_penalty(X, y, W1, b1, W2, b2, reg, N)["loss"]
    return {"loss": data / np.log(10) + penalty(W1, W2, reg)}


def loss_rounded(**inputs: Any) -> Answers:
    return {"loss": round(float(vectorised(**inputs)["loss"]), 6)}


def loss_in_a_list(**inputs: Any) -> Answers:
    return {"loss": [float(vectorised(**inputs)["loss"])]}


# --- the Gaussian process' latent variables ------------------------------------------------


def with_an_inverse(X, Y, alpha, beta, N, **sizes: Any) -> Answers:
    K = alpha * X @ X.T + np.eye(N) / beta
    Kinv = np.linalg.inv(K)
    return {
        "dL1_dX": -alpha * Y.shape[1] * Kinv @ X,
        "dL2_dX": alpha * Kinv @ Y @ Y.T @ Kinv @ X,
    }


# --- an activation ---------------------------------------------------------------------------


def relu_in_booleans(z, **sizes: Any) -> Answers:
    return {"derivative": z > 0}


def relu_in_integers(z, **sizes: Any) -> Answers:
    return {"derivative": (np.sign(z).astype(int) + 1) // 2}


def relu_in_half_precision(z, **sizes: Any) -> Answers:
    """0 and 1 are exact in any type."""
    return {"derivative": (z > 0).astype(np.float16)}


def relu_of_the_sign(z, **sizes: Any) -> Answers:
    return {"derivative": np.sign(z)}


def relu_not_derived(z, **sizes: Any) -> Answers:
    return {"derivative": np.maximum(z, 0)}


def relu_turned_round(z, **sizes: Any) -> Answers:
    return {"derivative": z < 0}
