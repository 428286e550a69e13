"""The command ``grader``: what each of its words does. The work is imported when it is needed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader import __version__
from grader.errors import GraderError, GraderFault, UsageError
from grader.gradescope.commands import gradescope
from grader.options import choice_options, isolation_options, limit_option, source_options

if TYPE_CHECKING:
    from rich.console import Console

    from grader.grading.isolation import Demand
    from grader.grading.plan import Plan
    from grader.grading.whence import Whence
    from grader.records import Rubric, ScoreSheet
    from grader.rubric.courses import Selection
    from grader.submission import Census

# One thread for linear algebra: results repeat, and forking is safe. It must be set before NumPy
# is first imported.
for _library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

OK, AUTHOR_PROBLEM, OUR_FAULT, INTERRUPTED = 0, 1, 2, 130
_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Group(click.Group):
    """A group whose wrong usage exits with 1, as any other mistake in a command does."""

    def main(self, *arguments: Any, **keywords: Any) -> Any:
        """Run, and turn every error into a message on stderr and an exit code."""
        keywords["standalone_mode"] = False
        for stream in (sys.stdout, sys.stderr):
            # A terminal that knows no dash or umlaut is no reason to fail at the very end.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        try:
            code = super().main(*arguments, **keywords)
        except click.exceptions.Exit as error:
            code = error.exit_code
        except click.ClickException as error:
            error.show()
            code = AUTHOR_PROBLEM
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            code = INTERRUPTED
        except GraderFault as error:
            _complain(f"a fault of the grader: {error}")
            code = OUR_FAULT
        except GraderError as error:
            _complain(str(error))
            code = AUTHOR_PROBLEM
        except Exception as error:  # noqa: BLE001 - the last boundary: what nobody foresaw is our fault, and says so by its code
            import traceback

            traceback.print_exc()
            _complain(f"a fault of the grader: {type(error).__name__}: {error}")
            code = OUR_FAULT
        if code == INTERRUPTED:
            # Whoever presses Ctrl-C twice must not get a traceback out of the interpreter's end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(code if isinstance(code, int) else OK)


def _complain(text: str) -> None:
    """Write a message to stderr, line by line without anything that a terminal would obey."""
    from grader.report.escaping import terminal_text

    for line in text.split("\n"):
        click.echo(terminal_text(line), err=True)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grade homework of neural-network courses: hand-written NumPy gradients and networks.

    Every submission runs in a process of its own, isolated; what it answers is judged outside.
    Exit codes: 0 graded, 1 a problem with the rubric, the command or a submission, 2 a fault of
    the grader itself, 130 interrupted.
    """


def _rubric_option(command: _Command) -> _Command:
    return click.option(
        "--rubric",
        "rubric_name",
        required=True,
        metavar="ID",
        help="Rubric id (see 'grader rubric list'), or the path of a rubric's folder.",
    )(command)


def _only_option(command: _Command) -> _Command:
    return click.option(
        "--only",
        "--item",
        multiple=True,
        metavar="ITEM",
        help="Judge this item only; may be repeated, and be a pattern such as 'q4.*'.",
    )(command)


def _marks_option(command: _Command) -> _Command:
    return click.option(
        "--marks",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="CSV of marks by hand (student, item, points, comment); kept with the run.",
    )(command)


def _adapters_option(command: _Command) -> _Command:
    return click.option(
        "--adapters",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of adapters, <student id>.py each: code that brings homework of free form "
        "under the names that the rubric asks for.",
    )(command)


def _with_adapters(plan: Plan, adapters: Path | None, run: Path | None) -> None:
    """Give a plan the adapters of a folder, over those that lie in its run."""
    from grader.adapters import found_adapters, read_adapters

    own = found_adapters(run) if run is not None else {}
    plan.adapters = {**own, **(read_adapters(adapters) if adapters is not None else {})}


def _with_marks(plan: Plan, marks: Path | None, run: Path | None) -> None:
    """Give a plan the marks of a file, or those that its run has kept."""
    from grader.grading.journal import MARKS
    from grader.scoring.marks import read_marks

    if marks is None and run is not None and (run / MARKS).exists():
        marks = run / MARKS
    if marks is not None:
        plan.marks = read_marks(marks, plan.rubric.items)


