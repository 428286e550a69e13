"""Is one answer right? Shape first, then type, finiteness, and numbers in units of rounding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.stacks import stacked
from grader.checks.units import in_units
from grader.records import Answer, Array, Expected, Failed, Outcome

PASS_UNITS = 1e3
FAIL_UNITS = 1e5
SINGLE_UNITS = 100.0
_TELLING_SINGLE = SINGLE_UNITS / 2
_CARRYING = 1e-3
"""An entry carries its array if it is at least this share of the largest one."""
_FEW = 4
_LEAST_SINGLE = 2.0**-32
"""Relative error that arithmetic in single precision has at least, in the middle of many entries;
central differences in double precision, taken with care, have less."""
SINGLE = "single precision"
PERHAPS_SINGLE = "only as exact as single precision, or as finite differences"
_HALF_HOLDS = "which holds three digits"
_EPS = 2.0**-52


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One answer on one draw against what is right there.

    Parameters
    ----------
    outcome
        ``correct``, ``wrong``, ``unsure``, or the outcome of an answer that did not come back.
    deviation
        Largest deviation in units of rounding; infinity where there is nothing to compare.
    detail
        For the student: what came back and, where it differs, where and by how much.
    note
        What was accepted although it looks odd, or nothing.
    stabilisers
        Where the answer is right only up to a stabiliser: those that reproduce it.
    as_single
        What single precision would be noted as where that explains the same numbers as well.
    is_by_numbers
        Whether it was found by comparing numbers, and not by their shape or kind.
    """

    outcome: Outcome
    deviation: float
    detail: str
    note: str = ""
    stabilisers: frozenset[str] = frozenset()
    as_single: str = ""
    is_by_numbers: bool = False


def compare(name: str, answer: Answer, expected: Expected) -> Comparison:
    """Return how an answer stands against the right one.

    Parameters
    ----------
    name
        What the answer is called in messages.
    answer
        What came back.
    expected
        The right value, with the unit that rounding has there.
    """
    if isinstance(answer, Failed):
        return Comparison(outcome=answer.outcome, deviation=np.inf, detail=told_of(answer))
    right, value = expected.value, answer.value
    if answer.kind == "masked":
        return _wrong(f"{name} is a masked array; return a plain one")
    if not has_accepted_shape(value.shape, right.shape):
        return _wrong(wrong_shape(name, value.shape, right.shape))
    note = "" if value.shape == right.shape else f"shape {value.shape} taken for {right.shape}"
    value = value.reshape(right.shape)
    if value.dtype.kind == "c":
        if np.any(value.imag != 0):
            return _wrong(f"{name} is complex")
        value = value.real
    numbers = value.astype(np.float64, copy=False)
    if not np.isfinite(numbers).all():
        count = int(np.sum(~np.isfinite(numbers)))
        return _wrong(f"{name} has {count} of {numbers.size} entries that are NaN or infinite")
    found = _by_numbers(name, numbers, expected, note)
    if found.outcome is Outcome.WRONG and value.dtype == np.float16:
        return replace(found, detail=f"{found.detail}; it came back as float16, {_HALF_HOLDS}")
    return found


def has_accepted_shape(shape: tuple[int, ...], right: tuple[int, ...]) -> bool:
    """Return whether a shape is the right one, or the same vector lying another way.

    A bias gradient as (H,), (1, H) or (H, 1) holds the same numbers, and so does a number as ()
    or (1, 1); any other difference of shape is an error.

    >>> has_accepted_shape((1, 5), (5,)), has_accepted_shape((5, 1), (1, 5))
    (True, True)
    >>> has_accepted_shape((3, 5), (5, 3)), has_accepted_shape((5,), ())
    (False, False)
    """
    if shape == right:
        return True
    long_sides = [side for side in shape if side != 1]
    long_sides_right = [side for side in right if side != 1]
    return long_sides == long_sides_right and len(long_sides) <= 1


