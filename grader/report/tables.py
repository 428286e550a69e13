"""A run's tables: scores.csv, one row a student; items.csv and diagnoses.csv beside it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd

from grader.records import Item, Outcome, Person, ScoreSheet
from grader.report.escaping import csv_text, number_text
from grader.report.files import TABLES, write_text
from grader.report.item_tables import diagnoses_table, items_table
from grader.report.told import adjustment_text

IDENTITY = ("student", "name", "email", "section", "submission")
GRADED, UNDECIDED, FAULT, NOT_SUBMITTED = "graded", "undecided", "grader_fault", "not_submitted"
"""What ``status_of`` may say."""
_TENTH = Decimal("0.1")


def write_tables(folder: Path, items: Sequence[Item], sheets: Sequence[ScoreSheet]) -> None:
    """Write all tables into a run's folder.

    Parameters
    ----------
    folder
        Must exist.
    items
        All items, in the rubric's order: the columns do not depend on who was graded.
    sheets
        In the order of the rows.

    Raises
    ------
    OSError
        If a file cannot be written; the old one is left as it was.
    """
    made = (scores_table, items_table, diagnoses_table)
    for name, table in zip(TABLES, made, strict=True):
        write_text(folder / name, _csv(table(items, sheets)))


def _csv(table: pd.DataFrame) -> str:
    # The same bytes on every system, so never its own line ends.
    return table.to_csv(index=False, lineterminator="\n")


def scores_table(items: Sequence[Item], sheets: Sequence[ScoreSheet]) -> pd.DataFrame:
    """Return one row per student.

    Identity, status, total, maximum and percent (empty where an item is undecided: it would count
    as zero); the total before adjustments, and these with their reasons; the points of each
    section, in a column ``section: <title>``, and of each item (empty where nobody has decided
    yet); each item's outcome, in a column ``<item>.outcome``; flags.
    """
    columns = [
        *IDENTITY,
        *("status", "total", "maximum", "percent", "raw_total", "adjustments"),
        *(csv_text(f"section: {title}") for title in _sections(items)),
        *(item.id for item in items),
        *(f"{item.id}.outcome" for item in items),
        "flags",
    ]
    rows = [_row(person, sheet, _sections(items)) for sheet in sheets for person in sheet.people]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns, dtype=str)
    return table


def _sections(items: Sequence[Item]) -> list[str]:
    """Return the titles of the sections, in the order in which they first come."""
    return list(dict.fromkeys(item.section for item in items if item.section))


def _row(person: Person, sheet: ScoreSheet, sections: Sequence[str]) -> list[str]:
    """Return one row in the order of the columns; by place, since items bear any name."""
    identity = (person.student_id, person.name, person.email, person.section, sheet.submission)
    total = sheet.total_of(person.student_id)
    return [
        *map(csv_text, identity),
        status_of(sheet),
        "" if sheet.has_fault else number_text(total),
        number_text(sheet.maximum),
        _percent(sheet, total),
        "" if sheet.has_fault else number_text(sheet.raw_total),
        csv_text("; ".join(map(adjustment_text, sheet.adjustments_of(person.student_id)))),
        *(_section_points(sheet, title) for title in sections),
        *("" if score.points is None else number_text(score.points) for score in sheet.scores),
        *(str(score.verdict.outcome) for score in sheet.scores),
        csv_text("; ".join(sheet.flags)),
    ]


def status_of(sheet: ScoreSheet) -> str:
    """Return what a row is.

    ``graded``, ``undecided`` where a person has to look, ``grader_fault``, or ``not_submitted``
    where nothing was handed in.
    """
    if sheet.has_fault:
        return FAULT
    if any(score.points is None for score in sheet.scores):
        return UNDECIDED
    outcomes = {score.verdict.outcome for score in sheet.scores}
    return NOT_SUBMITTED if outcomes == {Outcome.NOT_SUBMITTED} else GRADED


def _section_points(sheet: ScoreSheet, title: str) -> str:
    """Return a section's points, or nothing where one of its items has none yet."""
    points = [score.points for score in sheet.scores if score.item.section == title]
    decided = [one for one in points if one is not None]
    return number_text(sum(decided, Decimal(0))) if len(decided) == len(points) else ""


def _percent(sheet: ScoreSheet, total: Decimal) -> str:
    if not sheet.maximum or status_of(sheet) not in (GRADED, NOT_SUBMITTED):
        return ""
    return str((100 * total / sheet.maximum).quantize(_TENTH, rounding=ROUND_HALF_UP))
