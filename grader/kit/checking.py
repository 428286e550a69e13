"""How does a student's own work do on the visible items? Asked in a process of its own."""

from __future__ import annotations

import importlib.util
import os

from grader.errors import IsolationError, UsageError
from grader.grading.examiner import Examiner, is_notebook_in
from grader.grading.plan import Plan
from grader.records import Rubric, ScoreSheet, Transcript
from grader.sandbox.levels import available_level, walls_of
from grader.submission import Found, read

_NO_WALLS = "your own code needs no walls: add --no-walls"

_NO_NBFORMAT = (
    "reading a notebook's file takes nbformat, which is not installed; install the kit's program "
    "once more, with [notebooks] behind the wheel's name as its README.md says, or check within "
    "the notebook"
)


def checked(plan: Plan, found: Found, has_walls: bool = True) -> tuple[ScoreSheet, Transcript]:
    """Return the score sheet of a student's files, and all that they answered.

    Parameters
    ----------
    plan
        What is asked.
    found
        Where the homework's files are.
    has_walls
        Whether the code is isolated as well as this machine can; else it runs in a process of its
        own with time limits only, as on systems where there is nothing else.

    Raises
    ------
    UsageError
        If the walls do not stand, or if what reads a notebook's file is not installed.
    """
    submission = read(found)
    has_notebooks = is_notebook_in(submission.files)
    if has_notebooks and importlib.util.find_spec("nbformat") is None:
        first = next(file.path for file in submission.files if is_notebook_in([file]))
        raise UsageError(f"{first}: {_NO_NBFORMAT}")
    try:
        level = _level(plan.rubric) if has_walls else 0
        examiner = Examiner(plan, level=level, has_notebooks=has_notebooks)
        try:
            return examiner.examine(submission)
        finally:
            examiner.close()
    except IsolationError as error:
        raise UsageError(f"{error}; {_NO_WALLS}") from None


def _level(rubric: Rubric) -> int:
    """Return the best level at which a student's code may read what the homework lets it read."""
    level = available_level()
    walls_of(level, os.getpid(), [file.path for file in rubric.readable])
    return level