def _tell_unmatched(notes: Console, plan: Plan, sheets: Iterable[ScoreSheet]) -> bool:
    """Name who has marks or an adapter and no submission; return whether there is anybody."""
    known: set[str] = set()
    for sheet in sheets:
        known |= {sheet.submission, *(person.student_id for person in sheet.people)}
    named = {plan.marks.source: plan.marks.students, "adapters": plan.adapters.keys()}
    unmatched = {source: sorted(names - known) for source, names in named.items()}
    for source, names in unmatched.items():
        if names:
            _tell(notes, f"{source}: no submission of {', '.join(names)}", style="yellow")
    return any(unmatched.values())


def _seed_option(command: _Command) -> _Command:
    return click.option(
        "--seed", type=click.IntRange(min=0), metavar="N", help="Draw other inputs."
    )(command)


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@_rubric_option
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
@_only_option
@_seed_option
@_marks_option
@_adapters_option
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
    "repeated. An id, an e-mail, a full name, or a submission's id.",
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
    """Grade every submission in PATH and write scores.csv and items.csv.

    PATH is a folder with a folder, an archive, a Python file or a notebook per student; what
    Gradescope, Canvas, Moodle or nbgrader give as all submissions; or a zip file of that.
    """
    from grader.grading.batch import Settings, available_cores, run
    from grader.grading.isolation import isolation
    from grader.grading.regrading import must_fit, run_to_amend, sheets_before
    from grader.grading.rescoring import plan_of
    from grader.grading.secret import secret_of_run
    from grader.grading.whence import of_students
    from grader.report.progress import shown_progress

    if lists:
        return _list(path, _load(rubric_name, selection=selection), students, whence)
    if resume and output is None:
        raise UsageError("--resume needs the run's folder: -o RUN")
    if scheduler is not None and executor != "dask":
        raise UsageError("--scheduler goes with --executor dask")
    earlier = run_to_amend(output) if output is not None and (resume or students) else None
    if earlier is not None:
        selection = selection.over(earlier.selection)
        # Without it, or with another one, all that hangs on it would be asked anew on other draws.
        secret_of_run(earlier.folder, earlier.facts)
    amended = earlier if students else None
    if amended is not None:
        whence = whence.or_of(amended.facts)
        limits = limits or tuple(amended.facts.get("limits", ()))
    rubric = _load(rubric_name, limits, selection)
    walls = isolation(demand, rubric)
    folder = output if output is not None else _new_folder(Path("runs") / rubric.id)
    seen = whence.look(path, rubric.modules.expected)
    found = of_students(seen.found, students, path) if students else list(seen.found)
    _must_lie_apart(folder, path)
    if amended is not None:
        must_fit(amended, rubric, only, seed)
        only, seed = amended.only, amended.seed
    plan = plan_of(amended, rubric) if amended is not None else _make_plan(rubric, only, seed)
    _with_marks(plan, marks, folder if resume or amended is not None else None)
    _with_adapters(plan, adapters, folder)
    before = None if amended is None else sheets_before(amended, plan, jobs or available_cores())
    console, notes = _consoles()
    is_doubtful = _tell_found(notes, rubric, path, seen, len(found))
    _tell(notes, walls.headline)
    with shown_progress(notes, len(found)) as (on_start, on_sheet):
        facts = {**whence.facts(path, seen), "only": list(only), "limits": list(limits)}
        settings = Settings(
            folder=folder,
            jobs=jobs,
            isolation=walls,
            resumes=resume,
            before=before,
            marks=marks,
            executor=executor,
            scheduler=scheduler,
            facts=facts,
        )
        finished = run(plan, found, settings, on_start, on_sheet)
    _show_run(console, notes, plan, marks, folder, finished.sheets)
    if walls.warning:
        _tell(notes, walls.warning, style="bold red")
    if finished.was_interrupted:
        told = f"interrupted: {len(finished.sheets)} of {len(found)} submissions were graded"
        _tell(notes, f"{told}; both tables hold these")
        return INTERRUPTED
    is_in_vain = is_doubtful and not any(sheet.total for sheet in finished.sheets)
    is_odd = is_in_vain or (bool(seen.roster) and not students)
    code = _exit_code_of_run(notes, plan, finished.sheets, before or ())
    return code or (AUTHOR_PROBLEM if is_odd else OK)


