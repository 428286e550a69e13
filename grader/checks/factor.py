"""Is what looks like rounding the same small factor everywhere? No arithmetic errs like that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.records import Array

LEAST = 2.0**-22
"""A number in single precision may be off by a quarter of it, and be a factor of everything."""
_ALIKE = 0.02
_CARRYING = 1e-3
_LEAST_ENTRIES = 8


def common_factor(pairs: Sequence[tuple[Array, Array]]) -> float | None:
    """Return the factor by which answers differ from what is right, entry by entry on every draw.

    Parameters
    ----------
    pairs
        For every draw what came back and what is right, in one shape.

    Returns
    -------
    float or None
        None where the answers of two draws or more, and eight entries or more, do not all have
        one factor, or one that a single number in single precision explains.

    >>> right = np.arange(1.0, 6.0)
    >>> common_factor([(1.00001 * right, right), (1.00001 * right**2, right**2)])
    1.00001
    >>> common_factor([(1.00001 * right, right), (right, right)]) is None
    True
    """
    ratios = [_ratios(value, right) for value, right in pairs]
    if len(ratios) < 2 or any(not one.size for one in ratios):
        return None
    off = np.concatenate(ratios)
    middle = float(np.median(off))
    if off.size < _LEAST_ENTRIES or not abs(middle) >= LEAST:
        return None
    is_one = float(np.abs(off - middle).max()) <= _ALIKE * abs(middle)
    return 1.0 + middle if is_one else None


def _ratios(value: Array, right: Array) -> Array:
    """Return by how much the entries that carry an array are larger, as shares of themselves."""
    size = np.abs(right)
    carrying = size > _CARRYING * size.max(initial=0.0)
    off: Array = (value[carrying] - right[carrying]) / right[carrying]
    return off
