"""How is a submission heard: from what it has answered, or by asking it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.records import NEEDS_RERUN, Answer, DrawKey, Failed, Outcome, SweepKey

Ask = Callable[[DrawKey], Mapping[str, Answer]]
Sweep = Callable[[SweepKey], Answer]
Mutated = Callable[[DrawKey], tuple[str, ...]]


class NotRecordedError(Exception):
    """An answer that a check asks for is not in the transcript; its text says which."""

    remedy = NEEDS_RERUN
    """What would help, for the verdict's message."""


def no_sweep(key: SweepKey) -> Answer:
    """Answer for a submission that cannot be asked any more."""
    return Failed(outcome=Outcome.AWAITING_MARK, message=f"{key} was not asked for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """How a submission is heard: from what it has answered, or by asking it.

    Parameters
    ----------
    ask
        Gives its answers on a draw.
    sweep
        Gives its own loss along a line.
    mutated
        Gives the inputs of a draw that it changed in place.
    """

    ask: Ask
    sweep: Sweep = no_sweep
    mutated: Mutated = lambda key: ()
