"""Who moves between two runs: in the terminal, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.errors import UsageError
from grader.report.escaping import counted, csv_text, number_text, terminal_text
from grader.report.files import write_text

COLUMNS = ("student", "item", "before", "after", "change", "outcome_before", "outcome_after", "why")


class Moved(Protocol):
    """One item of one submission that differs; see ``grading.comparing.Move``."""

    @property
    def students(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def before(self) -> Decimal | None: ...
    @property
    def after(self) -> Decimal | None: ...
    @property
    def change(self) -> Decimal | None: ...
    @property
    def outcome_before(self) -> str: ...
    @property
    def outcome_after(self) -> str: ...
    @property
    def why(self) -> str: ...


def print_moves(console: Console, moves: Sequence[Moved]) -> None:
    """Print a row for each item that differs, and how many submissions move."""
    if not moves:
        console.print("the same points and outcomes in both runs")
        return
    table = Table(expand=False)
    for column in ("student", "item", "before", "after", "change", "outcome", "why"):
        justify = "right" if column in ("before", "after", "change") else "left"
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for move in moves:
        same = move.outcome_before == move.outcome_after
        outcome = move.outcome_after if same else f"{move.outcome_before} → {move.outcome_after}"
        texts = (move.students, move.item or "(all)", *_numbers(move), outcome, move.why)
        table.add_row(*(Text(terminal_text(text)) for text in texts))
    console.print(table)
    students = len({move.students for move in moves})
    verb = "differs" if len(moves) == 1 else "differ"
    told = f"{counted(len(moves), 'item')} of {counted(students, 'submission')} {verb}"
    console.print(told, highlight=False)


def write_moves(path: Path, moves: Sequence[Moved]) -> None:
    """Write a row for each item that differs.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(COLUMNS)
    for move in moves:
        outcomes = (move.outcome_before, move.outcome_after)
        texts = (csv_text(move.students), csv_text(move.item))
        rows.writerow((*texts, *_numbers(move), *outcomes, csv_text(move.why)))
    try:
        write_text(path, stream.getvalue())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None


def _numbers(move: Moved) -> tuple[str, str, str]:
    change = move.change
    sign = "+" if change is not None and change > 0 else ""
    return (
        "" if move.before is None else number_text(move.before),
        "" if move.after is None else number_text(move.after),
        "" if change is None else f"{sign}{number_text(change)}",
    )
