"""Second formulas of every problem's values, for HIPS autograd: one function a problem.

They share no code with ``reference`` and are written another way where there is one. Each takes
the inputs and the options, and returns the differentiable answers.
"""

from __future__ import annotations

from itertools import pairwise

import autograd.numpy as np

PENALTY = {"half": 0.5, "full": 1.0, "absent": 0.0}


def cross_entropy(scores, y):
    """Return the summed cross-entropy, as a log of a sum of exponentials of differences."""
    total = 0.0
    for n, label in enumerate(y):
        differences = scores[n] - scores[n, label]
        top = max(0.0, float(np.max(getattr(differences, "_value", differences))))
        total = total + top + np.log(np.sum(np.exp(differences - top)))
    return total


def squares(*weights):
    """Return the summed squares of all weights."""
    return sum(np.sum(np.square(W)) for W in weights)


def positive_part(z):
    return 0.5 * (z + np.abs(z))


def logistic(z):
    return np.exp(-np.logaddexp(0.0, -z))


def tanh(inputs, options):
    return {"out": 2.0 * logistic(2.0 * inputs["z"]) - 1.0}


def sigmoid(inputs, options):
    return {"out": logistic(inputs["z"])}


def relu(inputs, options):
    return {"out": positive_part(inputs["z"])}


def leaky_relu(inputs, options):
    z, alpha = inputs["z"], inputs["alpha"]
    return {"out": positive_part(z) - alpha * positive_part(-z)}


def elu(inputs, options):
    z, alpha = inputs["z"], inputs["alpha"]
    return {"out": positive_part(z) + alpha * (np.exp(-positive_part(-z)) - 1.0)}


def swish(inputs, options):
    return {"out": inputs["z"] * logistic(inputs["z"])}


def softmax_loss(inputs, options):
    return {"loss": cross_entropy(inputs["x"], inputs["y"]) / len(inputs["y"])}


def svm_loss(inputs, options):
    x, y = inputs["x"], inputs["y"]
    total = 0.0
    for n, label in enumerate(y):
        for wrong in set(range(x.shape[1])) - {int(label)}:
            total = total + positive_part(x[n, wrong] - x[n, label] + 1.0)
    return {"loss": total / len(y)}


def affine(inputs, options):
    x = np.reshape(inputs["x"], (len(inputs["x"]), -1))
    return {"out": np.einsum("nd,dm->nm", x, inputs["w"]) + inputs["b"]}


def affine_relu(inputs, options):
    return {"out": positive_part(affine(inputs, options)["out"])}


def two_layer_net(inputs, options):
    W1, W2 = inputs["W1"], inputs["W2"]
    if options["layout"] == "columns":
        W1, W2 = W1.T, W2.T
    hidden = positive_part(np.dot(inputs["X"], W1) + inputs["b1"])
    data = cross_entropy(np.dot(hidden, W2) + inputs["b2"], inputs["y"]) / len(inputs["y"])
    return {"loss": data + PENALTY[options["penalty"]] * inputs["reg"] * squares(W1, W2)}


def fc_net(inputs, options):
    depth = int(options["depth"])
    weights = [inputs[f"W{layer}"] for layer in range(1, depth + 1)]
    a = inputs["X"]
    for layer, W in enumerate(weights, start=1):
        z = np.dot(a, W) + inputs[f"b{layer}"]
        a = positive_part(z)
    data = cross_entropy(z, inputs["y"]) / len(inputs["y"])
    return {"loss": data + PENALTY[options["penalty"]] * inputs["reg"] * squares(*weights)}


ACTIVATIONS = {
    "tanh": np.tanh,
    "sigmoid": logistic,
    "relu": positive_part,
    "leaky_relu": lambda z: positive_part(z) - 0.2 * positive_part(-z),
    "elu": lambda z: positive_part(z) + np.exp(-positive_part(-z)) - 1.0,
    "swish": lambda z: z * logistic(z),
}


def moons_net(inputs, options):
    N = len(inputs["y"])
    activation = ACTIVATIONS[options["activation"]]
    hidden = activation(np.dot(inputs["X"], inputs["W1"]) + inputs["b1"])
    data = cross_entropy(np.dot(hidden, inputs["W2"]) + inputs["b2"], inputs["y"])
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares(inputs["W1"], inputs["W2"])
    if options["scaling"] == "mean":
        data = data / N
    if options["penalty_over_n"] == "yes":
        penalty = penalty / N
    return {"loss": data + penalty}


