"""Random initial weights, and what their distribution must be.

ELEC/COMP 576 assignment 1, part 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import erf, exp, pi, prod, sqrt
from typing import Any

import numpy as np

from reference.problem import Answers, Array, Inputs, Options, Problem, Sizes

CUT = 2.0
"""Standard deviations at which the truncated normal is cut."""

SHARE = erf(CUT / sqrt(2.0))
"""The share of a normal distribution that lies within the cut."""

SHRINK = sqrt(1.0 - 2.0 * CUT * exp(-(CUT**2) / 2.0) / sqrt(2.0 * pi) / SHARE)
"""What cutting leaves of the standard deviation, about 0.88."""


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return how many inputs a unit of the layer has, and how many outputs an input feeds.

    Parameters
    ----------
    shape : (D, M) or (F, C, HH, WW)
        Of an affine layer's weights, or of filters.

    Returns
    -------
    fan_in, fan_out : int

    >>> fans((3, 5)), fans((8, 2, 5, 5))
    ((3, 5), (50, 200))
    """
    if len(shape) == 2:
        return shape[0], shape[1]
    pixels = prod(shape[2:])
    return shape[1] * pixels, shape[0] * pixels


def truncated_normal(rng: np.random.Generator, shape: tuple[int, ...], std: float = 0.1) -> Array:
    """Return a normal distribution of which all beyond two standard deviations is drawn again.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
    std : float
        Of the distribution before it is cut, > 0; what is left has 0.88 of it.

    Returns
    -------
    float array of that shape
        Between ``−2 std`` and ``2 std``.

    References
    ----------
    ELEC/COMP 576, assignment 1, part 2; TensorFlow's ``truncated_normal``.

    >>> bool(np.abs(truncated_normal(np.random.default_rng(0), (50, 50), std=0.1)).max() <= 0.2)
    True
    """
    weights = rng.normal(size=shape)
    while (beyond := np.abs(weights) > CUT).any():
        weights[beyond] = rng.normal(size=np.count_nonzero(beyond))
    return std * weights


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return weights between ``±√(6 / (fan_in + fan_out))``, all equally likely.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (D, M) or (F, C, HH, WW)

    Returns
    -------
    float array of that shape

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    2010, equation 16; called Xavier uniform as well.

    >>> bool(np.abs(glorot_uniform(np.random.default_rng(0), (2, 4))).max() <= 1.0)
    True
    """
    limit = sqrt(6.0 / sum(fans(shape)))
    return rng.uniform(-limit, limit, size=shape)


def glorot_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return normal weights of variance ``2 / (fan_in + fan_out)``.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (D, M) or (F, C, HH, WW)

    Returns
    -------
    float array of that shape

    References
    ----------
    Glorot and Bengio, 2010, equation 12; called Xavier normal as well.

    >>> weights = glorot_normal(np.random.default_rng(0), (300, 500))
    >>> round(float(weights.var()), 4), 2 / (300 + 500)
    (0.0025, 0.0025)
    """
    return rng.normal(scale=sqrt(2.0 / sum(fans(shape))), size=shape)


def he_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return normal weights of variance ``2 / fan_in``, made for ReLU units.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (D, M) or (F, C, HH, WW)

    Returns
    -------
    float array of that shape

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, equation 10.

    >>> weights = he_normal(np.random.default_rng(0), (400, 500))
    >>> round(float(weights.var()), 3), 2 / 400
    (0.005, 0.005)
    """
    return rng.normal(scale=sqrt(2.0 / fans(shape)[0]), size=shape)


INITIALIZERS: Mapping[str, Callable[..., Array]] = {
    "truncated_normal": truncated_normal,
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_normal": he_normal,
}
"""From an initialiser's id to ``function(rng, shape)``."""


def moments(initializer: str, fan_in: int, fan_out: int, std: float = 0.1) -> tuple[float, float]:
    """Return the standard deviation of an initialiser's weights, and their largest size.

    Parameters
    ----------
    initializer : str
        A key of ``INITIALIZERS``.
    fan_in, fan_out : int
    std : float
        Read by ``truncated_normal`` alone.

    Returns
    -------
    std, limit : float
        Infinity where there is no limit.

    >>> moments("glorot_uniform", 2, 4)[1], moments("he_normal", 2, 4)
    (1.0, (1.0, inf))
    """
    if initializer == "truncated_normal":
        return SHRINK * std, CUT * std
    if initializer == "glorot_uniform":
        return sqrt(2.0 / (fan_in + fan_out)), sqrt(6.0 / (fan_in + fan_out))
    if initializer == "glorot_normal":
        return sqrt(2.0 / (fan_in + fan_out)), float("inf")
    return sqrt(2.0 / fan_in), float("inf")


def has_likely_moments(
    weights: Array, std: float, limit: float = float("inf"), deviations: float = 5.0
) -> bool:
    """Return whether weights may come from a distribution of mean 0, of that std and limit.

    Parameters
    ----------
    weights : float array
    std : float
        Standard deviation of the distribution, > 0.
    limit : float
        Largest size that a weight may have.
    deviations : float
        How far the sample's mean and standard deviation may be off, in units of their own
        deviations: std/√n and at most std/√(2n).

    Returns
    -------
    bool

    >>> weights = np.random.default_rng(0).normal(size=(100, 100))
    >>> has_likely_moments(weights, std=1.0), has_likely_moments(weights, std=1.1)
    (True, False)
    """
    allowed = deviations * std / sqrt(weights.size)
    return bool(
        abs(weights.mean()) <= allowed
        and abs(weights.std() - std) <= allowed / sqrt(2.0)
        and np.abs(weights).max() <= limit
    )


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw nothing: the weights are the student's to draw; report the layer's fans."""
    names = ("D", "M") if options["layer"] == "affine" else ("F", "C", "HH", "WW")
    fan_in, fan_out = fans(tuple(sizes[name] for name in names))
    return {"fan_in": fan_in, "fan_out": fan_out, "std": float(settings["std"])}


def _problem(problem_id: str, title: str) -> Problem:
    """Return the problem of an initialiser: the moments that a student's weights must have."""
    limited = problem_id in ("truncated_normal", "glorot_uniform")

    def solve(inputs: Inputs, options: Options) -> Answers:
        std, limit = moments(problem_id, inputs["fan_in"], inputs["fan_out"], inputs["std"])
        return {"std": np.asarray(std), **({"limit": np.asarray(limit)} if limited else {})}

    return Problem(
        id=problem_id,
        title=title,
        source="ELEC/COMP 576 assignment 1, part 2",
        shapes=lambda options: {"fan_in": (), "fan_out": (), "std": ()},
        sizes=(
            {"D": 211, "M": 307, "F": 31, "C": 17, "HH": 5, "WW": 7},
            {"D": 307, "M": 101, "F": 19, "C": 29, "HH": 7, "WW": 3},
        ),
        settings={"std": 0.1},
        options={"layer": ("affine", "conv")},
        draw=draw,
        solve=solve,
        value=lambda inputs, options: {},
    )


PROBLEMS = {
    "truncated_normal": _problem("truncated_normal", "Truncated normal weights"),
    "glorot_uniform": _problem("glorot_uniform", "Glorot (Xavier) uniform weights"),
    "glorot_normal": _problem("glorot_normal", "Glorot (Xavier) normal weights"),
    "he_normal": _problem("he_normal", "He normal weights"),
}
