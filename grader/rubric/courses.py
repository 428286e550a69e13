"""What has a course chosen, once and for all its homework? A small YAML file of its own.

::

    options:
      ece247-hw4: {dropout_p: drop}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import Complaint, RubricError, UsageError
from grader.rubric.choices import Choice
from grader.rubric.document import Document
from grader.rubric.places import rubric_ids
from grader.rubric.wording import describe, hint, shown
from grader.rubric.yaml_reader import read_document

_KEYS = ("options",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Everything that is chosen of rubrics' options where one of them is used.

    Parameters
    ----------
    choices
        For the rubric in use, the last one winning.
    course
        What a course has chosen; it counts less than ``choices``.
    """

    choices: tuple[Choice, ...] = ()
    course: Course | None = None

    def over(self, earlier: Selection) -> Selection:
        """Return the choices of an earlier run with these over them; a course's count less."""
        return Selection(choices=(*earlier.choices, *self.choices), course=self.course)

    def made_for(self, rubric: str) -> tuple[Choice, ...]:
        """Return the choices for a rubric, by their weight; see ``Course.choices``."""
        return (*(self.course.choices(rubric) if self.course else ()), *self.choices)

    def overruled(self, rubric: str) -> tuple[Choice, ...]:
        """Return what the course has chosen for a rubric and an explicit choice says otherwise."""
        last = {choice.option: choice.choice for choice in self.choices}
        chosen = self.course.choices(rubric) if self.course else ()
        return tuple(one for one in chosen if last.get(one.option, one.choice) != one.choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a course file says; of the right form, but of no rubric yet."""

    document: Document

    def choices(self, rubric: str) -> tuple[Choice, ...]:
        """Return what the course has chosen for a rubric.

        Raises
        ------
        RubricError
            If the file names a rubric that is neither this one nor any other that can be found.
        """
        named = self.document.keys(("options",))
        known = {rubric, *rubric_ids()}
        unknown = [name for name in named if name not in known]
        if unknown:
            raise RubricError([self._unknown(name, known) for name in unknown])
        return tuple(
            Choice(option=option, choice=choice, source=self._source(rubric, option))
            for option, choice in self.document.data.get("options", {}).get(rubric, {}).items()
        )

    def _unknown(self, name: str, known: set[str]) -> Complaint:
        message = f"there is no rubric {shown(name)}{hint(name, sorted(known))}"
        return self.document.at_key(("options", name), message)

    def _source(self, rubric: str, option: str) -> str:
        line, column = self.document.places["options", rubric, option]
        return f"{self.document.file}:{line}:{column}"


def read_course(file: Path) -> Course:
    """Read a course file strictly.

    Raises
    ------
    RubricError
        With every mistake of its form, each at its line and column.
    UsageError
        If it cannot be opened.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise UsageError(f"the course file {str(file)!r} cannot be read: {reason}") from None
    document = read_document(data, str(file))
    complaints = [*document.complaints, *_complaints(document)]
    if complaints:
        raise RubricError(complaints)
    return Course(document=document)


def _complaints(document: Document) -> Iterator[Complaint]:
    if not isinstance(document.data, dict):
        yield document.at((), f"a course file is a mapping, not {describe(document.data)}")
        return
    for key in document.data:
        if key not in _KEYS:
            message = f"unknown key {shown(key)}{hint(key, _KEYS)}"
            yield document.at_key((key,), message)
    options = document.data.get("options", {})
    if not isinstance(options, dict):
        message = f"options must map rubrics to their options, not {describe(options)}"
        yield document.at(("options",), message)
        return
    for rubric, chosen in options.items():
        yield from _of_rubric(document, rubric, chosen)


def _of_rubric(document: Document, rubric: str, chosen: object) -> Iterator[Complaint]:
    if not isinstance(chosen, dict):
        message = f"{rubric} must map options to choices, not {describe(chosen)}"
        yield document.at(("options", rubric), message)
        return
    for option, choice in chosen.items():
        if not isinstance(choice, str):
            message = f"{option} must be a text, not {describe(choice)}; write it in quotes"
            yield document.at(("options", rubric, option), message)
