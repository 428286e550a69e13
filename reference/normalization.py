"""Batch normalisation, per feature or per channel, and layer normalisation.

ECE C147/C247 homeworks 4 and 5, and CS231n assignment 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Shape, Sizes

Axes = tuple[int, ...]


def standardise(x: Array, axes: Axes, eps: float) -> tuple[Array, Array]:
    """Return x less its mean over the axes, divided by its deviation, and that deviation.

    Parameters
    ----------
    x : (...) float array
    axes : tuple of int
        Along which mean and variance are taken.
    eps : float
        Added to the variance under the root, > 0.

    Returns
    -------
    x_hat : (...) float array
        ``(x − mean) / deviation``.
    deviation : float array, length 1 along the axes
        ``√(variance + eps)``, the variance being the mean of squares (over N, not N − 1).

    >>> standardise(np.array([[1.0], [3.0]]), axes=(0,), eps=0.0)
    (array([[-1.],
           [ 1.]]), array([[1.]]))
    """
    centred = x - x.mean(axis=axes, keepdims=True)
    deviation = np.sqrt(np.square(centred).mean(axis=axes, keepdims=True) + eps)
    return centred / deviation, deviation


def standardise_paths(
    dx_hat: Array, x_hat: Array, deviation: Array, axes: Axes
) -> dict[str, Array]:
    """Return the three paths by which the gradient in x_hat reaches x; dx is their sum.

    Parameters
    ----------
    dx_hat, x_hat : (...) float arrays
    deviation : float array, length 1 along the axes
    axes : tuple of int
        Along which x was standardised.

    Returns
    -------
    dict of (...) float arrays
        ``direct``, ``mean`` and ``variance``.

    Notes
    -----
    ::

        dx = (dx_hat − mean(dx_hat) − x_hat ⊙ mean(dx_hat ⊙ x_hat)) / deviation

    >>> x_hat, deviation = standardise(np.array([[1.0], [3.0]]), (0,), 0.0)
    >>> sum(standardise_paths(x_hat, x_hat, deviation, (0,)).values())
    array([[0.],
           [0.]])
    """
    through_mean = dx_hat.mean(axis=axes, keepdims=True)
    through_variance = x_hat * (dx_hat * x_hat).mean(axis=axes, keepdims=True)
    return {
        "direct": dx_hat / deviation,
        "mean": np.broadcast_to(-through_mean / deviation, dx_hat.shape),
        "variance": -through_variance / deviation,
    }


def all_but_channels(x: Array) -> Axes:
    """Return every axis of x but 1, which holds the features or channels.

    >>> all_but_channels(np.zeros((2, 3, 4, 5)))
    (0, 2, 3)
    """
    return tuple(axis for axis in range(x.ndim) if axis != 1)


def per_channel(vector: Array, x: Array) -> Array:
    """Return a (C,) vector in the shape that multiplies x (N, C, ...) channel by channel.

    >>> per_channel(np.ones(3), np.zeros((2, 3, 4, 5))).shape
    (1, 3, 1, 1)
    """
    return vector.reshape(1, -1, *[1] * (x.ndim - 2))


def batchnorm(
    x: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    *,
    train: bool,
    momentum: float = 0.9,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array]:
    """Return x normalised over the batch, or by the running statistics in test mode.

    Parameters
    ----------
    x : (N, C) or (N, C, H, W) float array
        C features, or C channels of images (spatial batch norm).
    gamma, beta : (C,) float arrays
        Scale and shift.
    running_mean, running_var : (C,) float arrays
        Of earlier batches.
    train : bool
        True to normalise by this batch and to update the running statistics.
    momentum : float
        Weight of the earlier batches, between 0 and 1.
    eps : float
        Added to the variance, > 0.

    Returns
    -------
    out : array in the shape of x
        ``gamma ⊙ x_hat + beta`` with x_hat = (x − mean) / √(variance + eps), by the batch's mean
        and variance in training, by the running ones in test mode.
    new_mean, new_var : (C,) float arrays
        ``momentum · running + (1 − momentum) · batch`` in training, unchanged in test mode. The
        batch's variance is the mean of squares, over N and not N − 1.

    References
    ----------
    Ioffe and Szegedy, "Batch normalization", 2015, algorithm 1; CS231n assignment 2,
    ``layers.batchnorm_forward`` and ``spatial_batchnorm_forward``.

    >>> out, new_mean, _ = batchnorm(
    ...     np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), np.zeros(1), np.ones(1), train=True)
    >>> out.round(3).T, new_mean
    (array([[-1.,  1.]]), array([0.2]))
    """
    if train:
        axes = all_but_channels(x)
        x_hat, _ = standardise(x, axes, eps)
        running_mean = momentum * running_mean + (1.0 - momentum) * x.mean(axis=axes)
        running_var = momentum * running_var + (1.0 - momentum) * x.var(axis=axes)
    else:
        x_hat = (x - per_channel(running_mean, x)) / np.sqrt(per_channel(running_var, x) + eps)
        running_mean, running_var = running_mean.copy(), running_var.copy()
    out = per_channel(gamma, x) * x_hat + per_channel(beta, x)
    return out, running_mean, running_var


def batchnorm_paths(
    dout: Array,
    x: Array,
    gamma: Array,
    running_mean: Array,
    running_var: Array,
    *,
    train: bool,
    eps: float = 1e-5,
) -> tuple[dict[str, Array], Array, Array]:
    """Return the gradients of ``sum(dout * batchnorm(x, ...))``, that in x path by path.

    Parameters
    ----------
    dout : array in the shape of x
    x : (N, C) or (N, C, H, W) float array
    gamma, running_mean, running_var : (C,) float arrays
    train : bool
        In test mode the statistics are constants, and only the direct path is left.
    eps : float

    Returns
    -------
    paths : dict of arrays in the shape of x
        ``direct``, and in training ``mean`` and ``variance``; dx is their sum.
    dgamma, dbeta : (C,) float arrays
        ``Σ dout ⊙ x_hat`` and ``Σ dout``, over all axes but that of the channels.

    References
    ----------
    CS231n assignment 2, ``layers.batchnorm_backward_alt``.

    >>> x, one, zero = np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1)
    >>> paths, dgamma, dbeta = batchnorm_paths(x, x, one, zero, one, train=True, eps=0.0)
    >>> sum(paths.values()).T, dgamma, dbeta
    (array([[0., 0.]]), array([2.]), array([4.]))
    """
    axes = all_but_channels(x)
    dx_hat = per_channel(gamma, x) * dout
    if train:
        x_hat, deviation = standardise(x, axes, eps)
        paths = standardise_paths(dx_hat, x_hat, deviation, axes)
    else:
        deviation = np.sqrt(per_channel(running_var, x) + eps)
        x_hat = (x - per_channel(running_mean, x)) / deviation
        paths = {"direct": dx_hat / deviation}
    return paths, (dout * x_hat).sum(axis=axes), dout.sum(axis=axes)


def layernorm(x: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Array:
    """Return x normalised within each example.

    Parameters
    ----------
    x : (N, D) float array
    gamma, beta : (D,) float arrays
    eps : float
        Added to the variance, > 0.

    Returns
    -------
    (N, D) float array
        ``gamma ⊙ x_hat + beta``, with mean and variance over the D features.

    References
    ----------
    Ba, Kiros and Hinton, "Layer normalization", 2016; CS231n assignment 2,
    ``layers.layernorm_forward``.

    >>> layernorm(np.array([[1.0, 3.0]]), np.ones(2), np.zeros(2), eps=0.0)
    array([[-1.,  1.]])
    """
    x_hat, _ = standardise(x, (1,), eps)
    return gamma * x_hat + beta


def layernorm_paths(
    dout: Array, x: Array, gamma: Array, eps: float = 1e-5
) -> tuple[dict[str, Array], Array, Array]:
    """Return the gradients of ``sum(dout * layernorm(x, ...))``, that in x path by path.

    Parameters
    ----------
    dout, x : (N, D) float arrays
    gamma : (D,) float array
    eps : float

    Returns
    -------
    paths : dict of (N, D) float arrays
        ``direct``, ``mean`` and ``variance``; dx is their sum.
    dgamma, dbeta : (D,) float arrays
        ``Σₙ dout ⊙ x_hat`` and ``Σₙ dout``.

    >>> x = np.array([[1.0, 3.0]])
    >>> paths, dgamma, dbeta = layernorm_paths(x, x, np.ones(2), eps=0.0)
    >>> sum(paths.values()), dgamma, dbeta
    (array([[0., 0.]]), array([-1.,  3.]), array([1., 3.]))
    """
    x_hat, deviation = standardise(x, (1,), eps)
    paths = standardise_paths(gamma * dout, x_hat, deviation, (1,))
    return paths, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def _draw_features(
    rng: np.random.Generator, axes: tuple[int, ...], scale: float
) -> dict[str, Array]:
    """Draw x, each channel with its own mean and spread, gamma, beta and dout."""
    C = axes[1]
    x = rng.normal(size=axes)
    channels = {name: rng.normal(size=C) for name in ("mean", "gamma", "beta")}
    spread = rng.uniform(0.5, 2.0, size=C)
    return {
        "x": scale * (per_channel(spread, x) * x + per_channel(channels["mean"], x)),
        "gamma": channels["gamma"],
        "beta": channels["beta"],
        "dout": rng.normal(size=axes),
    }


def _running(rng: np.random.Generator, C: int) -> dict[str, Array]:
    """Draw the running statistics of earlier batches."""
    return {"running_mean": rng.normal(size=C), "running_var": rng.uniform(0.5, 2.0, size=C)}


def _statistics(inputs: Inputs, options: Options) -> dict[str, Any]:
    """Return the arguments that forward and backward pass of batch norm share."""
    names = ("x", "gamma", "running_mean", "running_var", "eps")
    return {**{name: inputs[name] for name in names}, "train": options["mode"] == "train"}


def solve_batchnorm(inputs: Inputs, options: Options) -> Answers:
    """Return output, new running statistics and gradients, for features or for images."""
    shared = _statistics(inputs, options)
    out, new_mean, new_var = batchnorm(**shared, beta=inputs["beta"], momentum=inputs["momentum"])
    paths, dgamma, dbeta = batchnorm_paths(inputs["dout"], **shared)
    return {
        "out": out,
        "new_mean": new_mean,
        "new_var": new_var,
        "dx": sum(paths.values(), np.zeros_like(out)),
        "dgamma": dgamma,
        "dbeta": dbeta,
    }


def value_batchnorm(inputs: Inputs, options: Options) -> Answers:
    """Return the output channel by channel, the variance as a mean of products."""
    x = np.moveaxis(inputs["x"], 1, -1)
    if options["mode"] == "train":
        rows = x.reshape(-1, x.shape[-1])
        mean = np.einsum("nc->c", rows) / len(rows)
        var = np.einsum("nc,nc->c", rows - mean, rows - mean) / len(rows)
    else:
        mean, var = inputs["running_mean"], inputs["running_var"]
    out = inputs["gamma"] * (x - mean) * (var + inputs["eps"]) ** -0.5 + inputs["beta"]
    return {"out": np.moveaxis(out, -1, 1)}


def parts_batchnorm(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the three paths of dx in training; there is one path alone in test mode."""
    paths, _, _ = batchnorm_paths(inputs["dout"], **_statistics(inputs, options))
    return {"dx": paths} if len(paths) > 1 else {}


