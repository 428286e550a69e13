"""What does a command say, where, and with which exit code? For all commands alike."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from grader.records import ScoreSheet

OK, AUTHOR_PROBLEM, OUR_FAULT, INTERRUPTED = 0, 1, 2, 130


def exit_code(notes: Console, sheets: tuple[ScoreSheet, ...]) -> int:
    """Name on stderr what a TA must look at, and return the exit code that goes with it."""
    faults = [sheet for sheet in sheets if sheet.has_fault]
    for sheet in faults:
        tell(notes, f"{sheet.submission}: {'; '.join(sheet.flags)}", style="bold red")
    troubled = [sheet for sheet in sheets if sheet.problems]
    for sheet in troubled:
        tell(notes, f"{sheet.submission}: {'; '.join(sheet.problems)}", style="yellow")
    if faults:
        return OUR_FAULT
    return AUTHOR_PROBLEM if troubled else OK


def tell(notes: Console, text: str, style: str | None = None) -> None:
    """Print a line as it is: names and paths are no markup, and nothing in them is obeyed."""
    from grader.report.escaping import terminal_text

    shown = terminal_text(text)
    notes.print(shown, style=style, highlight=False, markup=False, soft_wrap=True)


def consoles() -> tuple[Console, Console]:
    """Return the consoles for data (stdout) and for messages (stderr)."""
    from rich.console import Console

    # Not a terminal: as wide as it takes, so that a redirected table is not cut.
    width = None if sys.stdout.isatty() else 160
    return Console(width=width), Console(stderr=True)
