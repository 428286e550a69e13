"""The command ``grader replay``: one item of one student, draw by draw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.output import OK, consoles, tell
from grader.commands.shared import load
from grader.options import isolation_options

if TYPE_CHECKING:
    from grader.grading.isolation import Demand


@click.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.argument("student")
@click.argument("item")
@click.option(
    "--rubric",
    "rubric_name",
    metavar="ID",
    help="Ask by this rubric; the one that the run was graded by if not given.",
)
@click.option(
    "--submissions",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where the submissions lie, if not where the run has found them.",
)
@isolation_options
def replay(
    run: Path,
    student: str,
    item: str,
    rubric_name: str | None,
    submissions: Path | None,
    demand: Demand,
) -> int:
    """Run one ITEM of one STUDENT's submission again, as the run in the folder RUN did.

    Prints every draw with what came back and what is right. Nothing is written.
    """
    from grader.grading.isolation import isolation
    from grader.grading.replaying import replay as ask_again
    from grader.grading.rescoring import open_old_run
    from grader.report.replayed import print_replay

    old = open_old_run(run)
    rubric = load(rubric_name or old.rubric, old.facts.get("limits", ()), old.selection)
    walls = isolation(demand, rubric)
    replayed = ask_again(old, rubric, student, item, walls.level, submissions)
    console, notes = consoles()
    if walls.warning:
        tell(notes, walls.warning, style="bold red")
    if replayed.others:
        told = f"{replayed.submission}: the same student's, too: {', '.join(replayed.others)}"
        tell(notes, told, style="yellow")
    print_replay(console, replayed.submission, replayed.score, replayed.transcript)
    return OK
