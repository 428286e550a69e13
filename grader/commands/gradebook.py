"""The command ``grader gradebook``: a run's scores for Canvas, Moodle or Gradescope."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.output import AUTHOR_PROBLEM, OK, consoles, tell
from grader.commands.shared import load, tell_unsafe
from grader.errors import UsageError
from grader.options import rubric_of_run_option

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from rich.console import Console

    from grader.gradebook.filling import Filled, Given
    from grader.gradebook.scores import Score
    from grader.grading.rescoring import Run


@click.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False), metavar="RUN")
@click.option(
    "--for",
    "system",
    required=True,
    type=click.Choice(["canvas", "moodle", "gradescope"]),
    help="Whose gradebook is filled in.",
)
@click.option(
    "--gradebook",
    "exported",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What was exported there: Canvas's gradebook, Moodle's grading worksheet, Gradescope's "
    "grades. Only for gradescope it may be left out.",
)
@click.option(
    "--assignment",
    default="",
    metavar="NAME",
    help="Whose column the scores go to: its title, its name with the number, or the number. "
    "May be left out where there is one.",
)
@click.option(
    "--include",
    "included",
    multiple=True,
    type=click.Choice(["undecided", "fault", "missing"]),
    help="Give out these scores, too: of who awaits marks, of who met a fault of the grader (both "
    "without their open items), a 0 for who handed in nothing. May be repeated.",
)
@click.option(
    "--scale",
    "is_scaled",
    is_flag=True,
    help="Scale the points to the assignment's own maximum.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it; a file that is there is replaced.",
)
@rubric_of_run_option
def gradebook(
    run: Path,
    system: str,
    exported: Path | None,
    assignment: str,
    included: tuple[str, ...],
    is_scaled: bool,
    output: Path,
    rubric_name: str | None,
) -> int:
    """Write the scores of the run in the folder RUN as a gradebook to upload.

    Who was not graded is not in it, and so keeps what is there. Whoever is left out for another
    reason is named. Exits with 1 where somebody has a score that belongs to no row.
    """
    from grader.gradebook import canvas, gradescope, moodle
    from grader.gradebook.filling import Fill, Request, given_out
    from grader.gradebook.scores import read_scores
    from grader.gradebook.table import read_book, write_table
    from grader.grading.lost import lost_results
    from grader.grading.rescoring import open_old_run

    old = open_old_run(run)
    if exported is not None and output.resolve() == exported.resolve():
        raise UsageError(f"{output}: is what was exported; write to another file with -o")
    scores = read_scores(run)
    given = given_out(scores, included)
    book = None if exported is None else read_book(exported)
    request = Request(
        scores=given.scores,
        items=_items(old, rubric_name) if system == "gradescope" else {},
        book=book,
        assignment=assignment,
        is_scaled=is_scaled,
    )
    fills: dict[str, Fill] = {
        "canvas": canvas.fill,
        "moodle": moodle.fill,
        "gradescope": gradescope.fill,
    }
    filled = fills[system](request)
    _, notes = consoles()
    _tell_of(notes, old, given, filled)
    is_odd = _tell_several(notes, scores)
    if lost := lost_results(old):
        tell(notes, lost, style="yellow")
    if not filled.count:
        raise UsageError(f"nobody of {run} has a score to give out: nothing is written")
    write_table(output, filled.head, filled.rows, filled.style)
    tell(notes, f"written: {output}, {_students(filled.count)} in the column {filled.into!r}")
    return AUTHOR_PROBLEM if filled.left_out or filled.warnings or is_odd or lost else OK


def _items(run: Run, rubric_name: str | None) -> dict[str, tuple[str, Decimal]]:
    """Return the items that were judged, with their titles and points."""
    rubric = load(rubric_name or run.rubric, (), run.selection)
    return {item.id: (item.title, item.points) for item in rubric.items}


def _tell_of(notes: Console, run: Run, given: Given, filled: Filled) -> None:
    """Tell who is left out, and what to look at before the file is uploaded."""
    tell_unsafe(notes, run.facts)
    if run.only:
        tell(notes, f"the run judged {', '.join(run.only)} only", style="yellow")
    if run.facts.get("state") != "finished":
        tell(notes, "the run has not finished: go on with --resume", style="yellow")
    for told in given.held:
        tell(notes, f"left out: {told}")
    for told in filled.left_out:
        tell(notes, f"left out: {told}", style="yellow")
    for told in filled.warnings:
        tell(notes, told, style="yellow")


def _tell_several(notes: Console, scores: Iterable[Score]) -> bool:
    """Tell who has handed in several submissions; return whether there is anybody."""
    from grader.scoring.naming import handed_in_twice

    called: dict[str, list[str]] = {}
    for score in scores:
        called.setdefault(score.submission, []).append(score.person.student_id)
    several = handed_in_twice(called)
    for student, ids in several.items():
        told = f"{student} has handed in several submissions, {', '.join(ids)}"
        way = "take away those that do not count, and grade with --resume"
        tell(notes, f"{told}: {way}", style="yellow")
    return bool(several)


def _students(count: int) -> str:
    from grader.report.escaping import counted

    return counted(count, "student")
