"""The table in which people fill in marks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from grader.report.escaping import csv_text, number_text

COLUMNS = ("student", "item", "title", "maximum", "points", "comment", "outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowToMark:
    """One item of one submission.

    Parameters
    ----------
    student
        Whose it is: an id, or that of a group's submission.
    item, title, maximum
        Of what, and what it is worth.
    points, comment
        What was given already; empty where nothing was.
    outcome
        Why it awaits a mark.
    """

    student: str
    item: str
    title: str
    maximum: Decimal
    points: str = ""
    comment: str = ""
    outcome: str = ""


def marks_csv(rows: Iterable[RowToMark]) -> str:
    """Return the table as ``grader.scoring.marks`` reads it back, and no spreadsheet computes."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            [
                csv_text(row.student),
                row.item,
                csv_text(row.title),
                number_text(row.maximum),
                row.points,
                csv_text(row.comment),
                row.outcome,
            ]
        )
    return stream.getvalue()
