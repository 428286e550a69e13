"""Does a guess, with named factors before its parts, reproduce an answer on every draw?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from grader.diagnosis.guesses import Guess, Mistake
from grader.diagnosis.question import Seen, alike
from grader.diagnosis.symbols import Symbol, batch_name, symbols
from grader.records import Array

_SKETCHED = 3
_FEW = ("1", "0", "-1", "2", "1/2")
_SEVERAL = (*_FEW, "reg", "1/reg", "2reg", "1/C", "C", "-2", "-1/2", "4", "1/4")
_MOST_VERIFIED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A guess that reproduces an answer on every draw.

    Parameters
    ----------
    mistake
        The guess's own, or None.
    factors
        Part -> the factor before it.
    weight
        How many mistakes that are, a little more for far-fetched ones.
    """

    mistake: Mistake | None
    factors: dict[str, Symbol]
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Which factors are tried before the m parts of a guess.

    Parameters
    ----------
    rows : (n, m) integer array
        Each choice's factors, by their place in the table of symbols.
    weights : (n,) float array
        How many mistakes each choice is.
    factors : (m, n, T) float array
        The factors' values at the T entries that are compared first.
    """

    rows: Array
    weights: Array
    factors: Array


@dataclass(frozen=True)
class Question:
    """One wrong answer on all draws, with what every guess is compared against.

    Parameters
    ----------
    name
        The answer.
    seen
        Its numbers on each draw, one draw at least.
    """

    name: str
    seen: tuple[Seen, ...]

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """The factors that the draws' numbers make."""
        return symbols([one.sample.background.sizes for one in self.seen])

    @cached_property
    def is_finite(self) -> bool:
        """Whether there is neither NaN nor infinity in it."""
        return all(bool(np.isfinite(one.value).all()) for one in self.seen)

    @cached_property
    def places(self) -> tuple[Array, ...]:
        """For each draw, the flat places of the few entries that are compared first."""
        return tuple(_places(one) for one in self.seen)

    @cached_property
    def sketch(self) -> tuple[Array, Array]:
        """Those entries of all draws, and how far each may be off."""
        values = [one.value.ravel()[at] for one, at in zip(self.seen, self.places, strict=True)]
        allowed = [
            np.full(v.size, 2 * s.allowed(s.value)) for v, s in zip(values, self.seen, strict=True)
        ]
        return np.concatenate(values), np.concatenate(allowed)

    @cached_property
    def draw_of_entry(self) -> Array:
        """The number of the draw that each entry of the sketch is from."""
        return np.repeat(np.arange(len(self.seen)), [at.size for at in self.places])

    @cached_property
    def _choices(self) -> dict[int, Choices]:
        return {}

    def choices(self, count: int) -> Choices:
        """Return the factors that are tried before a guess of so many parts."""
        if count not in self._choices:
            self._choices[count] = _choices(self, count)
        return self._choices[count]


def _places(one: Seen) -> Array:
    """Return the places of the largest entries, where a wrong factor shows best."""
    flat = np.abs(one.value.ravel())
    if flat.size <= _SKETCHED:
        return np.arange(flat.size)
    wrong = np.abs(one.right).ravel() if one.right.size == flat.size else flat
    largest = np.argpartition(flat, -_SKETCHED)[-_SKETCHED:]
    return np.unique([*largest, int(wrong.argmax())])


def is_exactly(question: Question, arrays: Sequence[Array]) -> bool:
    """Return whether the arrays are what came back, on every draw."""
    return all(one.equals(array) for one, array in zip(question.seen, arrays, strict=True))


def matches(question: Question, guess: Guess, *, plain: bool = False) -> list[Match]:
    """Return the plainest factors with which a guess reproduces the answer, all of them.

    Parameters
    ----------
    question
        The wrong answer.
    guess
        What it could be.
    plain
        Whether all factors must be 1.
    """
    if not _is_of_its_shape(question, guess):
        return []
    if plain or not question.is_finite:
        if not is_exactly(question, guess.whole()):
            return []
        ones = dict.fromkeys(guess.parts[0], question.symbols[0])
        return [Match(mistake=guess.mistake, factors=ones, weight=guess.weight)]
    return _with_factors(question, guess)


def _is_of_its_shape(question: Question, guess: Guess) -> bool:
    shapes = (next(iter(parts.values())).shape for parts in guess.parts)
    return all(alike(one.value.shape, s) for one, s in zip(question.seen, shapes, strict=True))


def _with_factors(question: Question, guess: Guess) -> list[Match]:
    names = tuple(guess.parts[0])
    choices = question.choices(len(names))
    parts = [_sketched(question, guess, name) for name in names]
    target, allowed = question.sketch
    with np.errstate(all="ignore"):
        predicted = sum(f * part for f, part in zip(choices.factors, parts, strict=True))
        hits = np.flatnonzero((np.abs(predicted - target) <= allowed).all(axis=1))
    found: list[Match] = []
    for hit in sorted(hits, key=lambda row: float(choices.weights[row]))[:_MOST_VERIFIED]:
        weight = float(choices.weights[hit]) + guess.weight
        if found and weight > found[0].weight:
            break
        places = choices.rows[hit]
        factors = {name: question.symbols[i] for name, i in zip(names, places, strict=True)}
        is_lost = guess.mistake is not None and all(f.name == "0" for f in factors.values())
        if not is_lost and is_exactly(question, scaled(guess, factors)):
            found.append(Match(mistake=guess.mistake, factors=factors, weight=weight))
    return found


def scaled(guess: Guess, factors: dict[str, Symbol]) -> list[Array]:
    """Return the guess on each draw, with a factor before each of its parts."""
    with np.errstate(all="ignore"):
        return [
            np.asarray(sum(factors[name].values[k] * part for name, part in parts.items()))
            for k, parts in enumerate(guess.parts)
        ]


def _sketched(question: Question, guess: Guess, name: str) -> Array:
    rows = zip(guess.parts, question.places, strict=True)
    return np.concatenate([np.asarray(parts[name]).ravel()[at] for parts, at in rows])


def _choices(question: Question, count: int) -> Choices:
    """Return which factors are tried before ``count`` parts."""
    table = question.symbols
    own = np.array([symbol.weight for symbol in table])
    rows = np.repeat(np.arange(len(table))[:, None], count, axis=1)
    weights = own
    if count > 1:
        batch = batch_name(question.seen[0].sample.background.sizes)
        known = {*(_SEVERAL if count == 2 else _FEW), batch, f"1/{batch}", f"{batch}/({batch}-1)"}
        few = [place for place, symbol in enumerate(table) if symbol.name in known]
        apart = np.array(list(product(few, repeat=count)))
        rows = np.concatenate([rows, apart])
        weights = np.concatenate([own, own[apart].sum(axis=1)])
    columns = np.stack([symbol.values for symbol in table])[:, question.draw_of_entry]
    return Choices(rows=rows, weights=weights, factors=columns[rows].swapaxes(0, 1))
