"""A run judged again, by what its submissions have answered: nobody's code is run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.grading.assessing import assessed, without_files
from grader.grading.interruption import leave_interruption_to_parent
from grader.grading.journal import (
    RUN_FILE,
    STARTER,
    cannot_write,
    kept_own_starter,
    must_be_read_here,
    people_in,
    read_result,
    sheet_message,
    write_json,
)
from grader.grading.judging import judge_all
from grader.grading.kept import all_told
from grader.grading.kept_draws import kept_draws
from grader.grading.plan import Plan, must_have_secret
from grader.grading.planning import make_plan
from grader.grading.recorded import Recorded
from grader.grading.secret import secret_of_run
from grader.grading.sole import leave_to_parent
from grader.grading.starter import StarterOf
from grader.grading.transcripts import read_transcript
from grader.grading.witness import Ask, NotRecordedError
from grader.records import Answer, DrawKey, Rubric, ScoreSheet, Submission
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection
from grader.sandbox.process import die_with_parent
from grader.scoring.sheet import fault_sheet, in_brief, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run's folder tells of itself.

    Parameters
    ----------
    folder
        Where it lies.
    rubric
        Id of the rubric it was graded by.
    seed
        Of its draws.
    only
        Patterns of the items that were judged; empty for all.
    facts
        All of ``run.json``.
    """

    folder: Path
    rubric: str
    seed: int
    only: tuple[str, ...]
    facts: Mapping[str, Any]

    @property
    def selection(self) -> Selection:
        """What was chosen of the rubric's options."""
        chosen = self.facts.get("options", {})
        source = str(self.folder / RUN_FILE)
        return Selection(
            choices=tuple(
                Choice(option=str(option), choice=str(choice), source=source)
                for option, choice in chosen.items()
            )
        )


def open_old_run(folder: Path) -> Run:
    """Return what a run's folder tells of itself.

    Raises
    ------
    UsageError
        If it is no run's folder, its ``run.json`` cannot be read, or another version of the
        grader has written it in a format of its own.
    """
    path = folder / RUN_FILE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        must_be_read_here(path, facts)
        only = tuple(facts.get("only", ()))
        return Run(
            folder=folder, rubric=facts["rubric"], seed=facts["seed"], only=only, facts=facts
        )
    except FileNotFoundError:
        raise UsageError(
            f"{folder}: no run's folder: it holds no run.json; name the one that "
            "'grader grade' wrote with -o"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        told = f"{path}: cannot be read ({type(error).__name__}: {error})"
        way = f"'grader grade … -o {folder} --resume', with the options of then, makes it again"
        ways = f"choose another folder; or delete this file, and {way} from what was answered"
        raise UsageError(f"{told}: {ways}") from None


def plan_of(run: Run, rubric: Rubric) -> Plan:
    """Return the plan of a run's draws under a rubric, which may have changed since.

    Raises
    ------
    UsageError
        If the run's secret is needed and not there, or as for ``make_plan``.
    """
    secret = secret_of_run(run.folder, run.facts)
    return must_have_secret(make_plan(rubric, run.only, run.seed, secret, kept_draws()))


def rescore(
    run: Run, plan: Plan, jobs: int, on_sheet: Callable[[ScoreSheet], None] = lambda sheet: None
) -> tuple[ScoreSheet, ...]:
    """Judge every submission of a run again, and keep the results in its folder.

    Parameters
    ----------
    run
        The run's folder.
    plan
        By what it is judged now.
    jobs
        Processes that judge at a time.
    on_sheet
        Called with each sheet as it ends.

    Returns
    -------
    tuple of ScoreSheet
        In brief, as every report lists them. An item for which something would have to be asked
        that is not in the transcript is left undecided and says so.

    Raises
    ------
    UsageError
        If a result cannot be written.
    """
    names = sorted(path.stem for path in (run.folder / "results").glob("*.json"))
    sheets = []
    for sheet in recorded_sheets(run.folder, plan, names, jobs):
        try:
            write_json(run.folder / "results" / f"{sheet.submission}.json", sheet_message(sheet))
        except OSError as error:
            raise cannot_write(run.folder, error) from None
        sheets.append(in_brief(sheet, plan.items))
        on_sheet(sheets[-1])
    return tuple(in_order(sheets))


_shared: tuple[Path, Plan, Ask] | None = None
"""What forked workers inherit, so that the plan with its draws is no message: with it the run's
folder and what the starter has answered."""


def recorded_sheets(
    folder: Path, plan: Plan, names: Sequence[str], jobs: int
) -> Iterator[ScoreSheet]:
    """Yield the sheets of some submissions of a run, judged from what they answered.

    Raises
    ------
    UsageError
        At last, with the name of every result that cannot be read: whose it is stands nowhere else.
    """
    global _shared
    _shared = (folder, plan, _starter(folder, plan))
    wrong: list[str] = []
    for sheet in _each_rescored(names, jobs):
        if isinstance(sheet, ScoreSheet):
            yield sheet
        else:
            wrong.append(sheet)
    if wrong:
        raise all_told(wrong)


def _each_rescored(names: Sequence[str], jobs: int) -> Iterator[ScoreSheet | str]:
    """Yield the new sheets, or what is wrong with a result that cannot be read."""
    can_fork = hasattr(os, "fork")
    if jobs < 2 or len(names) < 2 or not can_fork:
        yield from map(_rescored, names)
        return
    forked = get_context("fork")
    with ProcessPoolExecutor(jobs, forked, _begin_worker, (os.getpid(),)) as pool:
        yield from pool.map(_rescored, names, chunksize=4)


def _begin_worker(parent: int) -> None:
    leave_interruption_to_parent()
    leave_to_parent()
    die_with_parent(parent)


def _rescored(name: str) -> ScoreSheet | str:
    """Return one submission's new sheet, or why its old one cannot be read."""
    assert _shared is not None, "set before anything is judged"
    folder, plan, starter = _shared
    try:
        submission = _submission(read_result(folder / "results" / f"{name}.json"))
    except UsageError as error:
        return str(error)
    frames = folder / "transcripts" / f"{name}.frame"
    if not frames.exists():
        return fault_sheet(submission, plan.items, "nothing was recorded; grade it with --resume")
    try:
        transcript = read_transcript(frames)
    except (UsageError, OSError) as error:
        told = f"what was recorded cannot be read ({error}); grade it with --resume"
        return fault_sheet(submission, plan.items, told)
    submission = replace(submission, notes=transcript.notes)
    if not transcript.replies:
        sheet, _ = without_files(plan, submission)
        return sheet
    plan = plan.of(submission)
    recorded = Recorded(plan, transcript)
    verdicts = judge_all(plan, recorded.witness)
    asked = StarterOf(plan, starter, kept_own_starter(folder, submission.id))
    return assessed(plan, submission, transcript, verdicts, asked.ask)


def _submission(told: Mapping[str, Any]) -> Submission:
    return Submission(
        id=told["submission"],
        people=people_in(told),
        files=(),
        problems=tuple(told["problems"]),
    )


def _starter(folder: Path, plan: Plan) -> Ask:
    """Return how the untouched starter is asked: from what it has answered, if it was asked."""
    path = folder / f"{STARTER}.frame"
    if path.exists():
        try:
            return Recorded(plan, read_transcript(path)).ask
        except UsageError as error:
            way = "grader grade … --resume asks the starter again, where that is needed"
            raise UsageError(f"{error}: {way}") from None

    def never(key: DrawKey) -> Mapping[str, Answer]:
        raise NotRecordedError(str(key))

    return never