def solve_layernorm(inputs: Inputs, options: Options) -> Answers:
    """Return the output and its three gradients along dout."""
    x, gamma, eps = (inputs[name] for name in ("x", "gamma", "eps"))
    paths, dgamma, dbeta = layernorm_paths(inputs["dout"], x, gamma, eps)
    return {
        "out": layernorm(x, gamma, inputs["beta"], eps),
        "dx": sum(paths.values(), np.zeros_like(x)),
        "dgamma": dgamma,
        "dbeta": dbeta,
    }


def value_layernorm(inputs: Inputs, options: Options) -> Answers:
    """Return the output example by example."""
    rows = []
    for x in inputs["x"]:
        centred = x - x.sum() / len(x)
        deviation = (np.einsum("d,d->", centred, centred) / len(x) + inputs["eps"]) ** 0.5
        rows.append(inputs["gamma"] * centred / deviation + inputs["beta"])
    return {"out": np.stack(rows)}


def parts_layernorm(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the three paths of dx."""
    x, gamma, eps = (inputs[name] for name in ("x", "gamma", "eps"))
    return {"dx": layernorm_paths(inputs["dout"], x, gamma, eps)[0]}


def _problem(problem_id: str, title: str, axes: Shape, *, batch: bool, **rows: Any) -> Problem:
    """Return a normalisation's problem; ``batch`` says whether it keeps running statistics."""
    C = axes[1]
    vectors = ("gamma", "beta", *(("running_mean", "running_var") if batch else ()))
    # An eps that shows: beside 1e-5 nobody could tell a forgotten one from single precision. And
    # another momentum than the usual 0.9, for whoever does not look at the one that is given.
    numbers = {"eps": 0.02, **({"momentum": 0.8} if batch else {})}

    def draw(
        rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
    ) -> dict[str, Any]:
        lengths = tuple(sizes[str(axis)] for axis in axes)
        drawn = _draw_features(rng, lengths, settings["scale"])
        running = _running(rng, lengths[1]) if batch else {}
        return {**drawn, **running, **{name: float(settings[name]) for name in numbers}}

    return Problem(
        id=problem_id,
        title=title,
        shapes=lambda options: {
            "x": axes,
            "dout": axes,
            **dict.fromkeys(vectors, (C,)),
            **dict.fromkeys(numbers, ()),
        },
        settings={**numbers, "scale": 1.0},
        draw=draw,
        gradients={
            f"d{name}": Gradient(of="out", wrt=name, along="dout")
            for name in ("x", "gamma", "beta")
        },
        options={"mode": ("train", "test")} if batch else {},
        **rows,
    )


PROBLEMS = {
    # One example alone is its own mean: a batch norm of N = 1 is flat, so there is no `single`.
    "batchnorm": _problem(
        "batchnorm",
        "Batch normalisation, its running statistics and its backward pass",
        ("N", "D"),
        batch=True,
        source="ECE C147/C247 homework 4; CS231n assignment 2: batchnorm_forward",
        sizes=({"N": 7, "D": 5}, {"N": 5, "D": 11}),
        regimes={"square": {"N": 5, "D": 5}, "hot": {"scale": 6.0}},
        solve=solve_batchnorm,
        value=value_batchnorm,
        parts=parts_batchnorm,
    ),
    "spatial_batchnorm": _problem(
        "spatial_batchnorm",
        "Spatial batch normalisation, its running statistics and its backward pass",
        ("N", "C", "H", "W"),
        batch=True,
        source="ECE C147/C247 homework 5; CS231n assignment 2: spatial_batchnorm_forward",
        sizes=({"N": 5, "C": 3, "H": 4, "W": 7}, {"N": 3, "C": 7, "H": 5, "W": 2}),
        regimes={
            "single": {"N": 1},
            "square": {"N": 4, "C": 4, "H": 4, "W": 4},
            "hot": {"scale": 6.0},
        },
        solve=solve_batchnorm,
        value=value_batchnorm,
        parts=parts_batchnorm,
    ),
    "layernorm": _problem(
        "layernorm",
        "Layer normalisation and its backward pass",
        ("N", "D"),
        batch=False,
        source="CS231n assignment 2: layernorm_forward",
        sizes=({"N": 7, "D": 5}, {"N": 5, "D": 11}),
        regimes={"single": {"N": 1}, "square": {"N": 5, "D": 5}, "hot": {"scale": 6.0}},
        solve=solve_layernorm,
        value=value_layernorm,
        parts=parts_layernorm,
    ),
}
