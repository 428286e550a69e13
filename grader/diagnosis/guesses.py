"""What could a wrong answer be? The right one with a mistake, part by part, on every draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from grader.diagnosis.question import Seen, alike
from grader.diagnosis.shapes import FAR_FETCHED, SHAPES
from grader.records import Array

_FAR = 1.1
"""The weight of a far-fetched mistake: it is not told where a plainer one answers alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A mistake by name, and what it does: a clause that may follow "if".

    ``key`` tells in which table of edits it stands, if it is one of the catalogue.
    """

    name: str
    clause: str
    key: str = ""


def name_of(key: str) -> str:
    """Return the mistake that a key of the catalogue stands for.

    >>> name_of("wrong_axis:db1")
    'wrong_axis'
    """
    return key.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What an answer would be on each draw if a mistake were made.

    Parameters
    ----------
    mistake
        None where the guess is what is right.
    parts
        For each draw, part -> array; the parts sum to the guess. An only part is called ``""``.
    weight
        0 for what is right, 1 for a mistake, a little more for a far-fetched one.
    """

    mistake: Mistake | None
    parts: tuple[Mapping[str, Array], ...]
    weight: float = 1.0

    def whole(self) -> list[Array]:
        """Return the sum of the parts on each draw."""
        return [reduce(np.add, parts.values()) for parts in self.parts]


def right_parts(name: str, one: Seen) -> Mapping[str, Array]:
    """Return the additive parts of what is right, or its only one."""
    return one.sample.background.parts.get(name) or {"": one.right}


def what_is_right(name: str, seen: Sequence[Seen]) -> Guess:
    """Return the guess without a mistake."""
    parts = [right_parts(name, one) for one in seen]
    felt = [part for part in parts[0] if any(part in one and np.any(one[part]) for one in parts)]
    if len(felt) < 2 or len({frozenset(one) for one in parts}) > 1:
        return Guess(mistake=None, weight=0.0, parts=tuple({"": one.right} for one in seen))
    return Guess(
        mistake=None, weight=0.0, parts=tuple({part: one[part] for part in felt} for one in parts)
    )


def guesses(name: str, seen: Sequence[Seen]) -> Iterator[Guess]:
    """Yield every guess with one mistake whose shapes are those that came back."""
    for make in (_edited, _of_examples, _reshaped, _swapped, _given_back, _stale):
        for guess in make(name, seen):
            shapes = (next(iter(parts.values())).shape for parts in guess.parts)
            if all(alike(one.value.shape, s) for one, s in zip(seen, shapes, strict=True)):
                yield guess


def _alone(name: str, clause: str, arrays: Sequence[Array], weight: float = 1.0) -> Guess:
    parts = tuple({"": array} for array in arrays)
    return Guess(mistake=Mistake(name=name, clause=clause), parts=parts, weight=weight)


def _beside_penalty(one: Seen, name: str, whole: Array) -> Mapping[str, Array]:
    """Return an edited answer in two parts where the right one has a penalty."""
    penalty = right_parts(name, one).get("penalty")
    if penalty is None or not alike(whole.shape, penalty.shape):
        return {"": whole}
    return {"data": whole - penalty, "penalty": penalty}


def _unified(parts: Sequence[Mapping[str, Array]]) -> tuple[Mapping[str, Array], ...]:
    """Return the parts if each is felt on some draw and known on all, and else their sums."""
    names = {frozenset(one) for one in parts}
    if len(names) == 1 and all(any(np.any(one[name]) for one in parts) for name in parts[0]):
        return tuple(parts)
    return tuple({"": reduce(np.add, one.values())} for one in parts)


def _edited(name: str, seen: Sequence[Seen]) -> Iterator[Guess]:
    """Yield what the reference answers with each edit of the catalogue."""
    tables = [one.sample.background.edits for one in seen]
    clauses = {k: told for one in seen for k, told in one.sample.background.clauses.items()}
    for key in dict.fromkeys(key for table in tables for key in table if name in table[key]):
        wholes = [
            table.get(key, {}).get(name, s.right) for table, s in zip(tables, seen, strict=True)
        ]
        parts = tuple(_beside_penalty(one, name, w) for one, w in zip(seen, wholes, strict=True))
        mistake = Mistake(name=name_of(key), clause=clauses[key], key=key)
        yield Guess(mistake=mistake, parts=_unified(parts))


_SOME_EXAMPLES = (
    ("single_example", "only the first example counts", slice(0, 1)),
    ("single_example", "only the last example counts", slice(-1, None)),
    ("example_dropped", "the last example is left out", slice(0, -1)),
    ("example_dropped", "the first example is left out", slice(1, None)),
)


def _of_examples(name: str, seen: Sequence[Seen]) -> Iterator[Guess]:
    """Yield what some of the examples make of an answer, and what all make that are not summed."""
    shares = [one.sample.background.examples.get(name) for one in seen]
    known = [share for share in shares if share is not None]
    if len(known) < len(seen):
        return
    for slug, clause, chosen in _SOME_EXAMPLES:
        for is_mean in (False, True):
            parts = []
            for one, share in zip(seen, known, strict=True):
                taken = share[chosen]
                stretch = len(share) / max(len(taken), 1) if is_mean else 1.0
                penalty = right_parts(name, one).get("penalty")
                data = stretch * taken.sum(axis=0)
                parts.append({"": data} if penalty is None else {"data": data, "penalty": penalty})
            mistake = Mistake(name=slug, clause=clause)
            yield Guess(mistake=mistake, parts=_unified(parts))
    slug = "bias_not_summed" if name.startswith("db") else "not_summed"
    clause = "the examples are not summed up"
    yield _alone(slug, clause, known)
    yield _alone(slug, clause, [np.moveaxis(share, 0, -1) for share in known])


def _reshaped(name: str, seen: Sequence[Seen]) -> Iterator[Guess]:
    """Yield what is right, turned, flipped, summed up or spread out."""
    for slug, clause, turn in SHAPES:
        arrays = [turn(one.right) for one in seen]
        known = [array for array in arrays if array is not None]
        if len(known) == len(seen):
            yield _alone(slug, clause, known, _FAR if slug in FAR_FETCHED else 1.0)


def _swapped(name: str, seen: Sequence[Seen]) -> Iterator[Guess]:
    """Yield the right answers to the other questions."""
    for other in seen[0].sample.right:
        if other == name or not all(other in one.sample.right for one in seen):
            continue
        arrays = [one.sample.right[other].value.astype(np.float64) for one in seen]
        yield _alone("swapped_answers", f"it is taken for {other}", arrays, _FAR)
        if arrays[0].ndim > 1:
            turned = [array.T for array in arrays]
            yield _alone("swapped_answers", f"it is taken for {other}, transposed", turned, _FAR)


def _given_back(name: str, seen: Sequence[Seen]) -> Iterator[Guess]:
    """Yield the inputs as they came."""
    for given, value in seen[0].sample.inputs.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            arrays = [np.asarray(one.sample.inputs[given]) for one in seen]
            yield _alone("input_returned", f"{given} is given back as it came", arrays, _FAR)


def _stale(name: str, seen: Sequence[Seen]) -> Iterator[Guess]:
    """Yield the answer to another draw, given again: to the first one, or to the one before."""
    clause = "the answer to an earlier call is given again"
    first = [seen[0].right] * len(seen)
    before = [seen[max(place - 1, 0)].right for place in range(len(seen))]
    kept: dict[tuple[int, ...], Array] = {}
    by_shape = [kept.setdefault(one.right.shape, one.right) for one in seen]
    for arrays in (first, before, by_shape):
        yield _alone("stale_answer", clause, arrays)
