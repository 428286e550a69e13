"""Second implementations of problems by other algebra: loops, einsum, inverses, other formulas."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log, tanh
from typing import Any

import numpy as np

from tests.bank.second_images import conv_by_loops, pool_by_loops
from tests.bank.trial import Options, Solve
from tests.checks import students

Given = Mapping[str, Any]
Chosen = Mapping[str, str]


def named(function: Any) -> Solve:
    """Return a function of named inputs as one of a mapping."""
    return lambda inputs, options: function(**inputs)


def gplvm_by_inverse(inputs: Given, options: Chosen) -> dict[str, Any]:
    """K is formed and inverted; the parts by traces, as the question writes them."""
    X, Y, alpha, beta = (inputs[name] for name in ("X", "Y", "alpha", "beta"))
    N, D = Y.shape
    G = X @ X.T
    inverse = np.linalg.inv(alpha * G + np.eye(N) / beta)
    S = inverse @ Y @ Y.T @ inverse
    logdet = -np.linalg.slogdet(inverse)[1]
    L1, L2 = -D / 2 * logdet, -np.trace(inverse @ Y @ Y.T) / 2
    return {
        "L1": L1,
        "L2": L2,
        "L": L1 + L2 - N * D / 2 * log(2 * np.pi),
        "dL1_dX": -alpha * D * inverse @ X,
        "dL2_dX": alpha * S @ X,
        "dL_dX": alpha * (S - D * inverse) @ X,
        "dL1_dalpha": -D / 2 * np.trace(inverse @ G),
        "dL2_dalpha": np.trace(S @ G) / 2,
        "dL1_dbeta": D / 2 * np.trace(inverse) / beta**2,
        "dL2_dbeta": -np.trace(S) / 2 / beta**2,
    }


def autoencoder_in_closed_form(inputs: Given, options: Chosen) -> dict[str, Any]:
    """The two outer products of the homework's answer, for one example."""
    W, x = inputs["W"], inputs["x"][:, None]
    e = W.T @ W @ x - x
    return {"loss": 0.5 * (e.T @ e), "dW": W @ (e @ x.T + x @ e.T)}


def autoencoder_by_products(inputs: Given, options: Chosen) -> dict[str, Any]:
    """The squares multiplied out, with the scatter matrix of the batch."""
    W, X = inputs["W"], inputs["X"]
    P, S = W.T @ W, X @ X.T
    loss = np.trace(P @ S @ P - 2 * P @ S + S) / 2
    return {"loss": loss, "dW": W @ (P @ S + S @ P - 2 * S)}


def swish_by_quotients(inputs: Given, options: Chosen) -> dict[str, Any]:
    """swish' as the quotient of exponentials, the softmax by differences, one example."""
    x, y, W1, b1, W2, b2 = (inputs[name] for name in ("x", "y", "W1", "b1", "W2", "b2"))
    z1 = [
        sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(W1, b1, strict=True)
    ]
    h1 = [z / (1 + exp(-z)) for z in z1]
    z2 = W2.dot(h1) + b2
    g = [1 / sum(exp(other - z) for other in z2) for z in z2]
    loss = log(sum(exp(z - z2[y]) for z in z2))
    g[y] -= 1
    slope = [(1 + (z + 1) * exp(-z)) / (1 + exp(-z)) ** 2 for z in z1]
    back = np.multiply(slope, np.dot(g, W2))
    return {
        "z1": z1,
        "h1": h1,
        "z2": z2,
        "loss": loss,
        "db1": back,
        "db2": g,
        "dW1": np.einsum("h,d->hd", back, x),
        "dW2": [[gc * h for h in h1] for gc in g],
    }


def mlp_from_activations(inputs: Given, options: Chosen) -> dict[str, Any]:
    """σ' as a(1 − a), and everything a matrix with one row."""
    x, y, W1, b1, W2, b2 = (inputs[name] for name in ("x", "y", "W1", "b1", "W2", "b2"))
    a1 = 1 / (1 + np.exp(-(x[None] @ W1 + b1)))
    a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = d2 @ W2.T * a1 * (1 - a1)
    loss = np.linalg.norm(a2 - y) ** 2 / 2
    answers = {"x1": a1, "x2": a2, "loss": loss, "delta1": d1, "delta2": d2}
    return answers | {"dW1": x[:, None] @ d1, "db1": d1, "dW2": a1.T @ d2, "db2": d2}


