"""Is an answer the derivative of the student's own loss? Asked along random lines, on one input.

A sweep moves one input of a draw along a random line and has the student's process evaluate its
own loss at the points of the ladder, in one message. What comes back never fails anybody alone.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from grader.checks.numeric import KINK, Slope, slope
from grader.records import Array, Draw, SweepKey

LINES = 3
"""Random lines an input: together they miss a relative error of 1e-7 less than once in 1e9."""
MOST_LINES = 6
"""Lines that may be tried until so many have told something."""
STABILISED_WITHIN = 1e-5
"""Relative difference that a stabiliser in the loss, ``log(p + 1e-8)``, may make."""
_ROUNDING = 1e-14
_POWER = 1e-3
_POWER_IN_STEPS = 0.03
"""The largest tolerance, as a share of the derivative, at which a line tells anything; the second
where the loss moves in steps, since its error is told too large then, by far."""
_STEPS_WITHIN = 0.25
"""Share of such a tolerance within which an answer has to be."""
_FLAT = 1e-9
_COARSE = "the loss is too coarse"
_CLOSE = "too close to call"
STILL = "the loss does not move"


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
    is_coarse: bool = False
    """Whether it agrees only as far as a loss that moves in steps can tell."""

    @property
    def may_mend(self) -> bool:
        """Whether another line may tell where this one does not."""
        return self.reason in (KINK, _COARSE, _CLOSE)

    @property
    def is_telling(self) -> bool:
        """Whether the answer may be right by it, and garbage would have been seen."""
        return self.agreement is Agreement.YES or self.reason in (_COARSE, _CLOSE)


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
        return _finding(Agreement.UNKNOWN, told, estimate, tolerance, STILL)
    if not tolerance <= (_POWER_IN_STEPS if estimate.is_quantised else _POWER) * scale:
        return _finding(Agreement.UNKNOWN, told, estimate, tolerance, _COARSE)
    if difference <= _agreeing_within(tolerance, scale):
        agreed = _finding(Agreement.YES, told, estimate, tolerance)
        return replace(agreed, is_coarse=tolerance > _POWER * scale)
    return _finding(Agreement.UNKNOWN, told, estimate, tolerance, _CLOSE)


def _agreeing_within(tolerance: float, scale: float) -> float:
    """Return how near an answer must be; nearer than the tolerance where that is a wide one."""
    near = tolerance if tolerance <= _POWER * scale else _STEPS_WITHIN * tolerance
    return max(near, STABILISED_WITHIN * scale)


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


def together(findings: Sequence[Finding]) -> Agreement:
    """Return what several lines say together: one that disagrees decides, three must agree."""
    told = [found.agreement for found in findings]
    if Agreement.NO in told:
        return Agreement.NO
    return Agreement.YES if told.count(Agreement.YES) >= LINES else Agreement.UNKNOWN


def is_settled(findings: Sequence[Finding]) -> bool:
    """Return whether further lines would not change what is known.

    They help where a kink was met by chance, or where the loss moves in steps, and not where it is
    random or does not move.
    """
    unknown = [found for found in findings if found.agreement is Agreement.UNKNOWN]
    return (
        together(findings) is not Agreement.UNKNOWN
        or len(findings) >= MOST_LINES
        or any(not found.may_mend for found in unknown)
    )
