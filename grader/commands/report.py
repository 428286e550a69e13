"""The command ``grader report``: a run as pages that people read."""

from __future__ import annotations

from pathlib import Path

import click

from grader.commands.output import OK, consoles, tell
from grader.commands.shared import load, tell_unsafe
from grader.errors import UsageError


@click.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder for what is written; the run's own if not given.",
)
@click.option("--html", "only_page", is_flag=True, help="Write report.html only.")
@click.option("--feedback", "only_feedback", is_flag=True, help="Write feedback/ only.")
@click.option(
    "--anonymous",
    is_flag=True,
    help="Write report-anonymous.html only: without names, ids, e-mail addresses and code.",
)
@click.option(
    "--published",
    is_flag=True,
    help="Feedback also shows items that students see after the due date, or once grades are "
    "published. Hidden items stay hidden.",
)
@click.option(
    "--submissions",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where the submissions lie, if not where the run has found them.",
)
@click.option(
    "--rubric",
    "rubric_name",
    metavar="ID",
    help="Take titles and hints from this rubric; from the run's own if not given.",
)
def report(
    run: Path,
    output: Path | None,
    only_page: bool,
    only_feedback: bool,
    anonymous: bool,
    published: bool,
    submissions: Path | None,
    rubric_name: str | None,
) -> int:
    """Write report.html and feedback/ of the run in the folder RUN.

    report.html is one page for graders: the class, its items and mistakes, and every student with
    evidence and code. feedback/ holds a page for each student, as .md and .html.
    """
    from grader.grading.reporting import Report
    from grader.grading.rescoring import open_old_run
    from grader.report.escaping import listed

    if anonymous and only_feedback:
        raise UsageError("--feedback is for the students themselves: it goes without --anonymous")
    if only_page and only_feedback:
        raise UsageError("--html and --feedback exclude each other; without both, both are written")
    old = open_old_run(run)
    rubric = load(rubric_name or old.rubric, old.facts.get("limits", ()), old.selection)
    made = Report(run=old, rubric=rubric, output=output or run, submissions=submissions)
    _, notes = consoles()
    tell_unsafe(notes, old.facts)
    if anonymous:
        tell(notes, f"written: {made.write_anonymous_page()}")
        told = "messages may still quote what somebody has written, and how files are called"
        tell(notes, f"names, ids, e-mails and code are left out; {told}", style="yellow")
        return OK
    if not only_feedback:
        tell(notes, f"written: {made.write_page()}")
    if not only_page:
        each = made.write_feedback(published)
        tell(notes, f"written: {each.folder}: {each.count} of .md and of .html")
        if each.others:
            told = f"left as it was, of nobody in this run: {listed(each.others)}"
            tell(notes, told, style="yellow")
    return OK
