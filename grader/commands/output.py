"""What does a command say, where, and with which exit code? For all commands alike."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from grader.records import ScoreSheet
    from grader.submission import Found

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


def tell_if_foreign(
    notes: Console, found: Found, homework: str, expected: Sequence[str], what: str
) -> bool:
    """Tell before anything is run that files look like another homework's; return whether they do.

    Parameters
    ----------
    notes
        Where to.
    found
        The files of one submission.
    homework, expected
        Id of the homework, and the files that it wants.
    what
        What else may be the wrong one, beside the folder.
    """
    from grader.submission import hold_expected

    if hold_expected([found], expected):
        return False
    wanted = ", ".join(expected)
    told = f"none of these files belongs to {homework}, which wants {wanted} or a notebook"
    tell(notes, f"{told}: is this the right {what} and folder?", style="yellow")
    return True


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
