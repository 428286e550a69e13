"""Is an answer right only so far: up to a bound of its entries, or up to the end of a loop?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.diagnosis.guesses import Guess, Mistake, right_parts
from grader.diagnosis.question import Seen, alike
from grader.diagnosis.shapes import PLACES
from grader.records import Array

_LEAST_CUT = 3
"""Entries that a bound must have cut, and left, before it is believed: one makes no bound."""
_ROUNDING = 1e-9
_FAR = 1.1
"""The weight of a bound: it is not told where a plainer mistake answers alike."""


def partly_right(name: str, seen: Sequence[Seen]) -> Iterator[Guess]:
    """Yield what is right up to a bound or up to an index, with and without the penalty.

    Parameters
    ----------
    name
        The answer.
    seen
        Its numbers on each draw.
    """
    if not all(alike(one.value.shape, one.right.shape) for one in seen):
        return
    beside = [right_parts(name, one).get("penalty", np.zeros_like(one.right)) for one in seen]
    yield from _partly([one.right for one in seen], [0.0] * len(seen), seen)
    if any(np.any(one) for one in beside):
        data = [one.right - penalty for one, penalty in zip(seen, beside, strict=True)]
        yield from _partly(data, beside, seen)


def _partly(
    data: Sequence[Array], beside: Sequence[Array | float], seen: Sequence[Seen]
) -> Iterator[Guess]:
    """Yield what the data's part may be cut to, with what is added to it uncut."""
    yield from _clipped(data, beside, seen)
    yield from _cut_short(data, beside, seen)


def _guess(
    name: str,
    clause: str,
    arrays: Sequence[Array],
    beside: Sequence[Array | float],
    weight: float = 1.0,
) -> Guess:
    parts = tuple({"": np.asarray(a + b)} for a, b in zip(arrays, beside, strict=True))
    return Guess(mistake=Mistake(name=name, clause=clause), parts=parts, weight=weight)


def _clipped(
    data: Sequence[Array], beside: Sequence[Array | float], seen: Sequence[Seen]
) -> Iterator[Guess]:
    """Yield the data's part clipped at the largest number that came back, one for all draws."""
    rows = zip(seen, data, beside, strict=True)
    reached = [np.abs(one.value.reshape(d.shape) - b).max(initial=0.0) for one, d, b in rows]
    bound = float(max(reached, default=0.0))
    sizes = np.concatenate([np.abs(d).ravel() for d in data])
    beyond = sizes[sizes > bound * (1.0 + _ROUNDING)]
    is_bound = (
        np.isfinite(bound)
        and beyond.size >= _LEAST_CUT
        and np.unique(beyond).size > 1
        and np.count_nonzero((sizes > 0.0) & (sizes < bound)) >= _LEAST_CUT
    )
    if is_bound:
        clause = f"what is larger than {bound:.6g}, of either sign, is cut down to that"
        yield _guess("clipped", clause, [np.clip(d, -bound, bound) for d in data], beside, _FAR)


def _cut_short(
    data: Sequence[Array], beside: Sequence[Array | float], seen: Sequence[Seen]
) -> Iterator[Guess]:
    """Yield the data's part with 0 beyond another axis's length, where a loop ended too soon."""
    for axis in range(min(d.ndim for d in data)):
        along = f"along its {PLACES[axis]} axis " if data[0].ndim > 1 and axis < len(PLACES) else ""
        for size in _lengths(seen):
            ends = [int(one.sample.background.sizes[size]) for one in seen]
            if any(end < d.shape[axis] for end, d in zip(ends, data, strict=True)):
                arrays = [_filled(d, axis, end) for d, end in zip(data, ends, strict=True)]
                clause = f"it is filled {along}up to {size} only, and 0 beyond"
                yield _guess("cut_short", clause, arrays, beside)


def _filled(array: Array, axis: int, end: int) -> Array:
    """Return an array with 0 from an index of an axis on."""
    kept = np.arange(array.shape[axis]) < end
    return array * np.expand_dims(kept, tuple(i for i in range(array.ndim) if i != axis))


def _lengths(seen: Sequence[Seen]) -> Iterator[str]:
    """Yield the sizes that are the length of an axis of some input on every draw."""
    for name in seen[0].sample.background.sizes:
        if all(one.sample.background.sizes.get(name) in _sides(one) for one in seen):
            yield name


def _sides(one: Seen) -> set[int]:
    shapes = (np.shape(value) for value in one.sample.inputs.values())
    return {side for shape in shapes for side in shape}