def rbm_by_states(inputs: Given, options: Chosen) -> dict[str, Any]:
    """A loop over the visible states, each weighed by the product over hidden units."""
    V, W, b, c = (inputs[name] for name in "VWbc")
    n, nv = V.shape
    weights, means, visible = [], [], []
    for state in range(2**nv):
        v = np.array([float(bit) for bit in f"{state:0{nv}b}"])
        weights.append(np.exp(b @ v) * np.prod(1 + np.exp(c + v @ W)))
        means.append((1 + np.tanh((c + v @ W) / 2)) / 2)
        visible.append(v)
    Z = sum(weights)
    p, H, S = np.array(weights) / Z, np.array(means), np.array(visible)
    data = 1 / (1 + np.exp(-(V @ W + c)))
    ell = sum(np.log(np.exp(b @ v) * np.prod(1 + np.exp(c + v @ W)) / Z) for v in V)
    return {
        "log_likelihood": ell,
        "dW": V.T @ data - n * np.einsum("s,sv,sh->vh", p, S, H),
        "db": V.sum(0) - n * p @ S,
        "dc": data.sum(0) - n * p @ H,
    }


def moons_by_loops(inputs: Given, options: Chosen) -> dict[str, Any]:
    """One example after the other, tanh by hand, the decay added at the end."""
    X, y, W1, W2, reg = (inputs[name] for name in ("X", "y", "W1", "W2", "reg"))
    b1, b2, N = inputs["b1"][0], inputs["b2"][0], len(inputs["y"])
    dW1, dW2, db1, db2 = (np.zeros_like(p) for p in (W1, W2, b1, b2))
    loss = 0.0
    for x, label in zip(X, y, strict=True):
        a = np.array([tanh(value) for value in x @ W1 + b1])
        s = np.exp(a @ W2 + b2)
        p = s / s.sum()
        loss -= log(p[label]) / N
        p[label] -= 1
        back = (W2 @ p) * (1 - a * a)
        dW1, db1 = dW1 + np.outer(x, back) / N, db1 + back / N
        dW2, db2 = dW2 + np.outer(a, p) / N, db2 + p / N
    loss += reg / 2 * (np.vdot(W1, W1) + np.vdot(W2, W2))
    return {"loss": loss, "dW1": dW1 + reg * W1, "db1": db1, "dW2": dW2 + reg * W2, "db2": db2}


def fc_by_recursion(inputs: Given, options: Chosen) -> dict[str, Any]:
    """Forward and backward in one recursion, the hinges as z times a step."""
    y, depth, N = inputs["y"], int(options["depth"]), len(inputs["y"])
    answers: dict[str, Any] = {}

    def descend(a: Any, layer: int) -> Any:
        W, b = inputs[f"W{layer}"], inputs[f"b{layer}"]
        z = np.einsum("ni,io->no", a, W) + b
        if layer < depth:
            step = np.heaviside(z, 0.5)
            delta = descend(z * step, layer + 1) * step
        else:
            logs = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
            answers["loss"] = -np.take_along_axis(logs, y[:, None], axis=1).sum() / N
            delta = (np.exp(logs) - (np.arange(z.shape[1]) == y[:, None])) / N
        answers["loss"] += inputs["reg"] / 2 * np.linalg.norm(W) ** 2
        answers[f"dW{layer}"] = np.einsum("ni,no->io", a, delta) + inputs["reg"] * W
        answers[f"db{layer}"] = np.ones(N) @ delta
        return delta @ W.T

    descend(inputs["X"], 1)
    return answers


