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


def scored(scores):
    """Return the scores, and which is the highest of each example."""
    best = [max(range(len(row)), key=lambda c, row=row: row[c]) for row in plain(scores)]
    return {"scores": scores, "pred": np.array(best)}


def plain(array):
    """Return an array as lists of numbers, out of whatever automatic differentiation wraps it in."""
    while hasattr(array, "_value"):
        array = array._value
    return array.tolist()


def shares(scores):
    """Return the softmax as 1 over sums of exponentials of differences."""
    return 1.0 / np.sum(np.exp(scores[:, None, :] - scores[:, :, None]), axis=2)


def squares(*weights):
    """Return the summed squares of all weights."""
    return sum(np.sum(np.square(W)) for W in weights)


def positive_part(z):
    """Return the ReLU in a form whose derivative is exactly 0 where a unit is off."""
    return z * (z > 0)


def logistic(z):
    return np.exp(-np.logaddexp(0.0, -z))


def tanh(inputs, options):
    out = 2.0 * logistic(2.0 * inputs["z"]) - 1.0
    return {"out": out, "derivative": 1.0 - out**2}


def sigmoid(inputs, options):
    z = inputs["z"]
    return {"out": logistic(z), "derivative": logistic(z) * logistic(-z)}


def slopes(z, left, right):
    """Return the one number left of 0 and the other right of it."""
    return 0.5 * (right + left) + 0.5 * (right - left) * np.sign(z)


def relu(inputs, options):
    z = inputs["z"]
    return {"out": positive_part(z), "derivative": slopes(z, 0.0, 1.0)}


def leaky_relu(inputs, options):
    z, alpha = inputs["z"], inputs["alpha"]
    out = positive_part(z) - alpha * positive_part(-z)
    return {"out": out, "derivative": slopes(z, alpha, 1.0)}


def elu(inputs, options):
    z, alpha = inputs["z"], inputs["alpha"]
    tail = alpha * np.exp(-positive_part(-z))
    return {"out": positive_part(z) + tail - alpha, "derivative": slopes(z, tail, 1.0)}


def swish(inputs, options):
    z = inputs["z"]
    share = logistic(z)
    return {"out": z * share, "derivative": share * (1.0 + z * logistic(-z))}


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
    scores = np.dot(hidden, W2) + inputs["b2"]
    data = cross_entropy(scores, inputs["y"]) / len(inputs["y"])
    loss = data + PENALTY[options["penalty"]] * inputs["reg"] * squares(W1, W2)
    return {"loss": loss, **scored(scores)}


def fc_net(inputs, options):
    depth = int(options["depth"])
    weights = [inputs[f"W{layer}"] for layer in range(1, depth + 1)]
    a = inputs["X"]
    for layer, W in enumerate(weights, start=1):
        z = np.dot(a, W) + inputs[f"b{layer}"]
        a = positive_part(z)
    data = cross_entropy(z, inputs["y"]) / len(inputs["y"])
    loss = data + PENALTY[options["penalty"]] * inputs["reg"] * squares(*weights)
    return {"loss": loss, **scored(z)}


def regularised_net(inputs, options):
    trained = used = inputs["X"]
    for layer in "12":
        W, b = inputs["W" + layer], inputs["b" + layer]
        trained, used = np.dot(trained, W) + b, np.dot(used, W) + b
        if options["norm"] != "none":
            gamma, beta, eps = inputs["gamma" + layer], inputs["beta" + layer], inputs["eps"]
        if options["norm"] == "batch":
            mean, variance = inputs["running_mean" + layer], inputs["running_var" + layer]
            factor = gamma / np.sqrt(variance + eps)
            trained = standardised(trained, eps) * gamma + beta
            used = factor * used + (beta - factor * mean)
        elif options["norm"] == "layer":
            trained = standardised(trained.T, eps).T * gamma + beta
            used = standardised(used.T, eps).T * gamma + beta
        trained, used = positive_part(trained), positive_part(used)
        if options["dropout"] == "yes":
            trained = trained * inputs["mask" + layer]
    scores = [np.dot(a, inputs["W3"]) + inputs["b3"] for a in (trained, used)]
    data = cross_entropy(scores[0], inputs["y"]) / len(inputs["y"])
    weights = [inputs["W1"], inputs["W2"], inputs["W3"]]
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares(*weights)
    return {"loss": data + penalty, "test_scores": scores[1]}


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
    z1 = np.dot(inputs["X"], inputs["W1"]) + inputs["b1"]
    hidden = activation(z1)
    scores = np.dot(hidden, inputs["W2"]) + inputs["b2"]
    data = cross_entropy(scores, inputs["y"])
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares(inputs["W1"], inputs["W2"])
    if options["scaling"] == "mean":
        data = data / N
    if options["penalty_over_n"] == "yes":
        penalty = penalty / N
    layers = {"z1": z1, "a1": hidden, "z2": scores, "probs": shares(scores)}
    return {"loss": data + penalty, **layers, "pred": scored(scores)["pred"]}


