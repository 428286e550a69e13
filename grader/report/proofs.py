"""What a proof of a rubric looks like in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.errors import Complaint
from grader.report.escaping import terminal_text

_COLOURS = {"ok": "green", "failed": "red", "skipped": "yellow"}


class Step(Protocol):
    """One part of a proof; see ``grading.linting.Step``."""

    @property
    def name(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def detail(self) -> str: ...


class Proof(Protocol):
    """A whole proof; see ``grading.linting.Proof``."""

    @property
    def rubric(self) -> str: ...
    @property
    def steps(self) -> Sequence[Step]: ...
    @property
    def errors(self) -> Sequence[Complaint]: ...
    @property
    def warnings(self) -> Sequence[Complaint]: ...


def print_proof(console: Console, proof: Proof) -> None:
    """Print a rubric's steps as a table, then its errors and its warnings, a line each."""
    table = Table(title=_plain(proof.rubric), title_justify="left", expand=False)
    for column in ("step", "result", "detail"):
        table.add_column(column, no_wrap=column != "detail")
    for step in proof.steps:
        result = Text(step.result, style=_COLOURS[step.result])
        table.add_row(_plain(step.name), result, _plain(step.detail))
    console.print(table)
    for word, complaints in (("error", proof.errors), ("warning", proof.warnings)):
        for complaint in complaints:
            _print_line(console, f"{_place(complaint)}: {word}: {complaint.message}")


def _place(complaint: Complaint) -> str:
    if complaint.line == 0:
        return complaint.file
    return f"{complaint.file}:{complaint.line}:{complaint.column}"


def _print_line(console: Console, text: str) -> None:
    console.print(terminal_text(text), highlight=False, markup=False, soft_wrap=True)


def _plain(text: str) -> Text:
    """Return a text that is no markup and harmless."""
    return Text(terminal_text(text))
