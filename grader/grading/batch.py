"""A whole run: a folder of submissions in, results and score tables out."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import UsageError
from grader.grading.cut_short import CutShortError
from grader.grading.executors import LocalExecutor, Work, describe_machine
from grader.grading.interruption import ended_as_by_ctrl_c, uninterrupted
from grader.grading.isolation import Isolation
from grader.grading.journal import (
    cannot_write,
    drop_results,
    keep_adapters,
    keep_adjustments,
    keep_marks,
    open_run,
    set_adjustments_aside,
    set_marks_aside,
    write_run,
)
from grader.grading.plan import Plan
from grader.grading.secret import FACT, fingerprint
from grader.grading.sole import sole_writer
from grader.records import ScoreSheet
from grader.sandbox.process import hide_memory
from grader.scoring.sheet import in_brief, in_order
from grader.submission import Found

if TYPE_CHECKING:
    from grader.grading.cluster import DaskExecutor


LOCAL = "local"
"""The executor that needs nothing but this machine."""
_RESUMED, _RESCORED = "the same command with --resume", "grader rescore"
"""By what a run goes on whose end could not be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run is carried out; none of it changes a score.

    Parameters
    ----------
    folder
        Where the run is kept.
    jobs
        Submissions at a time; None means one per available core.
    isolation
        At which level student code is run, and which was demanded.
    resumes
        Whether to keep what an earlier run has left in the folder, and to ask only for the rest.
    before
        Sheets of the run in the folder, where only some of its submissions are graded again: the
        others stay in the tables. None where all are graded.
    again
        Of those, the only probes that are asked: all else stays as it was answered. Empty for all.
    marks
        File of the marks by hand that are kept with the run, if any were given.
    adjustments
        The same of what changes totals.
    executor, scheduler
        Where the examining happens: in processes of this machine, or by dask.distributed on the
        workers of the scheduler with this address.
    say
        Called with what whoever waits for the run should know.
    facts
        What else ``run.json`` is to tell: where the submissions lie, which items were asked for.
    """

    folder: Path
    isolation: Isolation
    jobs: int | None = None
    resumes: bool = False
    before: Sequence[ScoreSheet] | None = None
    again: frozenset[str] = frozenset()
    marks: Path | None = None
    adjustments: Path | None = None
    executor: str = LOCAL
    scheduler: str | None = None
    say: Callable[[str], None] = lambda text: None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What came of a run.

    Parameters
    ----------
    sheets
        In brief, of what was graded: faults of ours first, then by id; after an interruption
        those that had ended.
    was_interrupted
        Whether Ctrl-C or what ``cut_short`` tells ended it early.
    cut_short
        Why it could not go on, None if nothing hindered it.
    has_tables
        Whether the tables could be written; where they could not, that is what cut it short.
    set_aside
        Marks and adjustments of the run that was in the folder before, by their new names.
    """

    sheets: tuple[ScoreSheet, ...]
    was_interrupted: bool
    cut_short: CutShortError | None = None
    has_tables: bool = True
    set_aside: tuple[Path, ...] = ()


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    plan: Plan,
    found: Sequence[Found],
    settings: Settings,
    on_start: Callable[[], None],
    on_sheet: Callable[[ScoreSheet], None],
) -> Finished:
    """Grade all submissions, keep each result as it ends, and write the score tables.

    SIGTERM and a terminal that is closed (SIGHUP) end it as Ctrl-C does, unless they are ignored;
    so do a disk that is full or may not be written, and a cluster that is gone.

    Parameters
    ----------
    plan
        The rubric with its draws.
    found
        The submissions.
    settings
        Where, and how many at a time.
    on_start
        Called once the workers have been forked.
    on_sheet
        Called with each sheet as it ends.

    Raises
    ------
    UsageError
        If the run's folder cannot be written, is deleted meanwhile, or another command writes
        into it.
    """
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(settings.folder, error) from None
    with sole_writer(settings.folder), ended_as_by_ctrl_c():
        return _run(plan, found, settings, on_start, on_sheet)


