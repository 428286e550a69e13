"""What changes a total beside the items? Waivers, lateness and adjustments, each with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

from grader.errors import UsageError
from grader.records import Adjustment, ItemScore, Outcome, Rubric, ScoreSheet, Verdict
from grader.report.escaping import csv_plain, number_text
from grader.scoring.hand_csv import Row, mistakes_of_key, name_key, number_in, read_rows
from grader.scoring.lateness import DAY_S, late_penalty
from grader.scoring.naming import names_of
from grader.submission.canvas import LATE as LATE_IN_CANVAS

COLUMNS = ("student", "kind", "amount", "item", "reason")
ADJUST, LATE, WAIVE = "adjust", "late", "waive"
HOW_LATE = "by how much is not known, and nothing was taken off: say it with --adjustments"
KINDS = (ADJUST, LATE, WAIVE)
_CLOCK = re.compile(r"([0-9]{1,5}):([0-5][0-9])(?::([0-5][0-9]))?")
_MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One row of the file; what a kind has no use for is 0 or empty."""

    student: str
    """As ``name_key`` has it."""
    kind: str
    points: Decimal = Decimal(0)
    late_s: int = 0
    item: str = ""
    """Id or pattern."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustments:
    """All rows of a file, in its order."""

    rows: tuple[Given, ...] = ()
    source: str = ""
    by_student: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)

    @property
    def students(self) -> set[str]:
        """Everybody who is named."""
        return set(self.by_student)


def read_adjustments(path: Path, rubric: Rubric) -> Adjustments:
    """Return the adjustments of a CSV with the columns student, kind, amount, item and reason.

    ``adjust`` adds its amount, which may be negative, to the total; ``late`` says how late a
    student was (hours, minutes and seconds as ``26:10:00``, or days), in place of what the source
    of the submissions tells, by the rubric's ``late``; ``waive`` gives an item its full points.
    A column that no row needs may be missing.

    Raises
    ------
    UsageError
        With every mistake of the file, each at its line.
    """
    listed, mistakes = read_rows(path, ("student", "kind", "reason"))
    rows: list[Given] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in listed:
        given = _given(row, rubric)
        wrong = [given] if isinstance(given, str) else list(_twice(row, given, seen))
        mistakes += [f"{path}:{row.line}: {told}" for told in wrong]
        if not isinstance(given, str):
            rows.append(given)
    if mistakes:
        raise UsageError("\n".join(mistakes))
    by_student: dict[str, tuple[Given, ...]] = {}
    for one in rows:
        by_student[one.student] = (*by_student.get(one.student, ()), one)
    return Adjustments(rows=tuple(rows), source=str(path), by_student=by_student)


def _given(row: Row, rubric: Rubric) -> Given | str:
    """Return what a row says, or what is wrong with it."""
    student, kind, amount, item, reason = (row.cells.get(name, "") for name in COLUMNS)
    kind = kind.lower()
    if not student:
        return "no student"
    if kind not in KINDS:
        return f"no kind {kind!r} (there are: {', '.join(KINDS)})"
    if not reason:
        return "no reason: the student and the next TA will want to know it"
    if kind == WAIVE and amount:
        return f"what is waived has its full points: no amount, not {amount!r}"
    if kind != WAIVE and item:
        return f"{kind!r} changes the total, not the item {item!r}: that is a mark by hand"
    plain = Given(student=name_key(student), kind=kind, reason=csv_plain(reason))
    if kind == WAIVE:
        return _waiving(plain, item, rubric)
    if kind == LATE:
        return _late(plain, amount, rubric)
    points = number_in(csv_plain(amount), "points", " such as -2 or 1.5")
    if isinstance(points, str):
        return points
    if not 0 < abs(points) <= rubric.maximum:
        most = number_text(rubric.maximum)
        return f"points must be from -{most} to {most} and not 0, not {amount}"
    return replace(plain, points=points)


def _waiving(plain: Given, item: str, rubric: Rubric) -> Given | str:
    known = [one.id for one in rubric.items]
    if not any(fnmatchcase(one, item) for one in known):
        return f"no item {item!r} (there are: {', '.join(known)})"
    return replace(plain, item=item)


def _late(plain: Given, amount: str, rubric: Rubric) -> Given | str:
    if rubric.late is None:
        told = f"rubric {rubric.id} has no 'late' that says what it costs"
        return f"{told}; write the points themselves as {ADJUST!r}"
    clock = _CLOCK.fullmatch(amount)
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return replace(plain, late_s=3600 * hours + 60 * minutes + seconds)
    days = number_in(amount, "days", ", or a time such as 26:10:00")
    if isinstance(days, str):
        return days
    if not 0 <= days <= _MOST_DAYS:
        return f"days must be from 0 to {_MOST_DAYS}, not {amount}"
    return replace(plain, late_s=round(days * DAY_S))


def _twice(row: Row, given: Given, seen: dict[tuple[str, ...], int]) -> Iterator[str]:
    """Yield that the same was said before; different adjustments of one student add up."""
    same = {
        ADJUST: (str(given.points), given.reason),
        LATE: (),
        WAIVE: (given.item,),
    }
    return mistakes_of_key(row, seen, (given.student, given.kind, *same[given.kind]))


def adjusted(
    sheet: ScoreSheet, given: Adjustments, rubric: Rubric, taken: Iterable[str] = ()
) -> ScoreSheet:
    """Return a sheet with what changes its total, and the items that are waived.

    A row that names the submission holds for everybody who handed it in; one that names a student
    changes that student's total alone, but an item that it waives is waived for all: it has one
    verdict. No total falls below zero, and none is late who handed in nothing. ``taken`` are the
    names that mean another submission; see ``names_of``.
    """
    names = names_of(sheet, taken)
    given = replace(given, by_student=_of_names(given, names))
    rows = [row for name in names for row in given.by_student.get(name, ())]
    waivers = [row for row in rows if row.kind == WAIVE]
    sheet = replace(sheet, scores=tuple(_waived(score, waivers) for score in sheet.scores))
    told = dict.fromkeys(f"{row.item}: {row.reason}" for row in waivers)
    traced = [Adjustment(kind=WAIVE, points=Decimal(0), reason=reason) for reason in told]
    people = [person.student_id for person in sheet.people]
    own = {student: _of_student(sheet, student, given, rubric) for student in people}
    if len({tuple(found) for found in own.values()}) == 1:
        traced += own[people[0]]
    else:
        traced += [replace(one, student=name) for name in people for one in own[name]]
    if rubric.late is not None and LATE_IN_CANVAS in sheet.flags and LATE not in _kinds(rows):
        sheet = replace(sheet, flags=(*sheet.flags, HOW_LATE))
    sheet = replace(sheet, adjustments=tuple(traced))
    return replace(sheet, total=sheet.total_of(""))


def _of_names(given: Adjustments, names: Iterable[str]) -> dict[str, tuple[Given, ...]]:
    """Return the rows of some names alone."""
    return {name: given.by_student[name] for name in names if name in given.by_student}


def _kinds(rows: Iterable[Given]) -> set[str]:
    return {row.kind for row in rows}


def _waived(score: ItemScore, waivers: Iterable[Given]) -> ItemScore:
    by = next((row for row in waivers if fnmatchcase(score.item.id, row.item)), None)
    if by is None:
        return score
    verdict = Verdict(
        outcome=Outcome.WAIVED,
        credit=Decimal(1),
        message=f"Waived: {by.reason}",
        evidence=score.verdict.evidence,
        notes=(*score.verdict.notes, f"waived by hand; was {score.verdict.outcome}"),
    )
    return replace(score, verdict=verdict, points=score.item.points)


def _of_student(
    sheet: ScoreSheet, student: str, given: Adjustments, rubric: Rubric
) -> list[Adjustment]:
    """Return what changes the total of one of a sheet's people, lateness first."""
    names = dict.fromkeys((name_key(student), name_key(sheet.submission)))
    rows = [row for name in names for row in given.by_student.get(name, ())]
    late_s = next((person.late_s for person in sheet.people if person.student_id == student), 0)
    by_hand = next((row for row in rows if row.kind == LATE), None)
    told = f"; {by_hand.reason}" if by_hand is not None else ""
    found = []
    is_there = any(s.verdict.outcome is not Outcome.NOT_SUBMITTED for s in sheet.scores)
    if rubric.late is not None and is_there:
        seconds = late_s if by_hand is None else by_hand.late_s
        points, why = late_penalty(rubric.late, seconds, sheet.raw_total, sheet.maximum)
        if points or seconds or by_hand is not None:
            found.append(Adjustment(kind=LATE, points=-points, reason=f"{why}{told}"))
    found += [
        Adjustment(kind=ADJUST, points=row.points, reason=row.reason)
        for row in rows
        if row.kind == ADJUST
    ]
    return found
