"""One wrong answer on all draws: its numbers, what is right, and how near is equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.diagnosis.material import Sample
from grader.records import Array, Expected, Returned

_UNITS = 1e3
_SINGLE_UNITS = 100.0
_EPS = 2.0**-52
_EPS32 = 2.0**-23


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One answer on one draw.

    Parameters
    ----------
    value, right : float64 arrays
        What came back, in its own shape, and what is right.
    unit, eps
        How far rounding can move what is right, and anything, relatively; both already times the
        number of units that count as equal.
    sample
        The draw.
    is_accepted
        Whether it was judged right.
    """

    value: Array
    right: Array
    unit: float
    eps: float
    sample: Sample
    is_accepted: bool = False

    def allowed(self, guess: Array) -> float:
        """Return the largest difference from a guess that rounding explains."""
        largest, scale = _largest(guess), _largest(self.right)
        stretched = self.unit * max(1.0, largest / scale) if scale > 0 else self.unit
        return max(stretched, self.eps * largest)

    def equals(self, guess: Array) -> bool:
        """Return whether a guess is what came back, NaN and infinity where it has them too."""
        if not alike(self.value.shape, guess.shape):
            return False
        value, guess = self.value.ravel(), np.asarray(guess, np.float64).ravel()
        finite = np.isfinite(value)
        if not np.array_equal(finite, np.isfinite(guess)):
            return False
        distance = np.abs(value[finite] - guess[finite])
        return bool(distance.max(initial=0.0) <= self.allowed(guess[finite]))

    @property
    def is_right(self) -> bool:
        """Whether what came back is right here."""
        return self.is_accepted or self.equals(self.right)


def _largest(array: Array) -> float:
    return float(np.abs(array).max(initial=0.0))


def alike(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Return whether two shapes are equal, or those of one vector lying this way or that.

    >>> alike((1, 5), (5,)), alike((3, 5), (5, 3))
    (True, False)
    """
    if shape == other:
        return True
    long_sides = [side for side in shape if side != 1]
    return len(long_sides) <= 1 and long_sides == [side for side in other if side != 1]


def seen_of(name: str, samples: Sequence[Sample]) -> tuple[Seen, ...]:
    """Return an answer's numbers on the draws where it came back as numbers."""
    pairs = ((sample, sample.answers.get(name)) for sample in samples if name in sample.right)
    return tuple(
        _seen(answer, sample.right[name], sample, name in sample.accepted)
        for sample, answer in pairs
        if isinstance(answer, Returned) and _is_number(answer.value)
    )


def _is_number(value: Array) -> bool:
    return value.dtype.kind in "biuf" or (value.dtype.kind == "c" and not np.any(value.imag))


def _seen(answer: Returned, expected: Expected, sample: Sample, is_accepted: bool) -> Seen:
    value = answer.value.real if answer.value.dtype.kind == "c" else answer.value
    single = value.dtype.kind == "f" and value.dtype.itemsize < 8
    return Seen(
        value=value.astype(np.float64),
        right=expected.value.astype(np.float64),
        unit=_SINGLE_UNITS * expected.unit32 if single else _UNITS * expected.unit,
        eps=_SINGLE_UNITS * _EPS32 if single else _UNITS * _EPS,
        sample=sample,
        is_accepted=is_accepted,
    )
