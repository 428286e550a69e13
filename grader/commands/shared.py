"""What several commands do: load a rubric, plan, tell, and choose the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.commands.output import AUTHOR_PROBLEM, OK, exit_code, tell

if TYPE_CHECKING:
    from rich.console import Console

    from grader.grading.plan import Plan
    from grader.records import Rubric, ScoreSheet
    from grader.rubric.courses import Selection
    from grader.scoring.naming import Called


def with_adapters(plan: Plan, adapters: Path | None, run: Path | None) -> None:
    """Give a plan the adapters of a folder, over those that lie in its run."""
    from grader.adapters import found_adapters, read_adapters

    own = found_adapters(run) if run is not None else {}
    plan.adapters = {**own, **(read_adapters(adapters) if adapters is not None else {})}


def with_marks(plan: Plan, marks: Path | None, run: Path | None) -> None:
    """Give a plan the marks of a file, or those that its run has kept."""
    from grader.grading.journal import MARKS
    from grader.scoring.marks import read_marks

    marks = _given_or_kept(marks, run, MARKS)
    if marks is not None:
        plan.marks = read_marks(marks, plan.rubric.items)


def with_adjustments(plan: Plan, adjustments: Path | None, run: Path | None) -> None:
    """Give a plan the adjustments of a file, or those that its run has kept."""
    from grader.grading.journal import ADJUSTMENTS
    from grader.scoring.adjustments import read_adjustments

    adjustments = _given_or_kept(adjustments, run, ADJUSTMENTS)
    if adjustments is not None:
        plan.adjustments = read_adjustments(adjustments, plan.rubric)


def with_names(plan: Plan, called: Called) -> None:
    """Tell a plan which of a run's submissions the names in its tables mean.

    Raises
    ------
    UsageError
        If one of them means several.
    """
    from grader.scoring.naming import must_mean_one_each, taken_in

    plan.taken = taken_in(called)
    for table in (plan.marks, plan.adjustments):
        must_mean_one_each(table.source, table.students, called)


def _given_or_kept(given: Path | None, run: Path | None, name: str) -> Path | None:
    """Return a file that a command was given, or else the one of that name in the run."""
    kept = run / name if run is not None else None
    return given or (kept if kept is not None and kept.exists() else None)


def tell_unmatched(notes: Console, plan: Plan, sheets: Iterable[ScoreSheet]) -> bool:
    """Name who has marks or an adapter and no submission; return whether there is anybody."""
    from grader.scoring.hand_csv import name_key, nearly

    known: set[str] = set()
    for sheet in sheets:
        known |= {sheet.submission, *(person.student_id for person in sheet.people)}
    by_hand = {
        plan.marks.source: plan.marks.students,
        plan.adjustments.source: plan.adjustments.students,
    }
    keys = {name_key(name): name for name in known}
    unmatched = {source: sorted(names - keys.keys()) for source, names in by_hand.items()}
    unmatched["adapters"] = sorted(plan.adapters.keys() - known)
    for source, names in unmatched.items():
        if names:
            told = ", ".join(nearly(name, keys) for name in names)
            tell(notes, f"{source}: no submission of {told}; all else in it counts", style="yellow")
    return any(unmatched.values())


def tell_several(notes: Console, sheets: Iterable[ScoreSheet]) -> bool:
    """Name who has handed in several submissions; return whether there is anybody."""
    from grader.scoring.naming import handed_in_twice, several_told

    called = {s.submission: [person.student_id for person in s.people] for s in sheets}
    several = handed_in_twice(called)
    for student, ids in several.items():
        way = "in marks, adjustments and --student; or take away the one that does not count"
        told = f"{several_told(student, ids)} {way}, and grade with --resume"
        tell(notes, told, style="yellow")
    return bool(several)


def tell_reruns(notes: Console, sheets: Iterable[ScoreSheet]) -> bool:
    """Tell how many items are open for want of an answer; return whether there are any."""
    from grader.scoring.reruns import reruns_text

    told = reruns_text(sum(score.needs_rerun for score in sheet.scores) for sheet in sheets)
    if told:
        tell(notes, told, style="yellow")
    return bool(told)


def show_run(
    console: Console,
    notes: Console,
    plan: Plan,
    folder: Path,
    sheets: Sequence[ScoreSheet],
    has_tables: bool = True,
) -> None:
    """Print a run's scores, and say where they are, if there was room for them."""
    from grader.report.escaping import counted
    from grader.report.files import TABLES
    from grader.report.terminal import print_scores, print_summary

    print_scores(console, plan.rubric, sheets)
    print_summary(console, sheets)
    if plan.marks.unmarked:
        told = f"{counted(plan.marks.unmarked, 'row')} with a comment and no points yet"
        tell(notes, f"{plan.marks.source}: {told}", style="yellow")
    if not has_tables:
        return
    for name in TABLES:
        tell(notes, f"written: {folder / name}")
    tell(notes, f"a page for graders, and feedback for each student: grader report {folder}")


