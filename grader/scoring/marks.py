"""What have people marked by hand? A CSV, read strictly, and joined to the sheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from grader.errors import UsageError
from grader.records import Item, ItemScore, Outcome, ScoreSheet, Verdict

COLUMNS = ("student", "item", "points", "comment")
WAIVED = "waived"
BY_HAND = "marked by hand"
"""How the note of a verdict begins that a person has made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row: ``points`` is None where the item is waived."""

    points: Decimal | None
    comment: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """All rows of a file, by student (or submission) and item."""

    rows: Mapping[tuple[str, str], Mark] = field(default_factory=dict)
    source: str = ""

    @property
    def students(self) -> set[str]:
        """Everybody who has a mark."""
        return {student for student, _ in self.rows}


def read_marks(path: Path, items: Iterable[Item]) -> Marks:
    """Return the marks of a CSV with the columns student, item, points and, if wanted, comment.

    Points are a number from 0 to the item's points, the word ``waived``, or nothing yet.

    Raises
    ------
    UsageError
        With every mistake of the file, each at its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from None
    reader = csv.reader(io.StringIO(text, newline=""))
    head = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in COLUMNS[:3] if name not in head]
    if missing:
        raise UsageError(f"{path}:1: no column {', '.join(missing)} (it has: {', '.join(head)})")
    known = {item.id: item for item in items}
    rows: dict[tuple[str, str], Mark] = {}
    mistakes: list[str] = []
    for cells in reader:
        row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        if not any(row.values()) or not row.get("points"):
            continue
        key = (row.get("student", ""), row.get("item", ""))
        wrong = list(_mistakes(row, known))
        if key in rows:
            wrong.append(f"{key[0]} and {key[1]} are in line {rows[key].line} already")
        mistakes += [f"{path}:{reader.line_num}: {told}" for told in wrong]
        if not wrong:
            points = None if row["points"].lower() == WAIVED else Decimal(row["points"])
            rows[key] = Mark(points=points, comment=row.get("comment", ""), line=reader.line_num)
    if mistakes:
        raise UsageError("\n".join(mistakes))
    return Marks(rows=rows, source=str(path))


def _mistakes(row: Mapping[str, str], known: Mapping[str, Item]) -> Iterator[str]:
    if not row.get("student"):
        yield "no student"
    item = known.get(row.get("item", ""))
    if item is None:
        yield f"no item {row.get('item', '')!r} (there are: {', '.join(known)})"
        return
    if row["points"].lower() == WAIVED:
        return
    try:
        points = Decimal(row["points"])
    except InvalidOperation:
        yield f"points must be a number, {WAIVED!r} or nothing, not {row['points']!r}"
        return
    if not (points.is_finite() and 0 <= points <= item.points):
        yield f"points must be from 0 to {item.points}, not {row['points']}"


def marked(sheet: ScoreSheet, marks: Marks) -> ScoreSheet:
    """Return a sheet with the marks of its people in place of what was found.

    A mark counts for everybody who handed the submission in. What stood there before is kept in
    the verdict's notes.
    """
    names = [*(person.student_id for person in sheet.people), sheet.submission]
    scores = tuple(_marked(score, names, marks) for score in sheet.scores)
    if scores == sheet.scores:
        return sheet
    total = sum((score.points for score in scores if score.points is not None), Decimal(0))
    return replace(sheet, scores=scores, total=total)


def _marked(score: ItemScore, names: Iterable[str], marks: Marks) -> ItemScore:
    mark = next(
        (marks.rows[name, score.item.id] for name in names if (name, score.item.id) in marks.rows),
        None,
    )
    if mark is None:
        return score
    points = score.item.points if mark.points is None else mark.points
    verdict = Verdict(
        outcome=_outcome(mark, score.item),
        credit=points / score.item.points,
        message=mark.comment or ("Waived." if mark.points is None else "Marked by hand."),
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
