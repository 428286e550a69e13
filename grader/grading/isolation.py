"""At which isolation level does a run go on, and what must be said of it?"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.errors import IsolationError
from grader.records import Rubric, Submission
from grader.sandbox.levels import SAFE_LEVEL, available_level, describe, walls_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a command asks for.

    Parameters
    ----------
    level
        The lowest level to go on at, 1 to 3; without it what is safe for anybody's code.
    is_unsafe
        Whether to go on below it.
    """

    level: int | None = None
    is_unsafe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """What a run has.

    Parameters
    ----------
    level
        The best level of this machine.
    demanded
        The lowest that was to be had.
    why
        Who demands it.
    """

    level: int
    demanded: int
    why: str = "needed"

    @property
    def warning(self) -> str:
        """What every output must say of a run below the level that it should have; else ""."""
        if self.level >= self.demanded:
            return ""
        return (
            f"run with --unsafe at isolation level {self.level}, below the {self.demanded} "
            f"that is {self.why}"
        )

    @property
    def headline(self) -> str:
        """The level in words, for whoever starts a run."""
        return f"isolation level {self.level}: {describe(self.level)}"

    @property
    def facts(self) -> Mapping[str, Any]:
        """What ``run.json`` tells."""
        told = {
            "isolation_level": self.level,
            "isolation": describe(self.level),
            "demanded_level": self.demanded,
        }
        return {**told, "unsafe": self.warning} if self.warning else told

    def marked(self, submission: Submission) -> Submission:
        """Return a submission whose sheet will carry the warning, if there is one."""
        if not self.warning:
            return submission
        return replace(submission, notes=(*submission.notes, self.warning))


def isolation(demand: Demand, rubric: Rubric | None = None) -> Isolation:
    """Return the isolation to go on with: the best that this machine offers.

    Parameters
    ----------
    demand
        What the command asks for.
    rubric
        By which submissions will be run: it may demand more, and files that can be read.

    Raises
    ------
    IsolationError
        If it is less than what is demanded, and that was not overridden; or if the rubric's files
        cannot be had without opening all others.
    """
    needed, why = SAFE_LEVEL if demand.level is None else demand.level, "needed"
    if rubric is not None and rubric.level > needed:
        needed, why = rubric.level, f"demanded by the rubric {rubric.id}"
    found = Isolation(level=available_level(), demanded=needed, why=why)
    if found.warning and not demand.is_unsafe:
        raise IsolationError(
            f"this machine offers isolation level {found.level} ({describe(found.level)}), "
            f"{needed} is {why}; {_remedy(found.level)}, or pass --unsafe if you trust every "
            "submission"
        )
    if rubric is not None:
        walls_of(found.level, os.getpid(), [file.path for file in rubric.readable])
    return found


def _remedy(level: int) -> str:
    """Return what to do about a level that is too low."""
    return "run on Linux" if level < SAFE_LEVEL else "run as root, in a container for instance"
