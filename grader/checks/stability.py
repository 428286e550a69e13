"""Does the same question get the same answer? State that is kept, random numbers without a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.checks.comparison import PASS_UNITS, SINGLE_UNITS, compare, entry_of
from grader.records import Answer, Array, Diagnosis, Draw, Outcome, Reply, Returned

_ROUNDED_SINGLE = 1e-5
_ROUNDED = 1e-10
"""Relative differences that rounding may make in what is larger than the right answer."""
_WHERE_RANDOM = "if only how far random numbers have been drawn"
"""A generator that is seeded where an object is made comes out the same in every process."""
KEPT, RANDOM = "state_kept", "not_repeatable"
"""What a diagnosis calls state that is kept, and answers that nobody can repeat."""


def differing(
    draw: Draw, first: Mapping[str, Answer], again: Mapping[str, Answer]
) -> tuple[str, ...]:
    """Return the answers that are not the same the second time.

    Parameters
    ----------
    draw
        On which both were asked; its units say what rounding alone can do.
    first, again
        What came back.

    Notes
    -----
    What differs by no more than rounding is the same: that of single precision only where all that
    came back first is in single precision. Two answers that are both right are the same as well,
    as where the first call leaves its parameters in single precision.
    """
    return tuple(
        name
        for name, answer in first.items()
        if name in again
        and not _is_same(answer, again[name], *_allowed(draw, name, answer))
        and not _are_both_right(draw, name, answer, again[name])
    )


def instability(draw: Draw, first: Reply, repeats: Sequence[Reply]) -> dict[str, Diagnosis]:
    """Return what is unstable, each answer with its diagnosis.

    Parameters
    ----------
    draw, first
        A draw and its first reply.
    repeats
        The second reply on it and, where that differed, two of a new process: the first one there,
        with another seed of the random numbers, and, after all other draws, the second one, with
        the same seed as at first. With one reply alone nothing is confirmed.
    """
    if len(repeats) < 3:
        return {}
    _, fresh, again = repeats
    random = differing(draw, first.answers, fresh.answers)
    kept = [n for n in differing(draw, first.answers, again.answers) if n not in random]
    found = {}
    for name in kept:
        told = _told(draw, name, first.answers[name], again.answers[name])
        sentence = f"{told}: something is kept from one call to the next, {_WHERE_RANDOM}."
        found[name] = Diagnosis(name=KEPT, sentence=sentence, answers=(name,))
    for name in random:
        told = _told(draw, name, first.answers[name], fresh.answers[name])
        sentence = f"{told}, in a new process: does it draw random numbers, or look at the clock?"
        found[name] = Diagnosis(name=RANDOM, sentence=sentence, answers=(name,))
    return found


def _are_both_right(draw: Draw, name: str, first: Answer, again: Answer) -> bool:
    """Return whether two answers are right under one convention."""
    return any(
        all(compare(name, one, right[name]).outcome is Outcome.CORRECT for one in (first, again))
        for right in draw.expected.values()
        if name in right
    )


def _allowed(draw: Draw, name: str, answer: Answer) -> tuple[float, float]:
    """Return how far rounding can move what is right, and relatively what is larger."""
    known = [right[name] for right in draw.expected.values() if name in right]
    if isinstance(answer, Returned) and _is_single(answer.value):
        return SINGLE_UNITS * max((r.unit32 for r in known), default=0.0), _ROUNDED_SINGLE
    return PASS_UNITS * max((r.unit for r in known), default=0.0), _ROUNDED


def _is_single(value: Array) -> bool:
    with np.errstate(all="ignore"):
        return value.dtype.kind == "f" and bool(
            np.array_equal(value.astype(np.float32), value, equal_nan=True)
        )


def _is_same(first: Answer, again: Answer, allowed: float, rounded: float) -> bool:
    if not (isinstance(first, Returned) and isinstance(again, Returned)):
        return isinstance(first, Returned) == isinstance(again, Returned)
    one, other = first.value, again.value
    if one.shape != other.shape:
        return False
    if one.tobytes() == other.tobytes():
        return True
    with np.errstate(all="ignore"):
        # Of what is larger than the right answer, rounding moves more.
        bound = np.maximum(allowed, rounded * np.abs(one.astype(np.complex128)))
        distance = _distance(one, other)
        alike = (one == other) | (np.isfinite(distance) & (distance <= bound))
    return bool(np.all(alike | (np.isnan(one) & np.isnan(other))))


def _distance(one: Array, other: Array) -> Array:
    with np.errstate(all="ignore"):
        distance: Array = np.abs(one.astype(np.complex128) - other.astype(np.complex128))
    return distance


def _told(draw: Draw, name: str, first: Answer, again: Answer) -> str:
    """Say in a clause what an answer was at first and then, at the entry that differs most."""
    asked = f"{name} is not the same when it is asked again on {draw.key}"
    if not (isinstance(first, Returned) and isinstance(again, Returned)):
        return asked
    one, other = first.value, again.value
    if one.shape != other.shape:
        return f"{asked} (shape {one.shape} first, {other.shape} then)"
    distance = np.nan_to_num(_distance(one, other), nan=np.inf)
    place, told = entry_of(int(distance.argmax()), distance.shape)
    at = f" at [{told}]" if place else ""
    return f"{asked} ({_told_apart(one[place], other[place])}{at})"


def _told_apart(one: complex, other: complex) -> str:
    """Return two numbers with so many digits that they differ.

    >>> _told_apart(1.139931, 1.1399312)
    '1.139931 first, 1.1399312 then'
    """
    digits = next((n for n in range(6, 17) if f"{one:.{n}g}" != f"{other:.{n}g}"), 17)
    return f"{one:.{digits}g} first, {other:.{digits}g} then"