def exit_code_of_run(
    notes: Console,
    plan: Plan,
    sheets: tuple[ScoreSheet, ...],
    before: Sequence[ScoreSheet] = (),
) -> int:
    """Name what a TA must look at, marks of nobody among it, and return the exit code."""
    everybody = (*sheets, *before)
    graded = {sheet.submission for sheet in sheets}
    is_odd = [
        tell_unmatched(notes, plan, everybody),
        tell_several(notes, everybody),
        tell_reruns(notes, (*sheets, *(one for one in before if one.submission not in graded))),
    ]
    code = exit_code(notes, sheets)
    _tell_unread(notes, sheets)
    return code or (AUTHOR_PROBLEM if any(is_odd) else OK)


def _tell_unread(notes: Console, sheets: Sequence[ScoreSheet]) -> None:
    """Say how it goes on with items that are open because not everything could be read."""
    from grader.records import Outcome
    from grader.report.escaping import listed

    names = [
        sheet.submission
        for sheet in sheets
        if sheet.problems and any(score.verdict.outcome is Outcome.UNSURE for score in sheet.scores)
    ]
    if names:
        again = "mend the file and grade it again (grader grade … -o RUN --student ID)"
        by_hand = "mark them by hand (grader marks template RUN)"
        told = f"{listed(names)}: items are open until a person decides"
        tell(notes, f"{told}: {again}, or {by_hand}", style="yellow")


def tell_overruled(notes: Console, selection: Selection, rubric: Rubric) -> None:
    """Say what a course file chooses otherwise than the run that is gone on with."""
    for one in selection.overruled(rubric.id):
        held = f"the run's {one.option} is {rubric.chosen[one.option]} and stays so"
        tell(notes, f"{one.source}: not {one.choice}: {held}", style="yellow")


def tell_unsafe(notes: Console, facts: Mapping[str, Any]) -> None:
    """Say of an old run that it was isolated less than it should have been, if it was."""
    if warning := facts.get("unsafe"):
        tell(notes, f"the run: {warning}", style="bold red")


def load(name: str, limits: Sequence[str] = (), selection: Selection | None = None) -> Rubric:
    """Return a rubric as it is selected, with the limits that a command sets for its own."""
    from grader.rubric import find_rubric, load_rubric

    rubric = load_rubric(find_rubric(name), selection=selection)
    if not limits:
        return rubric
    from grader.grading.limits import with_limits

    return with_limits(rubric, limits)


def plan_for(rubric: Rubric, only: tuple[str, ...], seed: int | None) -> Plan:
    """Return the plan for a rubric with the secret that is set, and draws that are kept."""
    from grader.grading.kept_draws import kept_draws
    from grader.grading.plan import must_have_secret
    from grader.grading.planning import make_plan
    from grader.grading.secret import read_secret

    return must_have_secret(make_plan(rubric, only, seed, read_secret(), kept_draws()))