def _run(
    plan: Plan,
    found: Sequence[Found],
    settings: Settings,
    on_start: Callable[[], None],
    on_sheet: Callable[[ScoreSheet], None],
) -> Finished:
    hide_memory()
    machine = describe_machine(settings.isolation)
    before = {sheet.submission: sheet for sheet in settings.before or ()}
    count = len({*before, *(one.id for one in found)})
    facts = {"seed": plan.seed, **machine, **settings.facts, "found": count, **_secret_of(plan)}
    set_aside = _open(plan, settings, {**facts, "state": "running"})
    work = Work(
        plan=plan,
        found=found,
        folder=settings.folder,
        isolation=settings.isolation,
        resumes=settings.resumes,
        again=settings.again,
    )
    executor = _executor(work, settings)
    sheets: list[ScoreSheet] = []
    was_interrupted = False
    cut_short: CutShortError | None = None
    try:
        executor.start()
        on_start()
        _warm_up_tables()
        for sheet in executor.run():
            sheets.append(in_brief(sheet, plan.items))
            # A terminal that is gone is no reason to grade nobody else.
            with contextlib.suppress(OSError):
                on_sheet(sheets[-1])
            if sheet.has_fault and not settings.folder.exists():
                why = "was deleted while it was written into; nothing is left of this run"
                raise UsageError(f"{settings.folder}: {why}")
        executor.close()
    except KeyboardInterrupt:
        was_interrupted = True
    except CutShortError as error:
        was_interrupted, cut_short = True, error
    except BaseException:
        executor.stop()
        raise
    with uninterrupted():
        executor.stop()
        everybody = in_order({**before, **{s.submission: s for s in sheets}}.values())
        if settings.resumes and settings.before is None and not was_interrupted:
            drop_results(settings.folder, {sheet.submission for sheet in everybody})
        told = {**facts, "graded": len(everybody)}
        has_tables = True
        try:
            # What holds until the tables are there, which may find no room.
            _write_facts(settings.folder, plan, {**told, "state": "interrupted"}, _RESUMED)
            _write_tables(settings.folder, plan, everybody, _RESUMED)
            if not was_interrupted:
                _write_facts(settings.folder, plan, {**told, "state": "finished"}, _RESUMED)
        except UsageError:
            has_tables = False
            # Why it could not go on tells of that as well.
            if cut_short is None:
                raise
    return Finished(
        sheets=tuple(in_order(sheets)),
        was_interrupted=was_interrupted,
        cut_short=cut_short,
        has_tables=has_tables,
        set_aside=set_aside,
    )


def finish_rescore(
    folder: Path, plan: Plan, facts: Mapping[str, Any], sheets: Sequence[ScoreSheet]
) -> None:
    """Write the tables of a run that was judged again, and by which rubric.

    Raises
    ------
    UsageError
        If a table cannot be written.
    """
    with uninterrupted():
        _write_tables(folder, plan, sheets, _RESCORED)
        kept = {name: fact for name, fact in facts.items() if not name.startswith("rubric")}
        _write_facts(folder, plan, {**kept, "rescored": True}, _RESCORED)


def _open(plan: Plan, settings: Settings, facts: Mapping[str, Any]) -> tuple[Path, ...]:
    """Make the run's folder, and tell in it by what the run is graded.

    Returns the files of an earlier run that were set aside.
    """
    aside: list[Path | None] = []
    try:
        keeps = settings.resumes or settings.before is not None
        open_run(settings.folder, keeps)
        if not keeps and not plan.marks.rows:
            aside.append(set_marks_aside(settings.folder))
        if not keeps and not plan.adjustments.rows:
            aside.append(set_adjustments_aside(settings.folder))
        # At once: a run that is killed and resumed without naming them again must not lose them.
        if settings.marks is not None:
            keep_marks(settings.folder, settings.marks)
        if settings.adjustments is not None:
            keep_adjustments(settings.folder, settings.adjustments)
        keep_adapters(settings.folder, plan.adapters)
        write_run(settings.folder, plan.rubric, facts)
    except OSError as error:
        raise cannot_write(settings.folder, error) from None
    return tuple(filter(None, aside))


def _executor(work: Work, settings: Settings) -> LocalExecutor | DaskExecutor:
    jobs = settings.jobs or available_cores()
    if settings.executor == LOCAL:
        return LocalExecutor(work, jobs)
    from grader.grading.cluster import DaskExecutor

    return DaskExecutor(work, jobs, settings.scheduler, settings.say)


def _secret_of(plan: Plan) -> Mapping[str, str]:
    """Return what ``run.json`` tells of the secret that draws hang on, which is not the secret."""
    if plan.secret is None or not plan.uses_secret:
        return {}
    return {FACT: fingerprint(plan.secret)}


def _warm_up_tables() -> None:
    """Import pandas, which takes a while, while the workers warm up too."""
    # A library whose import was broken off half-way may not be importable a second time.
    with uninterrupted():
        import grader.report.tables  # noqa: F401


def _write_facts(folder: Path, plan: Plan, facts: Mapping[str, Any], again: str) -> None:
    try:
        write_run(folder, plan.rubric, facts)
    except OSError as error:
        raise cannot_write(folder, error, f"{again} goes on") from None


def _write_tables(folder: Path, plan: Plan, sheets: Sequence[ScoreSheet], again: str) -> None:
    from grader.report.tables import write_tables

    try:
        write_tables(folder, plan.items, sheets)
    except OSError as error:
        told = f"{folder}: the tables cannot be written ({error.strerror})"
        kept = f"what was graded is in {folder / 'results'}"
        raise UsageError(f"{told}; {kept}: once it can be written, {again} goes on") from None
