"""The command ``grader marks``: a CSV of what awaits a mark by hand."""

from __future__ import annotations

from pathlib import Path

import click

from grader.commands.output import OK, consoles, tell
from grader.commands.shared import load
from grader.errors import UsageError
from grader.options import rubric_of_run_option


@click.group()
def marks() -> None:
    """Mark by hand: see what awaits a mark."""


@marks.command("template")
@click.argument("run", type=click.Path(path_type=Path, file_okay=False), metavar="RUN")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it, a new file; standard output if not given.",
)
@rubric_of_run_option
def template(run: Path, output: Path | None, rubric_name: str | None) -> int:
    """Write the CSV in which the marks that the run in the folder RUN awaits are filled in.

    The marks that the run has already are in it, so that the file replaces the one before. Give it
    to 'grader rescore RUN --marks FILE' once some of it, or all, is filled in.
    """
    from grader.grading.awaited import to_mark
    from grader.grading.rescoring import open_old_run
    from grader.report.escaping import counted
    from grader.report.files import write_text
    from grader.report.marks import marks_csv
    from grader.scoring.reruns import reruns_text

    old = open_old_run(run)
    found = to_mark(run, load(rubric_name or old.rubric, (), old.selection))
    rows = found.rows
    _, notes = consoles()
    if told := reruns_text(found.unrecorded):
        tell(notes, f"not among what awaits a mark: {told}", style="yellow")
    waiting = sum(not row.points for row in rows)
    if output is not None and output.exists():
        raise UsageError(f"{output}: is there already, and may hold marks; name a new file")
    if not rows:
        tell(notes, f"nothing in {run} awaits a mark")
        return OK
    text = marks_csv(rows)
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            write_text(output, text)
        except OSError as error:
            raise UsageError(f"{output}: cannot be written ({error.strerror})") from None
        told = f"written: {output}, {counted(waiting, 'row')} to fill in"
        given = len(rows) - waiting
        tell(notes, f"{told}, {given} as they were given" if given else told)
    return OK