def softmax_by_differences(inputs: Given, options: Chosen) -> dict[str, Any]:
    """Each share as one over a sum of exponentials of differences."""
    x, y = inputs["x"], inputs["y"]
    N = len(y)
    with np.errstate(over="ignore"):
        p = 1 / np.exp(x[:, None, :] - x[:, :, None]).sum(axis=2)
    loss = np.mean(np.logaddexp.reduce(x, axis=1) - x[range(N), y])
    return {"loss": loss, "dx": (p - np.eye(x.shape[1])[y]) / N}


def softmax_by_logarithms(inputs: Given, options: Chosen) -> dict[str, Any]:
    """The exponential of what is left of a score by the logarithm of the sum, all in float32."""
    x, y = inputs["x"].astype(np.float32), inputs["y"]
    rows = np.arange(len(y))
    top = x.max(axis=1)
    log_sum = top + np.log(np.exp(x - top[:, None]).sum(axis=1))
    dx = np.exp(x - log_sum[:, None])
    dx[rows, y] -= 1
    return {"loss": (log_sum - x[rows, y]).mean(), "dx": dx / len(y)}


def svm_by_loops(inputs: Given, options: Chosen) -> dict[str, Any]:
    """Two loops, as in the naive version of the homework."""
    x, y = inputs["x"], inputs["y"]
    loss, dx = 0.0, np.zeros(x.shape)
    for n, label in enumerate(y):
        for j in range(x.shape[1]):
            reach = x[n, j] - x[n, label] + 1
            if j != label and reach > 0:
                loss += reach
                dx[n, j] += 1
                dx[n, label] -= 1
    return {"loss": loss / len(y), "dx": dx / len(y)}


def batchnorm_as_a_graph(inputs: Given, options: Chosen) -> dict[str, Any]:
    """Node by node, as in the well-known computational graph."""
    x, dout, gamma, eps = (inputs[name] for name in ("x", "dout", "gamma", "eps"))
    N = len(x)
    mu = x.sum(0) / N
    centred = x - mu
    root = np.sqrt((centred**2).sum(0) / N + eps)
    inverse = 1 / root
    x_hat = centred * inverse
    dx_hat = dout * gamma
    d_inverse = (dx_hat * centred).sum(0)
    d_square = np.ones_like(x) * (-d_inverse / root**2 * 0.5 / root) / N
    d_centred = dx_hat * inverse + 2 * centred * d_square
    dx = d_centred - np.ones_like(x) * d_centred.sum(0) / N
    return {
        "out": gamma * x_hat + inputs["beta"],
        "dx": dx,
        "dgamma": np.diag(dout.T @ x_hat),
        "dbeta": np.ones(N) @ dout,
    }


def layernorm_by_jacobian(inputs: Given, options: Chosen) -> dict[str, Any]:
    """Each example's Jacobian as a matrix; the variance in two passes."""
    x, dout, gamma = (inputs[name] for name in ("x", "dout", "gamma"))
    D = x.shape[1]
    out, dx, hats = [], [], []
    for row, upper in zip(x, dout, strict=True):
        mean = sum(row) / D
        s = np.sqrt(sum((v - mean) ** 2 for v in row) / D + inputs["eps"])
        hat = (row - mean) / s
        jacobian = (np.eye(D) - 1 / D - np.outer(hat, hat) / D) / s
        out.append(gamma * hat + inputs["beta"])
        dx.append(jacobian @ (gamma * upper))
        hats.append(hat)
    return {"out": out, "dx": dx, "dgamma": (dout * hats).sum(0), "dbeta": dout.sum(0)}


def affine_by_einsum(inputs: Given, options: Chosen) -> dict[str, Any]:
    """The input's two axes are never flattened."""
    x, dout = inputs["x"], inputs["dout"]
    w = inputs["w"].reshape(*x.shape[1:], -1)
    return {
        "out": np.einsum("nij,ijm->nm", x, w) + inputs["b"],
        "dx": np.einsum("nm,ijm->nij", dout, w),
        "dw": np.einsum("nij,nm->ijm", x, dout).reshape(inputs["w"].shape),
        "db": np.einsum("nm->m", dout),
    }


