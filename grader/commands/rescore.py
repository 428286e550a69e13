"""The command ``grader rescore``: a run judged again from its transcripts."""

from __future__ import annotations

from pathlib import Path

import click

from grader.commands.output import AUTHOR_PROBLEM, OK, consoles, tell
from grader.commands.shared import (
    exit_code_of_run,
    load,
    show_run,
    tell_unsafe,
    with_adjustments,
    with_marks,
    with_names,
)
from grader.errors import UsageError
from grader.options import adjustments_option, marks_option


@click.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--rubric",
    "rubric_name",
    metavar="ID",
    help="Judge by this rubric; the one that the run was graded by if not given.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes at a time; one per available core if not given.",
)
@marks_option
@adjustments_option
def rescore(
    run: Path,
    rubric_name: str | None,
    jobs: int | None,
    marks: Path | None,
    adjustments: Path | None,
) -> int:
    """Judge the run in the folder RUN again, without running anybody's code.

    Points, titles, conventions, weights and hints of the rubric may have changed. An item that
    would need an answer which is not recorded is left undecided and says so.
    """
    from grader.grading.batch import available_cores, finish_rescore
    from grader.grading.journal import keep_adjustments, keep_marks
    from grader.grading.lost import lost_results
    from grader.grading.rescoring import open_old_run, plan_of
    from grader.grading.rescoring import rescore as judge_again
    from grader.grading.sole import sole_writer
    from grader.grading.whence import called_in
    from grader.report.escaping import counted
    from grader.report.progress import shown_progress

    old = open_old_run(run)
    click.get_current_context().with_resource(sole_writer(run))
    rubric = load(rubric_name or old.rubric, old.facts.get("limits", ()), old.selection)
    plan = plan_of(old, rubric)
    with_marks(plan, marks, run)
    with_adjustments(plan, adjustments, run)
    if plan.marks.rows or plan.adjustments.rows:
        with_names(plan, called_in(run))
    console, notes = consoles()
    tell_unsafe(notes, old.facts)
    count = len(list((run / "results").glob("*.json")))
    if not count and old.facts.get("found"):
        told = "holds no results any more (results/*.json); 'grader grade' with --resume makes them"
        raise UsageError(f"{run}: {told} again")
    listed = counted(count, "submission")
    tell(notes, f"{rubric.id}: {listed} in {run}, judged from what was answered")
    with shown_progress(notes, count, jobs or available_cores()) as (on_start, on_sheet):
        on_start()
        sheets = judge_again(old, plan, jobs or available_cores(), on_sheet)
    finish_rescore(run, plan, old.facts, sheets)
    if marks is not None:
        keep_marks(run, marks)
    if adjustments is not None:
        keep_adjustments(run, adjustments)
    show_run(console, notes, plan, run, sheets)
    code = exit_code_of_run(notes, plan, sheets)
    if lost := lost_results(old):
        tell(notes, lost, style="yellow")
    return code or (AUTHOR_PROBLEM if lost else OK)
