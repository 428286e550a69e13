"""The command ``grader check``: one submission, in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.output import AUTHOR_PROBLEM, OK, consoles, exit_code, tell, tell_if_foreign
from grader.commands.shared import load, plan_for, with_adapters
from grader.options import (
    adapters_option,
    choice_options,
    isolation_options,
    limit_option,
    only_option,
    rubric_option,
    seed_option,
)

if TYPE_CHECKING:
    from grader.grading.isolation import Demand
    from grader.rubric.courses import Selection


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILES…")
@rubric_option
@only_option
@seed_option
@adapters_option
@choice_options
@isolation_options
@limit_option
def check(
    files: tuple[Path, ...],
    rubric_name: str,
    only: tuple[str, ...],
    seed: int | None,
    adapters: Path | None,
    selection: Selection,
    demand: Demand,
    limits: tuple[str, ...],
) -> int:
    """Check one submission: its folder, or its files.

    Prints every item with its points; for each one that fails, what is wrong with it and how to see
    that oneself. Nothing is written.
    """
    from grader.grading.examiner import Examiner, is_notebook_in
    from grader.grading.isolation import isolation
    from grader.grading.reproducing import reproductions
    from grader.report.terminal import print_sheet
    from grader.submission import one_submission, read

    rubric = load(rubric_name, limits, selection)
    walls = isolation(demand, rubric)
    found = one_submission(list(files), rubric.modules.expected)
    console, notes = consoles()
    is_foreign = tell_if_foreign(notes, found, rubric.id, rubric.modules.expected, "rubric")
    submission = walls.marked(read(found))
    plan = plan_for(rubric, only, seed)
    with_adapters(plan, adapters, None)
    examiner = Examiner(plan, level=walls.level, has_notebooks=is_notebook_in(submission.files))
    try:
        sheet, transcript = examiner.examine(submission)
    finally:
        examiner.close()
    print_sheet(console, sheet, reproductions(plan, sheet, transcript))
    if walls.warning:
        tell(notes, walls.warning, style="bold red")
    is_in_vain = is_foreign and not sheet.total
    return exit_code(notes, (sheet,)) or (AUTHOR_PROBLEM if is_in_vain else OK)
