"""How far is that, in units of rounding?"""

from __future__ import annotations

import math

import numpy as np

from grader.records import Array

CERTIFIED_WITHIN = 1e3
"""Units within which the reference must agree with a second calculation of the same."""


def in_units(distance: float, unit: float) -> float:
    """Return a distance in units; where there is no rounding at all, only 0 is near.

    >>> in_units(3.0, 2.0), in_units(0.0, 0.0), in_units(1e-9, 0.0)
    (1.5, 0.0, inf)
    """
    if distance == 0.0:
        return 0.0
    return distance / unit if unit > 0.0 else math.inf


def largest(array: Array) -> float:
    """Return the largest magnitude in an array, 0 where it is empty, NaN where one is in it."""
    return float(np.abs(array).max()) if array.size else 0.0
