"""What do people do to an array that they should not? Turned, flipped, summed up or spread out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from grader.records import Array

Turn = Callable[[Array], "Array | None"]


def _axes(axes: tuple[int, ...], array: Array) -> Array | None:
    return array.transpose(axes) if array.ndim == len(axes) else None


def _flipped(axis: int, array: Array) -> Array | None:
    return np.flip(array, axis) if array.ndim > axis else None


def _rolled(axis: int, shift: int, array: Array) -> Array | None:
    return np.roll(array, shift, axis) if array.ndim > axis else None


def _over(how: Callable[..., Array], axis: int, array: Array) -> Array | None:
    return how(array, axis=axis) if array.ndim > axis else None


def _spread(how: Callable[..., Array], axis: int | None, array: Array) -> Array | None:
    if array.ndim <= (axis or 0):
        return None
    return np.broadcast_to(how(array, axis=axis, keepdims=True), array.shape)


def _quiet(function: Callable[[Array], Array], array: Array) -> Array:
    with np.errstate(all="ignore"):
        return function(array)


def _rounded(decimals: int, array: Array) -> Array:
    return np.round(array, decimals)


PLACES = ("first", "second", "third", "fourth")

FAR_FETCHED = (
    "truncated",
    "summed",
    "averaged",
    "rounded",
    "absolute",
    "squared",
    "root_extra",
    "exponential",
    "logarithm",
    "reciprocal",
    "complement",
)
"""Mistakes that are told only where nothing plainer answers alike."""

SHAPES: tuple[tuple[str, str, Turn], ...] = (
    ("transposed", "it is transposed", lambda a: a.T if a.ndim > 1 else None),
    (
        "transposed",
        "it is transposed and then reshaped",
        lambda a: a.T.reshape(a.shape) if a.ndim > 1 else None,
    ),
    *(
        ("transposed", "its axes are swapped", partial(_axes, axes))
        for axes in ((1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3, 2), (0, 3, 2, 1), (0, 2, 1), (1, 0, 2))
    ),
    *(
        ("flipped", f"its {place} axis runs backwards", partial(_flipped, axis))
        for axis, place in enumerate(PLACES)
    ),
    ("flipped", "all its axes run backwards", lambda a: np.flip(a) if a.ndim > 1 else None),
    (
        "flipped",
        "its last two axes run backwards",
        lambda a: a[..., ::-1, ::-1] if a.ndim > 2 else None,
    ),
    *(
        ("permuted", f"it is shifted by one along its {place} axis", partial(_rolled, axis, shift))
        for axis, place in enumerate(PLACES)
        for shift in (1, -1)
    ),
    ("summed", "it is summed up to one number", lambda a: np.asarray(a.sum())),
    ("averaged", "it is averaged to one number", lambda a: np.asarray(a.mean())),
    *(
        ("summed", f"it is summed up along its {place} axis", partial(_over, np.sum, axis))
        for axis, place in enumerate(PLACES)
    ),
    *(
        ("averaged", f"it is averaged along its {place} axis", partial(_over, np.mean, axis))
        for axis, place in enumerate(PLACES)
    ),
    ("summed", "its sum stands in every entry", partial(_spread, np.sum, None)),
    ("averaged", "its mean stands in every entry", partial(_spread, np.mean, None)),
    *(
        ("summed", f"sums along its {place} axis stand there", partial(_spread, np.sum, axis))
        for axis, place in enumerate(PLACES)
    ),
    *(
        ("averaged", f"means along its {place} axis stand there", partial(_spread, np.mean, axis))
        for axis, place in enumerate(PLACES)
    ),
    ("truncated", "its decimals are cut off", np.trunc),
    ("truncated", "it is rounded down to whole numbers", np.floor),
    ("truncated", "it is rounded to whole numbers", np.round),
    *(
        (
            "rounded",
            f"it is rounded to {count} decimal{'s' * (count > 1)}",
            partial(_rounded, count),
        )
        for count in range(1, 7)
    ),
    ("absolute", "its sign is dropped", np.abs),
    ("squared", "it is squared", np.square),
    ("root_extra", "its square root is taken", partial(_quiet, np.sqrt)),
    ("exponential", "its exponential is taken", partial(_quiet, np.exp)),
    ("logarithm", "its logarithm is taken", partial(_quiet, np.log)),
    ("reciprocal", "one is divided by it", partial(_quiet, np.reciprocal)),
    ("complement", "it is taken from one", lambda a: 1.0 - a),
)
"""Name of the mistake, the clause that tells it, and what it does; None where it cannot be done."""