def standardised(rows, eps):
    """Return rows less their mean along axis 0, over the root of their variance plus eps."""
    mean = np.mean(rows, axis=0)
    variance = np.mean(np.square(rows), axis=0) - np.square(mean)
    return (rows - mean) / np.sqrt(variance + eps)


def batchnorm(inputs, options):
    x, gamma, beta, eps = (inputs[name] for name in ("x", "gamma", "beta", "eps"))
    if options["mode"] == "train":
        return {"out": gamma * standardised(x, eps) + beta}
    factor = gamma / np.sqrt(inputs["running_var"] + eps)
    return {"out": factor * x + (beta - factor * inputs["running_mean"])}


def spatial_batchnorm(inputs, options):
    N, C, H, W = inputs["x"].shape
    rows = np.reshape(np.transpose(inputs["x"], (0, 2, 3, 1)), (N * H * W, C))
    out = np.reshape(batchnorm({**inputs, "x": rows}, options)["out"], (N, H, W, C))
    return {"out": np.transpose(out, (0, 3, 1, 2))}


def layernorm(inputs, options):
    x_hat = standardised(inputs["x"].T, inputs["eps"]).T
    return {"out": x_hat * inputs["gamma"] + inputs["beta"]}


def dropout(inputs, options):
    x = inputs["x"]
    if options["mode"] == "test":
        return {"out": 1.0 * x, "scaled": 1.0 * x}
    keep = inputs["p"] if options["p"] == "keep" else 1.0 - inputs["p"]
    return {"out": x * inputs["kept"] / keep, "scaled": x / keep}


def correlated(x, w, b, stride, pad):
    """Return the convolution window by window, in loops."""
    image = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    HH, WW = w.shape[2:]
    rows = range(0, image.shape[2] - HH + 1, stride)
    columns = range(0, image.shape[3] - WW + 1, stride)
    out = [
        [
            np.tensordot(image[:, :, i : i + HH, j : j + WW], w, ((1, 2, 3), (1, 2, 3)))
            for j in columns
        ]
        for i in rows
    ]
    return np.transpose(np.array(out), (2, 3, 0, 1)) + np.reshape(b, (1, -1, 1, 1))


def conv(inputs, options):
    return {"out": correlated(*(inputs[name] for name in ("x", "w", "b", "stride", "pad")))}


def pooled(x, height, width, stride):
    """Return the largest pixel of each window, in loops."""
    out = [
        [
            np.max(x[:, :, i : i + height, j : j + width], axis=(2, 3))
            for j in range(0, x.shape[3] - width + 1, stride)
        ]
        for i in range(0, x.shape[2] - height + 1, stride)
    ]
    return np.transpose(np.array(out), (2, 3, 0, 1))


def max_pool(inputs, options):
    x, height, width, stride = (
        inputs[name] for name in ("x", "pool_height", "pool_width", "stride")
    )
    return {"out": pooled(x, height, width, stride)}


def linear_scores(inputs):
    return {**inputs, "x": np.dot(inputs["X"], inputs["W"])}


def linear_softmax(inputs, options):
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares(inputs["W"])
    return {"loss": softmax_loss(linear_scores(inputs), options)["loss"] + penalty}


def linear_svm(inputs, options):
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares(inputs["W"])
    return {"loss": svm_loss(linear_scores(inputs), options)["loss"] + penalty}


