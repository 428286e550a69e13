"""Which checks are there, and what is each of them given?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.records import Answer, Draw, DrawKey, Item, Verdict


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
    """

    item: Item
    draws: Mapping[DrawKey, Draw]
    answers: Mapping[DrawKey, Mapping[str, Answer]]
    convention: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMore:
    """A check cannot decide yet: it wants answers on these further draws."""

    keys: Sequence[DrawKey]


Step = Callable[[Question], Verdict | NeedMore]
