"""What does a check ask beyond a draw's right answers, and who may tell it?

With the reference at hand everything can be worked out. A student's kit has no reference: it
carries what was worked out when it was built, and what cannot be known there is told as that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from grader.records import Array, Draw, ProblemRef

OWN_LOSS = "its own loss"
"""What the loss is called beside an answer; no answer's name has blanks."""
LEAST_SHARE = 1e-3
"""What is to follow from one's own answers, or to move with the data, must be at least this share
of what is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivative:
    """Which derivative an answer is.

    Parameters
    ----------
    of
        The value that is differentiated.
    wrt
        The input that it is differentiated by.
    along
        Where ``of`` is no scalar: the input that it is paired with.
    """

    of: str
    wrt: str
    along: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherData:
    """Other data that a draw could have had.

    Parameters
    ----------
    inputs
        All inputs of the draw with them; they are not certified.
    moved
        How far they move the right loss, and the right answer.
    """

    inputs: Mapping[str, Any]
    moved: tuple[float, float]


class Knowledge(Protocol):
    """Who knows more of a problem than stands in its draws."""

    def options(self, source: ProblemRef, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """Return a problem's full options: the chosen ones, the source's, and the defaults."""

    def gradients(self, problem: str) -> Mapping[str, Derivative]:
        """Return which of a problem's answers are derivatives, and of what."""

    def given(
        self, source: ProblemRef, inputs: Mapping[str, Any], own: Mapping[str, Array]
    ) -> Mapping[str, Array] | None:
        """Return the answers that follow from a student's own earlier ones; None if unknown."""

    def other_data(self, source: ProblemRef, draw: Draw, answer: str) -> OtherData | None:
        """Return other data by which a gradient's right value moves, or None if there are none.

        Data are the arrays by which nothing is differentiated (``X`` and ``y`` of a net); where
        the answer does not depend on them, all inputs but the one that it is differentiated by.
        """

    def has_other_sets(self) -> bool:
        """Return whether trainings are tried on other examples than those that decide."""


class Ignorance:
    """Knows nothing: for checks that ask nothing beyond their draws."""

    def options(self, source: ProblemRef, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """Return the options as they are named."""
        return {**source.options, **chosen}

    def gradients(self, problem: str) -> Mapping[str, Derivative]:
        """Return no derivative."""
        return {}

    def given(
        self, source: ProblemRef, inputs: Mapping[str, Any], own: Mapping[str, Array]
    ) -> Mapping[str, Array] | None:
        """Return that it is not known."""
        return None

    def other_data(self, source: ProblemRef, draw: Draw, answer: str) -> OtherData | None:
        """Return that there are none."""
        return None

    def has_other_sets(self) -> bool:
        """Return that the examples are those that decide."""
        return False