def standardised(rows, eps):
    """Return rows less their mean along axis 0, over the root of their variance plus eps."""
    mean = np.mean(rows, axis=0)
    variance = np.mean(np.square(rows), axis=0) - np.square(mean)
    return (rows - mean) / np.sqrt(variance + eps)


def batchnorm(inputs, options):
    x, gamma, beta, eps = (inputs[name] for name in ("x", "gamma", "beta", "eps"))
    mean, variance = inputs["running_mean"], inputs["running_var"]
    if options["mode"] == "test":
        factor = gamma / np.sqrt(variance + eps)
        out = factor * x + (beta - factor * mean)
        return {"out": out, "new_mean": mean, "new_var": variance}
    kept, batch = inputs["momentum"], np.sum(x, axis=0) / len(x)
    spread = np.sum(np.square(x - batch), axis=0) / len(x)
    return {
        "out": gamma * standardised(x, eps) + beta,
        "new_mean": batch + kept * (mean - batch),
        "new_var": spread + kept * (variance - spread),
    }


def spatial_batchnorm(inputs, options):
    N, C, H, W = inputs["x"].shape
    rows = np.reshape(np.transpose(inputs["x"], (0, 2, 3, 1)), (N * H * W, C))
    flat = batchnorm({**inputs, "x": rows}, options)
    out = np.reshape(flat["out"], (N, H, W, C))
    return {**flat, "out": np.transpose(out, (0, 3, 1, 2))}


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
    named = linear_scores(inputs)
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares(inputs["W"])
    return {"loss": softmax_loss(named, options)["loss"] + penalty, **scored(named["x"])}


def linear_svm(inputs, options):
    named = linear_scores(inputs)
    penalty = PENALTY[options["penalty"]] * inputs["reg"] * squares(inputs["W"])
    return {"loss": svm_loss(named, options)["loss"] + penalty, **scored(named["x"])}


