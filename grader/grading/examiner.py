"""One submission from its bytes to its score sheet."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from grader.errors import GraderFault
from grader.grading.amending import amended, heard, kept_problems
from grader.grading.assessing import assessed, without_files
from grader.grading.children import Origin
from grader.grading.journal import (
    STARTER,
    kept_own_starter,
    kept_transcript,
    write_own_starter,
    write_result,
    write_starter,
)
from grader.grading.judging import Judged, judge_all
from grader.grading.plan import Plan
from grader.grading.recorded import Recorded
from grader.grading.session import Session
from grader.grading.starter import StarterOf
from grader.grading.transcripts import read_transcript
from grader.grading.witness import Witness
from grader.records import (
    Answer,
    DrawKey,
    ScoreSheet,
    SourceFile,
    Submission,
    Transcript,
)
from grader.submission import is_notebook

if TYPE_CHECKING:
    from grader.sandbox.client import Zygote

_Heard = TypeVar("_Heard")
_TRIES = 2


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
    resumes
        Whether answers that are in the run's folder need not be asked for again.
    again
        The only probes that are asked, where all others stay as they were answered in the folder.
    """

    def __init__(
        self,
        plan: Plan,
        folder: Path | None = None,
        level: int | None = None,
        has_notebooks: bool = True,
        resumes: bool = False,
        again: frozenset[str] = frozenset(),
    ) -> None:
        self._plan = plan
        self._again = again
        self._folder = folder
        self._resumes = resumes
        self._level = level
        reader = ("nbformat",) if has_notebooks or is_notebook_in(plan.rubric.starter) else ()
        self._preload = (*plan.rubric.modules.preload, *reader)
        self._readable = {file.path: file.data for file in plan.rubric.readable}
        self._zygote: Zygote | None = None
        self._starter: Session | None = None

    @property
    def zygote(self) -> Origin:
        """The warm process, started at its first use and again after a death."""
        if self._zygote is not None and not self._zygote.is_alive:
            self._zygote.close()
            self._zygote = None
        if self._zygote is None:
            # Not at the top: what answers in a notebook needs no processes, and no system that has
            # them.
            from grader.sandbox.client import Zygote
            from grader.sandbox.process import hide_memory

            # Before any student's code runs beside this process, which knows every answer.
            hide_memory()
            self._zygote = Zygote(self._preload, self._level, self._readable)
        return self._zygote

    def examine(self, submission: Submission) -> tuple[ScoreSheet, Transcript]:
        """Return a submission's score sheet and transcript, kept in the run's folder if any.

        Raises
        ------
        GraderFault
            If our own machinery fails twice in a row.
        """
        submission = self._plan.adapted(submission)
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
        if self._again and self._folder is not None:
            return self._amended(self._folder, submission)
        if not submission.files:
            return without_files(self._plan, submission)
        recorded = self._recorded(submission)
        if recorded is not None:
            return recorded
        plan = self._plan.of(submission)
        session, verdicts = self._hear(
            plan, submission, lambda asked: judge_all(plan, witness_of(asked))
        )
        return self._assessed(plan, submission, session.transcript(), verdicts)

    def _amended(self, folder: Path, submission: Submission) -> tuple[ScoreSheet, Transcript]:
        """Ask some probes again, and judge all by that and by what was answered before."""
        plan = self._plan.of(submission)
        before = read_transcript(folder / "transcripts" / f"{submission.id}.frame")
        recorded = Recorded(plan, before).witness
        session, verdicts = self._hear(
            plan,
            submission,
            lambda asked: judge_all(plan, heard(witness_of(asked), recorded, self._again)),
            self._again,
        )
        transcript = amended(before, session.transcript(), self._again)
        whole = kept_problems(folder, replace(submission, notes=before.notes))
        return self._assessed(plan, whole, transcript, verdicts)

    def _assessed(
        self, plan: Plan, submission: Submission, transcript: Transcript, judged: Judged
    ) -> tuple[ScoreSheet, Transcript]:
        """Return the sheet; where it hangs on the starter, that is asked and kept as well."""
        folder = self._folder
        kept = kept_own_starter(folder, submission.id) if folder and self._resumes else None
        with contextlib.closing(StarterOf(plan, self._ask_starter, kept, self)) as starter:
            sheet = assessed(plan, submission, transcript, judged, starter.ask)
        if folder is not None and starter.session is not None:
            write_own_starter(folder, submission.id, starter.session.transcript())
        return sheet, transcript

    def _hear(
        self,
        plan: Plan,
        submission: Submission,
        judge: Callable[[Session], _Heard],
        only: frozenset[str] | None = None,
    ) -> tuple[Session, _Heard]:
        """Ask a submission all there is to ask, and what the judging wants to know beyond that.

        Where somebody has killed its process meanwhile, all is asked once more: calls of which
        some were made in another process may have been answered otherwise.
        """
        for _ in range(_TRIES):
            session = Session(plan, self.zygote, submission, only)
            try:
                session.ask_all()
                heard = judge(session)
            finally:
                session.close()
            if not session.children.was_killed:
                break
        # It comes up while this one's answers are assessed and written.
        session.children.prepare_next()
        return session, heard

    def _recorded(self, submission: Submission) -> tuple[ScoreSheet, Transcript] | None:
        """Return what an earlier run has already answered, where that is all that is asked."""
        if self._folder is None or not self._resumes:
            return None
        transcript = kept_transcript(self._folder, submission)
        if transcript is None:
            return None
        plan = self._plan.of(submission)
        recorded = Recorded(plan, transcript)
        verdicts = judge_all(plan, recorded.witness)
        if recorded.missing:
            return None
        return self._assessed(plan, submission, transcript, verdicts)

    def _ask_starter(self, key: DrawKey) -> Mapping[str, Answer]:
        """Return what the untouched starter answers; it is asked once for all submissions."""
        if self._starter is None:
            untouched = Submission(id=STARTER, people=(), files=())
            starter, _ = self._hear(self._plan, untouched, lambda asked: None)
            self._starter = starter
            if self._folder is not None:
                write_starter(self._folder, starter.transcript())
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