def conv_net(inputs, options):
    X, W1, W2, W3 = (inputs[name] for name in ("X", "W1", "W2", "W3"))
    maps = positive_part(correlated(X, W1, inputs["b1"], 1, W1.shape[2] // 2))
    flat = np.reshape(pooled(maps, 2, 2, 2), (len(X), -1))
    hidden = positive_part(np.dot(flat, W2) + inputs["b2"])
    data = cross_entropy(np.dot(hidden, W3) + inputs["b3"], inputs["y"]) / len(X)
    return {"loss": data + PENALTY[options["penalty"]] * inputs["reg"] * squares(W1, W2, W3)}


def lenet(inputs, options):
    activation = ACTIVATIONS[options["activation"]]
    images = inputs["X"]
    for layer in ("1", "2"):
        W = inputs["W" + layer]
        pad = W.shape[2] // 2 if options["padding"] == "same" else 0
        images = pooled(activation(correlated(images, W, inputs["b" + layer], 1, pad)), 2, 2, 2)
    flat = np.reshape(images, (len(images), -1))
    hidden = activation(np.dot(flat, inputs["W3"]) + inputs["b3"])
    scores = np.dot(hidden * inputs["kept"] / inputs["keep"], inputs["W4"]) + inputs["b4"]
    return {"loss": cross_entropy(scores, inputs["y"]) / len(images)}


def second_moment(density, ends):
    """Return the root of the mean square under a density, by the midpoint rule."""
    grid = ends * (2.0 * np.arange(200_000) + 1.0 - 200_000) / 200_000
    shares = density(grid)
    return {"std": np.sqrt(np.sum(shares * grid**2) / np.sum(shares))}


def truncated_normal(inputs, options):
    std = inputs["std"]
    return second_moment(lambda w: np.exp(-((w / std) ** 2) / 2), 2 * std)


def glorot_uniform(inputs, options):
    limit = np.sqrt(6.0 / (inputs["fan_in"] + inputs["fan_out"]))
    return second_moment(np.ones_like, limit)


def glorot_normal(inputs, options):
    variance = 2.0 / (inputs["fan_in"] + inputs["fan_out"])
    return second_moment(lambda w: np.exp(-(w**2) / (2 * variance)), 9.0 * np.sqrt(variance))


def he_normal(inputs, options):
    variance = 2.0 / inputs["fan_in"]
    return second_moment(lambda w: np.exp(-(w**2) / (2 * variance)), 9.0 * np.sqrt(variance))


def path(inputs, steps):
    """Return where the steps lead from w."""
    return {"path": inputs["w"] + np.cumsum(np.array(steps), axis=0)}


def decayed(start, terms, share):
    """Return, for each k, share^k start + Σ share^(k−i) terms[i]: a sum over the past."""
    means = []
    for k in range(1, len(terms) + 1):
        past = sum(share ** (k - i) * terms[i - 1] for i in range(1, k + 1))
        means.append(share**k * start + past)
    return means


def over_root(numerators, squared, inputs, options):
    """Return the steps −rate · numerator / √square, ε on the side that the options name."""
    epsilon = inputs["epsilon"]
    if options["stabiliser"] == "inside":
        roots = [np.sqrt(square + epsilon) for square in squared]
    else:
        roots = [np.sqrt(square) + epsilon for square in squared]
    return [-inputs["learning_rate"] * a / b for a, b in zip(numerators, roots, strict=True)]


def sgd(inputs, options):
    return path(inputs, -inputs["learning_rate"] * inputs["dws"])


def momentum(inputs, options):
    forces = -inputs["learning_rate"] * inputs["dws"]
    return path(inputs, decayed(inputs["velocity"], forces, inputs["mu"]))


def nesterov(inputs, options):
    mu = inputs["mu"]
    forces = -inputs["learning_rate"] * inputs["dws"]
    velocities = [inputs["velocity"], *decayed(inputs["velocity"], forces, mu)]
    return path(inputs, [(1 + mu) * v - mu * u for u, v in pairwise(velocities)])


def adagrad(inputs, options):
    dws = inputs["dws"]
    return path(inputs, over_root(dws, decayed(inputs["cache"], dws**2, 1.0), inputs, options))


def rmsprop(inputs, options):
    dws, rho = inputs["dws"], inputs["rho"]
    caches = decayed(inputs["cache"], (1 - rho) * dws**2, rho)
    return path(inputs, over_root(dws, caches, inputs, options))


def corrected(inputs, start, terms, share):
    """Return Adam's running means, each divided by 1 − share^t."""
    means = decayed(inputs[start], (1 - share) * terms, share)
    return [mean / (1 - share**t) for t, mean in enumerate(means, start=inputs["t"] + 1)]


def adam(inputs, options):
    dws = inputs["dws"]
    m = corrected(inputs, "m", dws, inputs["beta1"])
    v = corrected(inputs, "v", dws**2, inputs["beta2"])
    return path(inputs, over_root(m, v, inputs, options))


def nadam(inputs, options):
    dws, beta1, start = inputs["dws"], inputs["beta1"], inputs["t"] + 1
    n = []
    for t, m in enumerate(corrected(inputs, "m", dws, beta1), start=start):
        later = t + 1 if options["correction"] == "ahead" else t
        carried = m * (1 - beta1**t) / (1 - beta1**later)
        n.append(beta1 * carried + (1 - beta1) * dws[t - start] / (1 - beta1**t))
    v = corrected(inputs, "v", dws**2, inputs["beta2"])
    return path(inputs, over_root(n, v, inputs, options))
