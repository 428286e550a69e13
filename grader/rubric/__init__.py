"""What does a course's rubric say? Finding it, reading it strictly, and all its mistakes at once.

The functions import PyYAML and pydantic only when they are called, so that ``grader --help``, which
imports this package, pays for neither.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.rubric.places import find_rubric, rubric_ids

if TYPE_CHECKING:
    from grader.records import Rubric
    from grader.rubric.catalogue import Catalogue
    from grader.rubric.courses import Selection

__all__ = ["find_rubric", "load_rubric", "rubric_ids"]


def load_rubric(
    path: str | Path,
    catalogue: Catalogue | None = None,
    selection: Selection | None = None,
) -> Rubric:
    """Read a rubric, check all of it under every choice of its options, and return one of them.

    Parameters
    ----------
    path
        A YAML file, or a folder that holds ``rubric.yaml``.
    catalogue
        Which problems and data sets there are; without one, those of ``reference``.
    selection
        What is chosen of its options in place of the defaults.

    Returns
    -------
    Rubric

    Raises
    ------
    RubricError
        With every mistake of the rubric, each at its line and column.
    UsageError
        If there is no such file, or it cannot be opened, or a choice is none of the rubric's.
    """
    from grader.rubric.loading import load

    return load(Path(path), catalogue, selection)