def _list(path: Path, rubric: Rubric, students: tuple[str, ...], whence: Whence) -> int:
    """Print who was found, from what, and what was not matched."""
    from grader.grading.whence import of_students
    from grader.report.attendance import Attendance, print_attendance

    seen = whence.look(path, rubric.modules.expected)
    found = of_students(seen.found, students, path) if students else seen.found
    console, notes = _consoles()
    _tell(notes, f"{path}: {seen.title}, by its names; nothing is graded")
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
        _tell(notes, f"{one.submission}: {one.why}", style="yellow")
    return AUTHOR_PROBLEM if seen.roster or any(one.problems for one in found) else OK


def _tell_found(notes: Console, rubric: Rubric, path: Path, seen: Census, count: int) -> bool:
    """Tell what was found before it is graded; return whether it may be of another homework."""
    from grader.report.escaping import counted
    from grader.submission import FOLDER, hold_expected

    missing = sum(not one.origin for one in seen.found)
    kind = "" if seen.source == FOLDER else f" ({seen.title})"
    handed_in = len(seen.found) - missing
    these = "" if count == len(seen.found) else f", of which {count} graded now"
    _tell(notes, f"{rubric.id}: {counted(handed_in, 'submission')} in {path}{kind}{these}")
    if missing:
        _tell(notes, f"{missing} on the roster handed in nothing")
    is_doubtful = not hold_expected(seen.found, rubric.modules.expected)
    if is_doubtful:
        wanted = ", ".join(rubric.modules.expected)
        told = f"none of them holds {wanted} or a notebook: is this the right rubric and folder?"
        _tell(notes, told, style="yellow")
    if seen.unmatched and seen.source != FOLDER:
        some = ", ".join(seen.unmatched[:5]) + (" …" if len(seen.unmatched) > 5 else "")
        _tell(notes, f"belongs to nobody: {some}", style="yellow")
    for one in seen.roster:
        _tell(notes, f"{one.submission}: {one.why}", style="yellow")
    return is_doubtful


def _show_run(
    console: Console,
    notes: Console,
    plan: Plan,
    marks: Path | None,
    folder: Path,
    sheets: Sequence[ScoreSheet],
) -> None:
    """Keep the marks that a run was given, print its scores, and say where they are."""
    from grader.grading.journal import keep_adapters, keep_marks
    from grader.report.terminal import print_scores, print_summary

    if marks is not None:
        keep_marks(folder, marks)
    keep_adapters(folder, plan.adapters)
    print_scores(console, plan.rubric, sheets)
    print_summary(console, sheets)
    for name in ("scores.csv", "items.csv"):
        _tell(notes, f"written: {folder / name}")


def _exit_code_of_run(
    notes: Console,
    plan: Plan,
    sheets: tuple[ScoreSheet, ...],
    before: Sequence[ScoreSheet] = (),
) -> int:
    """Name what a TA must look at, marks of nobody among it, and return the exit code."""
    is_unmatched = _tell_unmatched(notes, plan, (*sheets, *before))
    return _exit_code(notes, sheets) or (AUTHOR_PROBLEM if is_unmatched else OK)


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


def _exit_code(notes: Console, sheets: tuple[ScoreSheet, ...]) -> int:
    """Name on stderr what a TA must look at, and return the exit code that goes with it."""
    faults = [sheet for sheet in sheets if sheet.has_fault]
    for sheet in faults:
        _tell(notes, f"{sheet.submission}: {'; '.join(sheet.flags)}", style="bold red")
    troubled = [sheet for sheet in sheets if sheet.problems]
    for sheet in troubled:
        _tell(notes, f"{sheet.submission}: {'; '.join(sheet.problems)}", style="yellow")
    if faults:
        return OUR_FAULT
    return AUTHOR_PROBLEM if troubled else OK


