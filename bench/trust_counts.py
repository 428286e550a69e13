"""How much is measured, what is counted, and which answers a wrong variant spoils."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.bank.freezing import LEAST_CHANGE, change_of
from tests.bank.trial import Answers, Setting, answers_of, draw_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is measured.

    Parameters
    ----------
    sets
        Covering arrays of draws on which right variants are judged.
    wrong_sets
        Those of them on which wrong variants are judged.
    usual_sets
        Those on which the usual check judges the reference.
    hostile
        Uncertified draws of each kind.
    every
        One in so many of the frozen mutations is tried.
    numeric_sets, numeric_every
        Sets on which gradients are judged by numeric derivatives alone, and one in how many of the
        right and wrong variants is judged so.
    seed
        Of the first set; the others follow it.
    """

    sets: int = 50
    wrong_sets: int = 2
    usual_sets: int = 2
    hostile: int = 12
    every: int = 1
    numeric_sets: int = 1
    numeric_every: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts by name, and one line about everything that should not be."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


def changed_answers(answers: Answers, setting: Setting) -> tuple[str, ...]:
    """Return the answers that are not the right ones on some draw."""
    return tuple(
        name
        for name in answers_of(setting)
        if any(
            change_of(draw_of(setting, key), came, (name,)) > LEAST_CHANGE
            for key, came in answers.items()
        )
    )
