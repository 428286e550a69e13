"""Who handed in what, before anything is graded: a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.records import Person
from grader.report.escaping import counted, terminal_text

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One submission as it was found.

    Parameters
    ----------
    submission
        Its id.
    people
        Who handed it in.
    origin
        What of the source it is; empty for who handed in nothing.
    files
        Paths of its Python files and notebooks.
    remarks
        What was met on the way.
    """

    submission: str
    people: tuple[Person, ...]
    origin: str
    files: tuple[str, ...]
    remarks: tuple[str, ...]


def print_attendance(
    console: Console, rows: Sequence[Attendance], unmatched: Sequence[str]
) -> None:
    """Print a row for each submission, and what belongs to nobody."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("submission", "students", "files", "from", "remarks"):
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = (
            row.submission,
            "; ".join(map(_person, row.people)),
            _files(row.files),
            row.origin or "-",
            "; ".join(row.remarks),
        )
        table.add_row(*(Text(terminal_text(cell)) for cell in cells))
    console.print(table)
    there = [row for row in rows if row.origin]
    empty = sum(not row.files for row in there)
    told = f"{counted(len(there), 'submission')}, {empty} of them without any code"
    missing = len(rows) - len(there)
    console.print(f"{told}; {missing} on the roster without any" if missing else told)
    for name in unmatched:
        console.print(Text(f"belongs to nobody: {terminal_text(name)}"))


def _person(person: Person) -> str:
    known = (person.student_id, person.name, person.email, person.section)
    return ", ".join(dict.fromkeys(filter(None, known)))


def _files(files: Sequence[str]) -> str:
    shown = ", ".join(files[:_MOST_NAMED])
    return f"{shown} and {len(files) - _MOST_NAMED} more" if len(files) > _MOST_NAMED else shown
