"""Which checks are there, and what is each of them given?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from grader.checks.knowledge import Ignorance, Knowledge
from grader.records import Answer, Draw, DrawKey, Item, ProblemRef, SweepKey, Verdict

COMPARED = frozenset({"formula", "gradient", "update", "value"})
"""Checks that hold answers against a problem's right ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that a check may look at to judge one item.

    Parameters
    ----------
    item
        Whose answers are judged, with its weights and parameters.
    draws
        The draws that the item's probe was called on, in the order of its cases.
    answers
        For each of them the answers that came back.
    convention
        Name of the accepted combination of options that is tried.
    problem
        The problem with all options of that convention; None for a training.
    has_loss
        Whether the probe names the student's own loss, so that sweeps can be asked for.
    sweeps
        What came of the sweeps that were asked for.
    mutated
        For each draw the inputs that the student's code changed in place.
    further
        Those of the draws that were asked for only because the first ones had left a doubt.
    follows
        Answer and case -> the clause that says from which earlier mistake it follows rightly, as
        far as a check knows that by itself.
    known
        Tells what does not stand in the draws.
    """

    item: Item
    draws: Mapping[DrawKey, Draw]
    answers: Mapping[DrawKey, Mapping[str, Answer]]
    convention: str = ""
    problem: ProblemRef | None = None
    has_loss: bool = False
    sweeps: Mapping[SweepKey, Answer] = field(default_factory=dict)
    mutated: Mapping[DrawKey, Sequence[str]] = field(default_factory=dict)
    further: Collection[DrawKey] = ()
    follows: Mapping[tuple[str, str], str] = field(default_factory=dict)
    known: Knowledge = field(default_factory=Ignorance)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMore:
    """A check cannot decide yet: it wants answers on further draws, or the loss along lines."""

    keys: Sequence[DrawKey] = ()
    sweeps: Sequence[SweepKey] = ()


Step = Callable[[Question], Verdict | NeedMore]