def wrong_shape(name: str, shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    """Return the clause about an answer whose shape is not the right one."""
    return f"{name} has shape {shape}, {right} is right"


def _wrong(detail: str) -> Comparison:
    return Comparison(outcome=Outcome.WRONG, deviation=np.inf, detail=detail)


def told_of(answer: Failed) -> str:
    """Return the clause about an answer that did not come back, with its place if it is known."""
    return f"{answer.message} ({answer.where})" if answer.where else answer.message


def _by_numbers(name: str, value: Array, expected: Expected, note: str) -> Comparison:
    right = expected.value.astype(np.float64, copy=False)
    with np.errstate(over="ignore"):
        distance = np.abs(value - right)
    units = in_units(_worst(distance), expected.unit)
    found = Comparison(outcome=Outcome.CORRECT, deviation=units, detail="right", note=note)
    if units <= PASS_UNITS:
        return found
    if stabilisers := _reproducing(value, expected, in_single=False):
        # A number rounded to single precision may meet one of them by chance.
        is_single = _is_single_precision(value, right, expected)
        return replace(
            found, stabilisers=stabilisers, as_single=_single(value) if is_single else ""
        )
    if _is_single_precision(value, right, expected):
        single = _single(value)
        if single == PERHAPS_SINGLE and _is_finer_than_single(distance, right, expected):
            detail = f"{name} is only as exact as finite differences are; was it computed by them?"
            return replace(found, outcome=Outcome.UNSURE, detail=detail)
        return replace(found, note=f"{note}; {single}".lstrip("; "))
    if stabilisers := _reproducing(value, expected, in_single=True):
        return replace(found, stabilisers=stabilisers)
    is_decided = units >= FAIL_UNITS
    return Comparison(
        outcome=Outcome.WRONG if is_decided else Outcome.UNSURE,
        deviation=units,
        detail=_difference(name, value, expected, distance),
        is_by_numbers=True,
    )


def _single(value: Array) -> str:
    """Return what is noted of an answer that single precision explains."""
    return SINGLE if np.all(value == value.astype(np.float32)) else PERHAPS_SINGLE


def entry_of(flat: int, shape: tuple[int, ...]) -> tuple[tuple[int, ...], str]:
    """Return the indices of an entry by its place in a flat array, and as they are told.

    >>> entry_of(4, (2, 3))
    ((1, 1), '1, 1')
    """
    place = tuple(int(index) for index in np.unravel_index(flat, shape))
    return place, ", ".join(map(str, place))


def _worst(distance: Array) -> float:
    return float(distance.max()) if distance.size else 0.0


def _reproducing(value: Array, expected: Expected, in_single: bool) -> frozenset[str]:
    """Return the stabilisers with which the reference gives the same numbers."""
    near = set()
    within = PASS_UNITS * expected.unit
    for how, other in _within_reach(value, expected, in_single):
        is_near = _worst(np.abs(value - other)) <= within
        if is_near or (in_single and _is_stabilised_in_single(value, other, expected)):
            near.add(how)
    return frozenset(near)


def _is_stabilised_in_single(value: Array, other: Array, expected: Expected) -> bool:
    """Tell float32 arithmetic with a stabiliser from a mistake.

    A stabiliser that single precision would hide explains nothing, and what a stabiliser explains
    is nearer to it than to what is right without one.
    """
    effect = np.abs(other - expected.value)
    if not _worst(effect) > _TELLING_SINGLE * expected.unit32:
        return False
    is_nearer = np.abs(value - other).sum() < np.abs(value - expected.value).sum()
    return bool(is_nearer) and _is_single_precision(value, other, expected)


def _within_reach(value: Array, expected: Expected, in_single: bool) -> Iterator[tuple[str, Array]]:
    """Yield the stabilisers, and what they give, that are near enough to be looked at."""
    if not expected.stabilised:
        return
    reach = max(PASS_UNITS * expected.unit, SINGLE_UNITS * expected.unit32 * in_single)
    others = stacked(expected.stabilised)
    with np.errstate(over="ignore", invalid="ignore"):
        distances = np.abs(others - value).reshape(len(others), -1).max(axis=1, initial=0.0)
    for how, other, distance in zip(expected.stabilised, others, distances, strict=True):
        if distance <= reach:
            yield how, other


def _is_single_precision(value: Array, right: Array, expected: Expected) -> bool:
    """Tell float32 arithmetic from a mistake: all entries a little off, none of them far.

    The constants are those of the numerics trial: a mistake of that size leaves entries that differ
    by rounding in double precision. What is exact in any precision (0 and 1, a penalty beside a
    dead unit) says nothing. Each array is judged by itself, since a net may be computed in float32
    up to some layer only; no mistake in a formula is as small as that on certified inputs.
    """
    with np.errstate(over="ignore"):
        distance = np.abs(value - right)
    if not _worst(distance) <= SINGLE_UNITS * expected.unit32:
        return False
    carrying = np.abs(right) > _CARRYING * np.abs(right).max()
    scale, moved = np.abs(right[carrying]), distance[carrying]
    telling = moved > 4 * _EPS * scale
    off = moved > 100 * _EPS * scale
    # What single precision holds exactly cannot tell whether it was used.
    tells = right[carrying] != right[carrying].astype(np.float32)
    if carrying.sum() < _FEW or tells.sum() < 2:
        return True
    if off.sum() == 1:
        alone = value[carrying][off]
        return bool(np.all(alone == alone.astype(np.float32)))
    return bool(off.any() and 5 * off.sum() >= telling.sum())


def _is_finer_than_single(distance: Array, right: Array, expected: Expected) -> bool:
    """Tell errors that are too small for single precision and too large for double precision.

    Central differences, taken with care, have them. So has code in which one number of little
    weight is in single precision: a person has to look.
    """
    off = distance > PASS_UNITS * expected.unit
    if off.sum() < _FEW:
        return False
    scale = np.maximum(np.abs(right[off]), _CARRYING * np.abs(right).max())
    # Where 0 alone is right, nothing is a small share of it.
    with np.errstate(divide="ignore", over="ignore"):
        return bool(np.median(distance[off] / scale) < _LEAST_SINGLE)


def _difference(name: str, value: Array, expected: Expected, distance: Array) -> str:
    """Describe in one clause where an answer differs most."""
    right = expected.value.astype(np.float64)
    if right.ndim == 0:
        return f"{name} is {value:.6g}, {right:.6g} is right"
    place, at = entry_of(int(distance.argmax()), distance.shape)
    scale = float(np.abs(right).max())
    # What is neither right nor wrong may be nearer than that, and differs all the same.
    off = int(np.sum(distance > FAIL_UNITS * _EPS * scale))
    off = off or int(np.sum(distance > PASS_UNITS * expected.unit))
    return (
        f"{name} differs in {off} of {right.size} entries, most at [{at}]: "
        f"{value[place]:.6g}, where {right[place]:.6g} is right"
    )