def adam_by_accumulation(inputs: Given, options: Chosen) -> dict[str, Any]:
    """The moments are moved towards the gradient; the corrections are one factor of the rate."""
    w, m, v, t = inputs["w"].copy(), inputs["m"].copy(), inputs["v"].copy(), inputs["t"]
    path = []
    for dw in inputs["dws"]:
        t += 1
        m += (1 - inputs["beta1"]) * (dw - m)
        v += (1 - inputs["beta2"]) * (dw * dw - v)
        root = (1 - inputs["beta2"] ** t) ** 0.5
        rate = inputs["learning_rate"] * root / (1 - inputs["beta1"] ** t)
        w -= rate * m / (np.sqrt(v) + inputs["epsilon"] * root)
        path.append(w.copy())
    return {"path": path, "w_1": path[0], "w_K": w, "m_K": m, "v_K": v, "t_K": t}


def sigmoid_by_tanh(inputs: Given, options: Chosen) -> dict[str, Any]:
    """σ as a shifted tanh, its derivative as a product."""
    half = np.tanh(inputs["z"] / 2)
    slope = (1 + half) * (1 - half) / 4
    return {"out": (1 + half) / 2, "derivative": slope, "dz": inputs["dout"] * slope}


def relu_by_products(inputs: Given, options: Chosen) -> dict[str, Any]:
    """(z + |z|)/2, and a boolean derivative."""
    z, dout = inputs["z"], inputs["dout"].copy()
    dout[z < 0] = 0
    return {"out": (z + abs(z)) / 2, "derivative": z >= 0, "dz": dout}


def dropout_by_where(inputs: Given, options: Chosen) -> dict[str, Any]:
    """The mask carries the scale."""
    mask = inputs["kept"] / inputs["p"]
    return {"out": inputs["x"] * mask, "dx": inputs["dout"] * mask}


_BATCH: Options = (("examples", "batch"),)

SECOND: Mapping[str, Mapping[str, tuple[Solve, Options]]] = {
    "two_layer_net": {
        "by_loops": (named(students.with_loops), ()),
        "by_einsum": (named(students.with_einsum), ()),
        "as_matrices": (named(students.in_matrices), ()),
    },
    "gplvm": {"by_inverse": (gplvm_by_inverse, ())},
    "autoencoder": {
        "in_closed_form": (autoencoder_in_closed_form, ()),
        "by_products": (autoencoder_by_products, _BATCH),
    },
    "swish_net": {"by_quotients": (swish_by_quotients, ())},
    "sigmoid_mlp": {"from_activations": (mlp_from_activations, ())},
    "rbm": {"by_states": (rbm_by_states, ())},
    "moons_net": {"by_loops": (moons_by_loops, ())},
    "fc_net": {"by_recursion": (fc_by_recursion, ())},
    "softmax_loss": {
        "by_differences": (softmax_by_differences, ()),
        "by_logarithms_in_single_precision": (softmax_by_logarithms, ()),
    },
    "svm_loss": {"by_loops": (svm_by_loops, ())},
    "batchnorm": {"as_a_graph": (batchnorm_as_a_graph, ())},
    "layernorm": {"by_jacobian": (layernorm_by_jacobian, ())},
    "affine": {"by_einsum": (affine_by_einsum, ())},
    "adam": {"by_accumulation": (adam_by_accumulation, ())},
    "sigmoid": {"by_tanh": (sigmoid_by_tanh, ())},
    "relu": {"by_products": (relu_by_products, ())},
    "dropout": {"by_scaled_mask": (dropout_by_where, ())},
    "conv": {"by_loops": (conv_by_loops, ())},
    "max_pool": {"by_loops": (pool_by_loops, ())},
}
"""Problem -> name -> second implementation, with the options that it is written for."""

UNSTABLE = {
    "two_layer_net-by_loops",
    "two_layer_net-as_matrices",
    "swish_net-by_quotients",
    "moons_net-by_loops",
    "rbm-by_states",
}
"""Second implementations that take exponentials of whatever comes, and lose all digits in saturation:
right in exact arithmetic, and on certified draws."""
