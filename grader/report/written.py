"""What has a student written in words, for whoever marks it by hand?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.records import Item, Outcome, ScoreSheet, SourceFile
from grader.report.cells import NotebookCell, cells_of

WRITTEN = "written"
"""The check of an item that a person marks."""
MOST_CELLS = 80
_MOST_TEXT = 20_000
_NAMED = re.compile(r"(?:^|\.)[a-z]*(\d+)\.?([a-z]?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A Markdown cell that is not the template's.

    Parameters
    ----------
    place
        Notebook and cell.
    text
        As it was written, not rendered.
    """

    place: str
    text: str


def passages(files: Iterable[SourceFile], starter: Iterable[SourceFile]) -> tuple[Passage, ...]:
    """Return what was written in notebooks' Markdown cells, but for what the starter has too."""
    given = {cell.text.strip() for file in starter for cell in _markdown(file)}
    found = [
        Passage(place=f"{file.path}, cell {cell.number}", text=cell.text.strip()[:_MOST_TEXT])
        for file in files
        for cell in _markdown(file)
        if cell.text.strip() and cell.text.strip() not in given
    ]
    return tuple(found[:MOST_CELLS])


def is_marked_by_hand(sheet: ScoreSheet) -> bool:
    """Return whether a person has to read what was written, or has."""
    return any(
        score.item.check == WRITTEN or score.verdict.outcome is Outcome.AWAITING_MARK
        for score in sheet.scores
    )


def beside(item: Item, found: Sequence[Passage]) -> tuple[int, ...]:
    """Return which passages name an item in their first line, by its title or its number.

    ``q1.a`` is found as "1a", "1.a", "1 (a)", "Q1(a)" and "Question 1 a". It is a help for
    whoever reads, not a rule: all passages are shown anyway.
    """
    named = _NAMED.search(item.id.lower())
    pattern = re.escape(item.title)
    if named is not None:
        letter = rf"\s*[.(]?\s*{named[2]}\b" if named[2] else r"\b"
        pattern += rf"|(?<![\w.])(?:q|question|problem|part|exercise)?\s*{named[1]}{letter}"
    telling = re.compile(pattern, re.IGNORECASE)
    heads = [passage.text.partition("\n")[0][:200] for passage in found]
    return tuple(place for place, head in enumerate(heads) if telling.search(head))


def _markdown(file: SourceFile) -> list[NotebookCell]:
    if not file.path.lower().endswith(".ipynb"):
        return []
    return [cell for cell in cells_of(file.data) if cell.kind == "markdown"]