def _tell(notes: Console, text: str, style: str | None = None) -> None:
    """Print a line as it is: names and paths are no markup, and nothing in them is obeyed."""
    from grader.report.escaping import terminal_text

    shown = terminal_text(text)
    notes.print(shown, style=style, highlight=False, markup=False, soft_wrap=True)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILES…")
@_rubric_option
@_only_option
@_seed_option
@_adapters_option
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

    Prints every item with its points and what was found. Nothing is written.
    """
    from grader.grading.examiner import Examiner, is_notebook_in
    from grader.grading.isolation import isolation
    from grader.report.terminal import print_sheet
    from grader.submission import one_submission, read

    rubric = _load(rubric_name, limits, selection)
    walls = isolation(demand, rubric)
    found = one_submission(list(files), rubric.modules.expected)
    submission = walls.marked(read(found))
    plan = _make_plan(rubric, only, seed)
    _with_adapters(plan, adapters, None)
    examiner = Examiner(plan, level=walls.level, has_notebooks=is_notebook_in(submission.files))
    try:
        sheet, _ = examiner.examine(submission)
    finally:
        examiner.close()
    console, notes = _consoles()
    print_sheet(console, sheet)
    if walls.warning:
        _tell(notes, walls.warning, style="bold red")
    return _exit_code(notes, (sheet,))


@main.command()
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
@_marks_option
def rescore(run: Path, rubric_name: str | None, jobs: int | None, marks: Path | None) -> int:
    """Judge the run in the folder RUN again, without running anybody's code.

    Points, titles, conventions, weights and hints of the rubric may have changed. An item that
    would need an answer which is not recorded is left undecided and says so.
    """
    from grader.grading.batch import available_cores, finish_rescore
    from grader.grading.rescoring import open_old_run, plan_of
    from grader.grading.rescoring import rescore as judge_again
    from grader.report.escaping import counted
    from grader.report.progress import shown_progress

    old = open_old_run(run)
    rubric = _load(rubric_name or old.rubric, old.facts.get("limits", ()), old.selection)
    plan = plan_of(old, rubric)
    _with_marks(plan, marks, run)
    console, notes = _consoles()
    count = len(list((run / "results").glob("*.json")))
    listed = counted(count, "submission")
    _tell(notes, f"{rubric.id}: {listed} in {run}, judged from what was answered")
    with shown_progress(notes, count) as (on_start, on_sheet):
        on_start()
        sheets = judge_again(old, plan, jobs or available_cores(), on_sheet)
    finish_rescore(run, plan, old.facts, sheets)
    _show_run(console, notes, plan, marks, run, sheets)
    return _exit_code_of_run(notes, plan, sheets)


@main.command()
@click.argument("first", type=click.Path(path_type=Path, file_okay=False), metavar="RUN1")
@click.argument("second", type=click.Path(path_type=Path, file_okay=False), metavar="RUN2")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the same as CSV.",
)
def compare(first: Path, second: Path, output: Path | None) -> int:
    """Tell whose points differ between two runs, by how much, on which items, and why."""
    from grader.grading.comparing import compare_runs
    from grader.report.moves import print_moves, write_moves

    moves = compare_runs(first, second)
    console, notes = _consoles()
    print_moves(console, moves)
    if output is not None:
        write_moves(output, moves)
        _tell(notes, f"written: {output}")
    return OK


@main.command()
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
    rubric = _load(rubric_name or old.rubric, old.facts.get("limits", ()), old.selection)
    walls = isolation(demand, rubric)
    replayed = ask_again(old, rubric, student, item, walls.level, submissions)
    console, notes = _consoles()
    if walls.warning:
        _tell(notes, walls.warning, style="bold red")
    print_replay(console, replayed.submission, replayed.score, replayed.transcript)
    return OK


@main.group()
def rubric() -> None:
    """Write, prove, list and show rubrics."""


@rubric.command("list")
def rubric_list() -> int:
    """List the rubrics that can be named by their id."""
    from grader.rubric import rubric_ids

    known = rubric_ids()
    if not known:
        click.echo("no rubrics found", err=True)
        return AUTHOR_PROBLEM
    failed = False
    for name, path in sorted(known.items()):
        try:
            loaded = _load(str(path))
        except GraderError as error:
            click.echo(str(error), err=True)
            failed = True
            continue
        from grader.report.escaping import number_text

        points = number_text(loaded.maximum)
        click.echo(f"{name}  {points} points, {len(loaded.items)} items  {loaded.title}")
    return AUTHOR_PROBLEM if failed else OK


@rubric.command("show")
@click.argument("name", metavar="ID")
@choice_options
def rubric_show(name: str, selection: Selection) -> int:
    """Show a rubric's items with their points, checks and cases, and what can be chosen."""
    from grader.report.rubrics import print_rubric

    console, _ = _consoles()
    print_rubric(console, _load(name, selection=selection))
    return OK