def conv_net(inputs, options):
    X, W1, W2, W3 = (inputs[name] for name in ("X", "W1", "W2", "W3"))
    maps = positive_part(correlated(X, W1, inputs["b1"], 1, W1.shape[2] // 2))
    flat = np.reshape(pooled(maps, 2, 2, 2), (len(X), -1))
    hidden = positive_part(np.dot(flat, W2) + inputs["b2"])
    scores = np.dot(hidden, W3) + inputs["b3"]
    data = cross_entropy(scores, inputs["y"]) / len(X)
    loss = data + PENALTY[options["penalty"]] * inputs["reg"] * squares(W1, W2, W3)
    return {"loss": loss, **scored(scores)}


def lenet(inputs, options):
    activation = ACTIVATIONS[options["activation"]]
    layers, images = {}, inputs["X"]
    for layer in ("1", "2"):
        W = inputs["W" + layer]
        pad = W.shape[2] // 2 if options["padding"] == "same" else 0
        z = correlated(images, W, inputs["b" + layer], 1, pad)
        images = pooled(activation(z), 2, 2, 2)
        layers |= {"z" + layer: z, "a" + layer: activation(z), "p" + layer: images}
    z3 = np.dot(np.reshape(images, (len(images), -1)), inputs["W3"]) + inputs["b3"]
    hidden = activation(z3)
    dropped = hidden * inputs["kept"] / inputs["keep"]
    scores = np.dot(dropped, inputs["W4"]) + inputs["b4"]
    layers |= {"z3": z3, "a3": hidden, "h": dropped, "probs": shares(scores), **scored(scores)}
    return {**layers, "loss": cross_entropy(scores, inputs["y"]) / len(images)}


def second_moment(density, ends):
    """Return the root of the mean square under a density, by the midpoint rule."""
    grid = ends * (2.0 * np.arange(200_000) + 1.0 - 200_000) / 200_000
    shares = density(grid)
    return np.sqrt(np.sum(shares * grid**2) / np.sum(shares))


def normal_deviation(variance):
    """Return a normal distribution's standard deviation, integrated to nine of them."""
    return second_moment(lambda w: np.exp(-(w**2) / (2 * variance)), 9.0 * np.sqrt(variance))


def truncated_normal(inputs, options):
    std = inputs["std"]
    spread = second_moment(lambda w: np.exp(-((w / std) ** 2) / 2), 2 * std)
    return {"std": spread, "limit": 2 * std}


def glorot_uniform(inputs, options):
    limit = np.sqrt(6.0 / (inputs["fan_in"] + inputs["fan_out"]))
    return {"std": second_moment(np.ones_like, limit), "limit": limit}


def glorot_normal(inputs, options):
    variance = 2.0 / (inputs["fan_in"] + inputs["fan_out"])
    return {"std": normal_deviation(variance)}


def he_normal(inputs, options):
    variance = 2.0 / inputs["fan_in"]
    return {"std": normal_deviation(variance)}


def path(inputs, steps, **remembered):
    """Return where the steps lead from w, and the first and last of what a rule remembers."""
    places = inputs["w"] + np.cumsum(np.array(steps), axis=0)
    answers = {"path": places}
    for name, history in {"w": places, **remembered}.items():
        answers |= {f"{name}_1": history[0], f"{name}_K": history[-1]}
    return answers


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
    velocities = decayed(inputs["velocity"], forces, inputs["mu"])
    return path(inputs, velocities, velocity=velocities)


def nesterov(inputs, options):
    mu = inputs["mu"]
    forces = -inputs["learning_rate"] * inputs["dws"]
    velocities = [inputs["velocity"], *decayed(inputs["velocity"], forces, mu)]
    steps = [(1 + mu) * v - mu * u for u, v in pairwise(velocities)]
    return path(inputs, steps, velocity=velocities[1:])


def adagrad(inputs, options):
    dws = inputs["dws"]
    caches = decayed(inputs["cache"], dws**2, 1.0)
    return path(inputs, over_root(dws, caches, inputs, options), cache=caches)


def rmsprop(inputs, options):
    dws, rho = inputs["dws"], inputs["rho"]
    caches = decayed(inputs["cache"], (1 - rho) * dws**2, rho)
    return path(inputs, over_root(dws, caches, inputs, options), cache=caches)


def running_means(inputs):
    """Return Adam's memory after each step: m, v and the count of steps."""
    dws, beta1, beta2 = (inputs[name] for name in ("dws", "beta1", "beta2"))
    return {
        "m": decayed(inputs["m"], (1 - beta1) * dws, beta1),
        "v": decayed(inputs["v"], (1 - beta2) * dws**2, beta2),
        "t": [inputs["t"] + k for k in range(1, len(dws) + 1)],
    }


def corrected(means, counts, share):
    """Return running means, each divided by 1 − share^t."""
    return [mean / (1 - share**t) for t, mean in zip(counts, means, strict=True)]


def adam(inputs, options):
    means = running_means(inputs)
    m = corrected(means["m"], means["t"], inputs["beta1"])
    v = corrected(means["v"], means["t"], inputs["beta2"])
    return path(inputs, over_root(m, v, inputs, options), **means)


def nadam(inputs, options):
    dws, beta1, means = inputs["dws"], inputs["beta1"], running_means(inputs)
    n = []
    for t, m, dw in zip(means["t"], means["m"], dws, strict=True):
        later = t + 1 if options["correction"] == "ahead" else t
        n.append(beta1 * m / (1 - beta1**later) + (1 - beta1) * dw / (1 - beta1**t))
    v = corrected(means["v"], means["t"], inputs["beta2"])
    return path(inputs, over_root(n, v, inputs, options), **means)
