"""One submission from its bytes to its score sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from grader.errors import GraderFault
from grader.grading.journal import write_result
from grader.grading.judging import (
    judge_all,
    leave_open,
    mark_unstable,
    mark_untouched,
)
from grader.grading.plan import Plan
from grader.grading.session import Session
from grader.grading.witness import Witness
from grader.records import (
    Answer,
    DrawKey,
    Outcome,
    ScoreSheet,
    SourceFile,
    Submission,
    Transcript,
    Verdict,
)
from grader.sandbox.client import Zygote
from grader.scoring.sheet import make_sheet
from grader.submission import is_notebook


class Examiner:
    """Examines submissions, one after the other, through a zygote of its own.

    Parameters
    ----------
    plan
        What is asked and what is right.
    folder
        The run's folder; without it nothing is kept.
    level
        Isolation level, or None for the best that this machine offers.
    has_notebooks
        Whether a notebook may come, so that the zygote must be able to read one.
    """

    def __init__(
        self,
        plan: Plan,
        folder: Path | None = None,
        level: int | None = None,
        has_notebooks: bool = True,
    ) -> None:
        self._plan = plan
        self._folder = folder
        self._level = level
        reader = ("nbformat",) if has_notebooks or is_notebook_in(plan.rubric.starter) else ()
        self._preload = (*plan.rubric.modules.preload, *reader)
        self._zygote: Zygote | None = None
        self._starter: Session | None = None

    @property
    def zygote(self) -> Zygote:
        """The warm process, started at its first use and again after a death."""
        if self._zygote is not None and not self._zygote.is_alive:
            self._zygote.close()
            self._zygote = None
        if self._zygote is None:
            self._zygote = Zygote(self._preload, self._level)
        return self._zygote

    def examine(self, submission: Submission) -> tuple[ScoreSheet, Transcript]:
        """Return a submission's score sheet and transcript, kept in the run's folder if any.

        Raises
        ------
        GraderFault
            If our own machinery fails twice in a row.
        """
        try:
            sheet, transcript = self._examine(submission)
        except GraderFault:
            # The zygote may have been killed from outside: a new one gets one more try.
            self.close()
            sheet, transcript = self._examine(submission)
        if self._folder is not None:
            write_result(self._folder, sheet, transcript)
        return sheet, transcript

    def _examine(self, submission: Submission) -> tuple[ScoreSheet, Transcript]:
        if not submission.files:
            return self._without_files(submission)
        session = Session(self._plan, self.zygote, submission.files)
        try:
            session.ask_all()
            verdicts, conventions = judge_all(self._plan, witness_of(session))
        finally:
            session.close()
        verdicts = mark_unstable(self._plan, verdicts, session.replies, session.repeats)
        verdicts = mark_untouched(self._plan, verdicts, session.ask, self._ask_starter)
        if submission.problems:
            verdicts = leave_open(verdicts, submission.problems)
        transcript = session.transcript(submission.id)
        sheet = make_sheet(
            submission,
            verdicts,
            self._plan.items,
            transcript.load,
            transcript.usage,
            conventions,
            flags_of(self._plan, submission, transcript),
        )
        return sheet, transcript

    def _without_files(self, submission: Submission) -> tuple[ScoreSheet, Transcript]:
        """Return the sheet of a submission without any code: nothing is run for it."""
        nothing = Transcript.empty(submission.id)
        told = "No Python file or notebook was handed in."
        verdict = Verdict(outcome=Outcome.NOT_SUBMITTED, credit=Decimal(0), message=told)
        verdicts = {item.id: verdict for item in self._plan.items}
        if submission.problems:
            verdicts = leave_open(verdicts, submission.problems)
        flags = [*submission.problems, *submission.notes]
        sheet = make_sheet(
            submission, verdicts, self._plan.items, nothing.load, nothing.usage, {}, flags
        )
        return sheet, nothing

    def _ask_starter(self, key: DrawKey) -> Mapping[str, Answer]:
        """Return what the untouched starter answers; it is asked once for all submissions."""
        if self._starter is None:
            starter = Session(self._plan, self.zygote, ())
            try:
                starter.ask_all()
            finally:
                starter.close()
            self._starter = starter
        return self._starter.ask(key)

    def close(self) -> None:
        """End the zygote and every child."""
        self._starter = None
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None


def witness_of(session: Session) -> Witness:
    """Return how a submission whose process may still be asked is heard."""

    def mutated(key: DrawKey) -> tuple[str, ...]:
        return session.replies[key].mutated

    return Witness(ask=session.ask, sweep=session.sweep, mutated=mutated)


def is_notebook_in(files: Iterable[SourceFile]) -> bool:
    """Return whether one of the files is a notebook."""
    return any(is_notebook(file.path) for file in files)


def flags_of(plan: Plan, submission: Submission, transcript: Transcript) -> list[str]:
    """Return what a TA should look at in a submission."""
    flags = list(submission.problems)
    flags += submission.notes
    load = transcript.load
    if load.failures:
        more = f" (and {len(load.failures) - 1} more)" if len(load.failures) > 1 else ""
        flags.append(f"not loaded: {load.failures[0]}{more}")
    flags += [note for note in load.notes if _is_telling(note, plan.rubric.modules.flag)]
    for probe, variant in transcript.variants.items():
        if any(v.fallback and v.name == variant for v in plan.rubric.probes[probe].variants):
            flags.append(f"{probe}: answered only when called the second way (its fallback)")
    return flags


def _is_telling(note: str, flagged: Iterable[str]) -> bool:
    """Tell notes about which files were taken, and about modules to flag, from mere routine."""
    module = note.partition(" ")[0].partition(".")[0]
    words = ("is taken for it", "also found", "ended the process", "was not handed in")
    return any(word in note for word in words) or ("stand-in" in note and module in flagged)
