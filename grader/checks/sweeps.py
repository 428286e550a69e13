"""Is an answer the derivative of the student's own loss? Asked along random lines, on one input.

A sweep moves one input of a draw along a random line and has the student's process evaluate its
own loss at the points of the ladder, in one message. What comes back never fails anybody alone.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from grader.checks.numeric import Slope, slope
from grader.records import Array, Draw, SweepKey

LINES = 3
"""Random lines an input: together they miss a relative error of 1e-7 less than once in 1e9."""
STABILISED_WITHIN = 1e-5
"""Relative difference that a stabiliser in the loss, ``log(p + 1e-8)``, may make."""
_ROUNDING = 1e-14
_POWER = 1e-3
_FLAT = 1e-9


class Agreement(Enum):
    """How an answer stands to the numeric derivative along one line."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line's result, with the numbers that led to it."""

    agreement: Agreement
    told: float
    """Derivative along the line by the answer."""
    measured: float
    tolerance: float
    at: float
    """The loss itself, where it was asked first."""
    reason: str = ""
    """Why nothing is known."""


def direction(draw: Draw, key: SweepKey) -> Array:
    """Return the line of a sweep: Gaussian, as large as the input itself is.

    Parameters
    ----------
    draw
        Whose input is moved.
    key
        Names the input and the line; the same key gives the same line.

    Returns
    -------
    float64 array in the input's shape
    """
    base = np.asarray(draw.inputs[key.wrt], dtype=np.float64)
    if key.entry is not None:
        unit = np.zeros(base.shape)
        unit.flat[key.entry] = _rms(base)
        return unit
    seed = hashlib.sha256(str(key).encode()).digest()
    rng = np.random.Generator(np.random.PCG64(int.from_bytes(seed[:16], "little")))
    return np.asarray(rng.normal(size=base.shape) * _rms(base))


def _rms(base: Array) -> float:
    return float(np.sqrt(np.mean(base**2))) or 1.0


def finding(answer: Array, line: Array, samples: Array) -> Finding:
    """Return whether an answer's derivative along a line is that of the sampled loss.

    Parameters
    ----------
    answer : float array in the shape of the line
        The student's gradient.
    line : float array
        Where the loss was sampled along.
    samples : (42,) float array
        The loss at ``numeric.points()``.
    """
    estimate = slope(samples)
    told = float(np.sum(answer * line))
    size = float(np.sum(np.abs(answer * line)))
    if not math.isfinite(told):
        return _finding(Agreement.NO, told, estimate, math.inf)
    tolerance = 4.0 * (estimate.error + _ROUNDING * size)
    difference = abs(told - estimate.value)
    scale = max(abs(estimate.value), float(np.sqrt(np.sum((answer * line) ** 2))))
    flat = _FLAT * (abs(estimate.at) + (estimate.span if math.isfinite(estimate.span) else 0.0))
    if estimate.doubt:
        return _finding(Agreement.UNKNOWN, told, estimate, tolerance, estimate.doubt)
    allowed = max(
        10.0 * tolerance, flat, (0.05 if estimate.is_quantised else STABILISED_WITHIN) * scale
    )
    if not difference <= allowed:
        return _finding(Agreement.NO, told, estimate, tolerance)
    if scale <= flat:
        return _finding(Agreement.UNKNOWN, told, estimate, tolerance, "the loss does not move")
    if not tolerance <= _POWER * scale:
        return _finding(Agreement.UNKNOWN, told, estimate, tolerance, "the loss is too coarse")
    if difference <= max(tolerance, STABILISED_WITHIN * scale):
        return _finding(Agreement.YES, told, estimate, tolerance)
    return _finding(Agreement.UNKNOWN, told, estimate, tolerance, "too close to call")


def _finding(
    agreement: Agreement, told: float, estimate: Slope, tolerance: float, reason: str = ""
) -> Finding:
    return Finding(
        agreement=agreement,
        told=told,
        measured=estimate.value,
        tolerance=tolerance,
        at=estimate.at,
        reason=reason,
    )


def together(findings: list[Finding]) -> Agreement:
    """Return what several lines say together: one that disagrees decides, all must agree."""
    told = {found.agreement for found in findings}
    if Agreement.NO in told:
        return Agreement.NO
    return Agreement.YES if told == {Agreement.YES} else Agreement.UNKNOWN
