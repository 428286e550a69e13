"""What have people marked by hand? A CSV, read strictly, and joined to the sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from grader.errors import UsageError
from grader.records import Item, ItemScore, Outcome, ScoreSheet, Verdict
from grader.report.escaping import csv_plain, number_text
from grader.scoring.hand_csv import Row, mistakes_of_key, name_key, number_in, read_rows
from grader.scoring.naming import names_of

COLUMNS = ("student", "item", "points", "comment")
WAIVED = "waived"
BY_HAND = "marked by hand"
"""How the note of a verdict begins that a person has made."""
SAID_OF_MARK = "Marked by hand."
"""The verdict's sentence where the marker has written no comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row: ``points`` is None where the item is waived."""

    points: Decimal | None
    comment: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """All rows of a file that have points, by student (or submission) and item."""

    rows: Mapping[tuple[str, str], Mark] = field(default_factory=dict)
    """The students' names are as ``name_key`` has them."""
    source: str = ""
    unmarked: int = 0
    """Rows without points that have a comment: somebody has begun, and not ended."""

    @property
    def students(self) -> set[str]:
        """Everybody who has a mark."""
        return {student for student, _ in self.rows}


def read_marks(path: Path, items: Iterable[Item]) -> Marks:
    """Return the marks of a CSV with the columns student, item, points and, if wanted, comment.

    Points are a number from 0 to the item's points, the word ``waived``, or nothing yet. See
    ``read_rows`` for the spreadsheets that are understood.

    Raises
    ------
    UsageError
        With every mistake of the file, each at its line.
    """
    listed, mistakes = read_rows(path, COLUMNS[:3])
    known = {item.id: item for item in items}
    rows: dict[tuple[str, str], Mark] = {}
    seen: dict[tuple[str, ...], int] = {}
    unmarked = 0
    for row in listed:
        told = row.cells["points"]
        if not told:
            unmarked += bool(row.cells.get("comment"))
            continue
        key = (name_key(row.cells["student"]), row.cells["item"])
        wrong = [*_mistakes(row, known), *mistakes_of_key(row, seen, key)]
        mistakes += [f"{path}:{row.line}: {one}" for one in wrong]
        points = None if told.lower() == WAIVED else number_in(told, "points")
        if not isinstance(points, str):
            comment = csv_plain(row.cells.get("comment", ""))
            rows[key] = Mark(points=points, comment=comment, line=row.line)
    if mistakes:
        raise UsageError("\n".join(mistakes))
    return Marks(rows=rows, source=str(path), unmarked=unmarked)


def _mistakes(row: Row, known: Mapping[str, Item]) -> Iterator[str]:
    cells = row.cells
    if not cells["student"]:
        yield "no student"
    item = known.get(cells["item"])
    if item is None:
        yield f"no item {cells['item']!r} (there are: {', '.join(known)})"
        return
    if cells["points"].lower() == WAIVED:
        return
    points = number_in(cells["points"], "points", f", {WAIVED!r} or nothing")
    if isinstance(points, str):
        yield points
    elif not 0 <= points <= item.points:
        yield f"points must be from 0 to {number_text(item.points)}, not {cells['points']}"


def marked(sheet: ScoreSheet, marks: Marks, taken: Iterable[str] = ()) -> ScoreSheet:
    """Return a sheet with the marks of its people in place of what was found.

    A mark counts for everybody who handed the submission in. What stood there before is kept in
    the verdict's notes. ``taken`` are the names that mean another submission; see ``names_of``.
    """
    names = names_of(sheet, taken)
    scores = tuple(_marked(score, names, marks) for score in sheet.scores)
    if scores == sheet.scores:
        return sheet
    total = sum((score.points for score in scores if score.points is not None), Decimal(0))
    return replace(sheet, scores=scores, total=total)


def mark_of(names: Iterable[str], item: str, marks: Marks) -> Mark | None:
    """Return what was given by hand for an item to the first of some names."""
    return next((marks.rows[name, item] for name in names if (name, item) in marks.rows), None)


def _marked(score: ItemScore, names: Iterable[str], marks: Marks) -> ItemScore:
    mark = mark_of(names, score.item.id, marks)
    if mark is None:
        return score
    points = score.item.points if mark.points is None else mark.points
    verdict = Verdict(
        outcome=_outcome(mark, score.item),
        credit=points / score.item.points,
        message=mark.comment or ("Waived." if mark.points is None else SAID_OF_MARK),
        evidence=score.verdict.evidence,
        notes=(*score.verdict.notes, f"{BY_HAND}; was {score.verdict.outcome}"),
    )
    return replace(score, verdict=verdict, points=points)


def _outcome(mark: Mark, item: Item) -> Outcome:
    if mark.points is None:
        return Outcome.WAIVED
    if mark.points == item.points:
        return Outcome.CORRECT
    return Outcome.PARTIAL if mark.points > 0 else Outcome.WRONG