@rubric.command("new")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--problem",
    "problem_id",
    required=True,
    metavar="ID",
    help="What students are to compute: a problem of reference/, such as two_layer_net; any word "
    "that is none lists them.",
)
def rubric_new(folder: Path, problem_id: str) -> int:
    """Write a commented rubric for a problem into a new folder DIR, with a starter and a README.

    It passes 'grader rubric lint' as it is, and is there to be changed. DIR's name is its id.
    """
    from grader.rubric.skeleton import write_skeleton

    for path in write_skeleton(problem_id, folder):
        click.echo(f"written: {path}", err=True)
    return OK


@rubric.command("lint")
@click.argument("names", nargs=-1, metavar="[ID…]")
@click.option("--all", "every", is_flag=True, help="Every rubric that can be named by its id.")
@click.option(
    "--solution",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A submission, folder or file, that must have full marks.",
)
@choice_options
@isolation_options
def rubric_lint(
    names: tuple[str, ...],
    every: bool,
    solution: Path | None,
    selection: Selection,
    demand: Demand,
) -> int:
    """Prove rubrics: their draws, their starter, right solutions, and every example.

    Examples are looked for in submissions_example/<id>, with their scores in expected.csv. Exits
    with 1 if anything is not as it should be; warnings alone do not count.
    """
    from grader.grading.isolation import isolation
    from grader.grading.linting import lint
    from grader.report.proofs import print_proof
    from grader.rubric import find_rubric, rubric_ids

    if bool(names) == every:
        raise UsageError("name the rubrics to prove, or all of them with --all")
    for name, is_given in (("--solution", solution is not None), ("--option", selection.choices)):
        if is_given and len(names) != 1:
            raise UsageError(f"{name} goes with one rubric")
    isolation(demand)
    console, _ = _consoles()
    holds = True
    for file in rubric_ids().values() if every else [find_rubric(name) for name in names]:
        proof = lint(file, solution, demand, selection)
        print_proof(console, proof)
        holds = holds and proof.holds
    return OK if holds else AUTHOR_PROBLEM


@main.command()
def doctor() -> int:
    """Tell what this machine has: isolation, versions, rubrics, and what is missing."""
    from grader.doctor import examine_machine

    console, _ = _consoles()
    return OK if examine_machine(console) else AUTHOR_PROBLEM


main.add_command(gradescope)


def _load(name: str, limits: Sequence[str] = (), selection: Selection | None = None) -> Rubric:
    """Return a rubric as it is selected, with the limits that a command sets for its own."""
    from grader.rubric import find_rubric, load_rubric

    rubric = load_rubric(find_rubric(name), selection=selection)
    if not limits:
        return rubric
    from grader.grading.limits import with_limits

    return with_limits(rubric, limits)


def _make_plan(rubric: Rubric, only: tuple[str, ...], seed: int | None) -> Plan:
    from grader.grading.plan import make_plan, must_have_secret
    from grader.grading.secret import read_secret

    return must_have_secret(make_plan(rubric, only, seed, read_secret()))


def _consoles() -> tuple[Console, Console]:
    """Return the consoles for data (stdout) and for messages (stderr)."""
    from rich.console import Console

    # Not a terminal: as wide as it takes, so that a redirected table is not cut.
    width = None if sys.stdout.isatty() else 160
    return Console(width=width), Console(stderr=True)


if __name__ == "__main__":
    main()
