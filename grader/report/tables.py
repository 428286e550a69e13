"""scores.csv, one row a student, and items.csv, one row an item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd

from grader.records import UNDECIDED, Item, Outcome, Person, ScoreSheet
from grader.report.escaping import csv_text, number_text
from grader.report.files import write_text

IDENTITY = ("student", "name", "email", "section", "submission")
_TENTH = Decimal("0.1")


def write_tables(folder: Path, items: Sequence[Item], sheets: Sequence[ScoreSheet]) -> None:
    """Write both tables into a run's folder.

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
    write_text(folder / "scores.csv", _csv(scores_table(items, sheets)))
    write_text(folder / "items.csv", _csv(items_table(items, sheets)))


def _csv(table: pd.DataFrame) -> str:
    # The same bytes on every system, so never its own line ends.
    return table.to_csv(index=False, lineterminator="\n")


def scores_table(items: Sequence[Item], sheets: Sequence[ScoreSheet]) -> pd.DataFrame:
    """Return one row per student.

    Identity, status, total, maximum and percent (empty where an item is undecided: it would count
    as zero); each item's points (empty where nobody has decided yet); each item's outcome, in a
    column ``<item>.outcome``; flags.
    """
    columns = [
        *IDENTITY,
        *("status", "total", "maximum", "percent"),
        *(item.id for item in items),
        *(f"{item.id}.outcome" for item in items),
        "flags",
    ]
    rows = [_row(person, sheet) for sheet in sheets for person in sheet.people]
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns, dtype=str)
    return table


def _row(person: Person, sheet: ScoreSheet) -> list[str]:
    """Return one row in the order of the columns; by place, since items bear any name."""
    identity = (person.student_id, person.name, person.email, person.section, sheet.submission)
    return [
        *map(csv_text, identity),
        status_of(sheet),
        "" if sheet.has_fault else number_text(sheet.total),
        number_text(sheet.maximum),
        _percent(sheet) if status_of(sheet) == "graded" else "",
        *("" if score.points is None else number_text(score.points) for score in sheet.scores),
        *(str(score.verdict.outcome) for score in sheet.scores),
        csv_text("; ".join(sheet.flags)),
    ]


def status_of(sheet: ScoreSheet) -> str:
    """Return ``graded``, ``undecided`` where a person has to look, or ``grader_fault``."""
    if sheet.has_fault:
        return "grader_fault"
    return "undecided" if any(s.points is None for s in sheet.scores) else "graded"


def _percent(sheet: ScoreSheet) -> str:
    if not sheet.maximum:
        return ""
    return str((100 * sheet.total / sheet.maximum).quantize(_TENTH, rounding=ROUND_HALF_UP))


def items_table(items: Sequence[Item], sheets: Sequence[ScoreSheet]) -> pd.DataFrame:
    """Return one row per item: points, how they were earned, and how often each outcome came.

    Mean, median and shares are taken over the submissions that have points for the item.
    """
    points, outcomes = _by_item(items, sheets)
    rows = []
    for item in items:
        earned = points[item.id]
        row = {
            "item": item.id,
            "title": csv_text(item.title),
            "section": csv_text(item.section),
            "maximum": number_text(item.points),
            "graded": str(int(earned.count())),
            "mean": _rounded(earned.mean()),
            "median": _rounded(earned.median()),
            "share_full": _rounded((earned == float(item.points)).mean()) if len(earned) else "",
            "share_zero": _rounded((earned == 0).mean()) if len(earned) else "",
        }
        row |= {str(outcome): str(outcomes[item.id][outcome]) for outcome in Outcome}
        rows.append(row)
    table: pd.DataFrame = pd.DataFrame(rows, dtype=str)
    return table


def _by_item(
    items: Sequence[Item], sheets: Sequence[ScoreSheet]
) -> tuple[dict[str, pd.Series[float]], dict[str, Counter[Outcome]]]:
    points: dict[str, list[float]] = {item.id: [] for item in items}
    outcomes: dict[str, Counter[Outcome]] = {item.id: Counter() for item in items}
    for score in (score for sheet in sheets for score in sheet.scores):
        outcomes[score.item.id][score.verdict.outcome] += 1
        if score.points is not None and score.verdict.outcome not in UNDECIDED:
            points[score.item.id].append(float(score.points))
    series = {name: pd.Series(earned, dtype="float64") for name, earned in points.items()}
    return series, outcomes


def _rounded(number: float) -> str:
    return "" if pd.isna(number) else number_text(Decimal(f"{number:.3f}"))
