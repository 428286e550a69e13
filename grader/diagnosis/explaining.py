"""Which mistakes explain a wrong answer? The plainest that reproduce it on every draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from grader.diagnosis.fitting import Match, Question, is_exactly, matches
from grader.diagnosis.guesses import Guess, Mistake, guesses, what_is_right
from grader.diagnosis.naming import joined, mistakes_of
from grader.diagnosis.partial import partly_right
from grader.diagnosis.symbols import Symbol

NAMED_AT_ONCE = 1.2
"""The weight up to which one mistake alone explains an answer."""
_FREE_FACTOR = 1.5
_TIE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What explains an answer on every draw.

    Parameters
    ----------
    mistake
        One mistake, or several joined.
    factor
        The factor before what is right, where that alone explains it.
    match
        How it was found.
    """

    mistake: Mistake
    factor: Symbol | None
    match: Match

    @property
    def claim(self) -> tuple[str, str, float]:
        """What it says: answers may share a sentence only if this is the same for them."""
        is_free = self.factor is not None and not self.factor.name
        value = float(self.factor.values[0]) if self.factor is not None and is_free else 0.0
        return self.mistake.name, self.mistake.clause, round(value, 9)


def explanations(question: Question) -> list[Explanation]:
    """Return the plainest explanations of an answer, all of them that answer alike.

    Parameters
    ----------
    question
        A wrong answer on all draws.
    """
    plain = what_is_right(question.name, question.seen)
    others = [g for g in guesses(question.name, question.seen) if not _is_right(question, g)]
    alone = [g for g in partly_right(question.name, question.seen) if not _is_right(question, g)]
    found = _with_factors(question, plain) if question.is_finite else []
    found += [m for guess in (*others, *alone) for m in matches(question, guess, plain=True)]
    if not found or min(match.weight for match in found) > NAMED_AT_ONCE:
        found += [match for guess in others for match in matches(question, guess)]
        found += _free_factor(question)
    return _plainest(question, found)


def _is_right(question: Question, guess: Guess) -> bool:
    """Return whether a guess differs from what is right on no draw."""
    pairs = zip(question.seen, guess.whole(), strict=True)
    return all(
        array.shape == s.right.shape and np.array_equal(array, s.right) for s, array in pairs
    )


def _with_factors(question: Question, guess: Guess) -> list[Match]:
    """Return the matches of what is right; whole numbers have no factors but 0."""
    whole = all(np.array_equal(one.right, one.right.round()) for one in question.seen)
    return [m for m in matches(question, guess) if not whole or set(_names(m)) == {"0"}]


def _names(match: Match) -> Iterable[str]:
    return (symbol.name for symbol in match.factors.values())


def _free_factor(question: Question) -> list[Match]:
    """Return the factor before what is right that is the same on all draws, but has no name."""
    rows = [one for one in question.seen if np.any(one.right)]
    if len({float(np.ravel(one.right)[0]) for one in rows}) < 2 or not question.is_finite:
        return []
    if any(r.value.size != r.right.size for r in rows):
        return []
    largest = max(rows, key=lambda one: one.right.size)
    value, right = largest.value.ravel(), largest.right.ravel()
    factor = float(value @ right / (right @ right))
    if not is_exactly(question, [factor * one.right for one in question.seen]):
        return []
    values = np.full(len(question.seen), factor)
    symbol = Symbol(name="", values=values, weight=_FREE_FACTOR)
    return [Match(mistake=None, factors={"": symbol}, weight=_FREE_FACTOR)]


def _plainest(question: Question, found: Sequence[Match]) -> list[Explanation]:
    least = min((match.weight for match in found), default=0.0)
    sizes = question.seen[0].sample.background.sizes
    named = [
        Explanation(
            mistake=joined(mistakes_of(match, sizes)), factor=_only_factor(match), match=match
        )
        for match in found
        if match.weight <= least + _TIE
    ]
    unique = {(one.mistake.name, one.mistake.key): one for one in reversed(named)}
    return list(unique.values())[::-1]


def _only_factor(match: Match) -> Symbol | None:
    factors = {symbol.name: symbol for symbol in match.factors.values()}
    return next(iter(factors.values())) if match.mistake is None and len(factors) == 1 else None
