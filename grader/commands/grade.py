"""The command ``grader grade``: every submission of a class, into tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.grade_told import (
    asked_again,
    early_end,
    tell_asked_again,
    tell_found,
    tell_less,
)
from grader.commands.output import AUTHOR_PROBLEM, INTERRUPTED, OK, consoles, tell
from grader.commands.shared import (
    exit_code_of_run,
    load,
    plan_for,
    show_run,
    tell_overruled,
    with_adapters,
    with_adjustments,
    with_marks,
    with_names,
)
from grader.errors import UsageError
from grader.options import (
    adapters_option,
    adjustments_option,
    choice_options,
    isolation_options,
    limit_option,
    marks_option,
    only_option,
    rubric_option,
    seed_option,
    source_options,
)

if TYPE_CHECKING:
    from grader.grading.isolation import Demand
    from grader.grading.whence import Whence
    from grader.records import Rubric
    from grader.rubric.courses import Selection


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@rubric_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="RUN",
    help="Folder for the results; an earlier run there is replaced. "
    "If not given, a new one: runs/<rubric id>, runs/<rubric id>-2, …",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Submissions at a time; one per available core if not given.",
)
@only_option
@seed_option
@marks_option
@adjustments_option
@adapters_option
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the run in RUN: what was answered there is judged again, not asked again.",
)
@choice_options
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="ID",
    help="Grade this student's submission only, and keep what RUN has of the others; may be "
    "repeated. An id, an e-mail, a full name, or a submission's id. With --only, ask again for "
    "these items alone, and for those that the same call answers; the student's other answers "
    "stay, and are judged along with the new ones.",
)
@click.option(
    "--list",
    "lists",
    is_flag=True,
    help="Grade nothing: tell who was found, from what, and what was not matched.",
)
@click.option(
    "--executor",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Where submissions are graded: in processes of this machine, or by dask.distributed.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Of a dask scheduler, tcp://HOST:8786; without it --executor dask starts one here.",
)
@source_options
@isolation_options
@limit_option
def grade(
    path: Path,
    rubric_name: str,
    output: Path | None,
    jobs: int | None,
    only: tuple[str, ...],
    seed: int | None,
    marks: Path | None,
    adjustments: Path | None,
    adapters: Path | None,
    resume: bool,
    selection: Selection,
    students: tuple[str, ...],
    lists: bool,
    executor: str,
    scheduler: str | None,
    whence: Whence,
    demand: Demand,
    limits: tuple[str, ...],
) -> int:
    """Grade every submission in PATH and write scores.csv, items.csv and diagnoses.csv.

    PATH is a folder with a folder, an archive, a Python file or a notebook per student; what
    Gradescope, Canvas, Moodle or nbgrader give as all submissions; or a zip file of that.
    """
    from grader.grading.batch import LOCAL, Settings, available_cores, run
    from grader.grading.isolation import isolation
    from grader.grading.lost import lost_results
    from grader.grading.regrading import (
        must_be_of,
        must_fit,
        must_not_narrow,
        run_to_amend,
        sheets_before,
    )
    from grader.grading.rescoring import plan_of
    from grader.grading.secret import secret_of_run
    from grader.grading.sole import sole_writer
    from grader.grading.whence import called_among, called_in, of_students
    from grader.report.progress import shown_progress

    if lists:
        return _list(path, load(rubric_name, selection=selection), students, whence)
    if resume and output is None:
        raise UsageError("--resume needs the run's folder: -o RUN")
    if scheduler is not None and executor != "dask":
        raise UsageError("--scheduler goes with --executor dask")
    if output is not None and output.is_dir():
        # Before anything in it is read: it must not change before this run writes into it.
        click.get_current_context().with_resource(sole_writer(output))
    # Also where it is going to be replaced: what cannot be read here may be somebody's good run.
    there = run_to_amend(output) if output is not None else None
    earlier = there if resume or students else None
    amended = earlier if students else None
    items: tuple[str, ...] = ()
    if earlier is not None:
        selection = selection.over(earlier.selection)
        # Without it, or with another one, all that hangs on it would be asked anew on other draws.
        secret_of_run(earlier.folder, earlier.facts)
        whence = whence.or_of(earlier.facts)
        limits = limits or tuple(earlier.facts.get("limits", ()))
    rubric = load(rubric_name, limits, selection)
    walls = isolation(demand, rubric)
    folder = output if output is not None else _new_folder(Path("runs") / rubric.id)
    seen = whence.look(path, rubric.modules.expected)
    found = of_students(seen.found, students, path) if students else list(seen.found)
    _must_lie_apart(folder, path)
    if earlier is not None:
        must_be_of(earlier, rubric)
        if amended is not None:
            must_fit(amended, rubric, seed)
            if only and executor != LOCAL:
                raise UsageError("--student with --only is graded here: leave --executor out")
            if only and resume:
                told = "--only asks again for items of --student, --resume for what is missing"
                raise UsageError(f"{told}: leave one of them out")
            items, only = () if only == amended.only else only, amended.only
        else:
            must_not_narrow(earlier, rubric, only)
        only, seed = only or earlier.only, earlier.seed if seed is None else seed
    plan = plan_of(amended, rubric) if amended is not None else plan_for(rubric, only, seed)
    kept = folder if resume or amended is not None else None
    with_marks(plan, marks, kept)
    with_adjustments(plan, adjustments, kept)
    lost = "" if amended is None else lost_results(amended, [one.id for one in found])
    others = {} if amended is None else called_in(folder)
    with_names(plan, {**others, **called_among(seen.found)})
    with_adapters(plan, adapters, folder)
    again = asked_again(amended, plan, items, found) if amended is not None else frozenset()
    before = None if amended is None else sheets_before(amended, plan, jobs or available_cores())
    console, notes = consoles()
    is_doubtful = tell_found(notes, rubric, path, seen, len(found))
    if earlier is not None:
        tell_overruled(notes, selection, rubric)
        tell_less(notes, earlier, only, () if amended is not None else found)
    if again:
        tell_asked_again(notes, plan, items, again)
    tell(notes, walls.headline)
    with shown_progress(notes, len(found), jobs or available_cores()) as (on_start, on_sheet):
        facts = {**whence.facts(path, seen), "only": list(only), "limits": list(limits)}
        settings = Settings(
            folder=folder,
            jobs=jobs,
            isolation=walls,
            resumes=resume,
            before=before,
            again=again,
            marks=marks,
            adjustments=adjustments,
            executor=executor,
            scheduler=scheduler,
            say=lambda text: tell(notes, text, style="yellow"),
            facts=facts,
        )
        finished = run(plan, found, settings, on_start, on_sheet)
    if finished.sheets or not finished.was_interrupted:
        show_run(console, notes, plan, folder, finished.sheets, finished.has_tables)
    for file in finished.set_aside:
        option = file.name.partition(".")[0]
        told = f"of the run before, not used in this one; --{option} takes it back"
        tell(notes, f"{file}: {told}", style="yellow")
    if walls.warning:
        tell(notes, walls.warning, style="bold red")
    if finished.was_interrupted:
        tell(notes, early_end(finished, len(found)))
        return INTERRUPTED
    is_in_vain = is_doubtful and not any(sheet.total for sheet in finished.sheets)
    if lost:
        tell(notes, lost, style="yellow")
    is_odd = is_in_vain or (bool(seen.roster) and not students) or bool(lost)
    code = exit_code_of_run(notes, plan, finished.sheets, before or ())
    return code or (AUTHOR_PROBLEM if is_odd else OK)


def _list(path: Path, rubric: Rubric, students: tuple[str, ...], whence: Whence) -> int:
    """Print who was found, from what, and what was not matched."""
    from grader.grading.whence import of_students
    from grader.report.attendance import Attendance, print_attendance

    seen = whence.look(path, rubric.modules.expected)
    found = of_students(seen.found, students, path) if students else seen.found
    console, notes = consoles()
    tell(notes, f"{path}: {seen.title}, by its names; nothing is graded")
    rows = [
        Attendance(
            submission=one.id,
            people=one.people,
            origin=one.origin,
            files=one.files,
            remarks=(*one.problems, *one.notes),
        )
        for one in found
    ]
    print_attendance(console, rows, seen.unmatched)
    for one in seen.roster:
        tell(notes, f"{one.submission}: {one.why}", style="yellow")
    return AUTHOR_PROBLEM if seen.roster or any(one.problems for one in found) else OK


def _new_folder(folder: Path) -> Path:
    """Return the folder, or one with a number behind its name where it holds a run already."""
    number, new = 1, folder
    while (new / "run.json").exists():
        number += 1
        new = folder.with_name(f"{folder.name}-{number}")
    return new


def _must_lie_apart(folder: Path, path: Path) -> None:
    """Refuse a run's folder among the submissions: the next run would grade it as one of them."""
    if path.resolve() in (folder.resolve(), *folder.resolve().parents):
        raise UsageError(
            f"{folder}: the results would lie among the submissions; "
            f"choose a folder outside {path} with -o"
        )
