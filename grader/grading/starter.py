"""What does the untouched starter answer where a submission has draws of its own?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from grader.grading.children import Origin
from grader.grading.journal import STARTER
from grader.grading.plan import Plan
from grader.grading.recorded import Recorded
from grader.grading.session import Session
from grader.grading.witness import Ask, NotRecordedError
from grader.records import Answer, DrawKey, Submission, Transcript


class Asker(Protocol):
    """Who has a warm process: an examiner."""

    @property
    def zygote(self) -> Origin:
        """The warm process."""


class StarterOf:
    """The starter as it is asked for one submission.

    Parameters
    ----------
    plan
        That of the submission.
    common
        Gives its answers on the draws that everybody has.
    kept
        What it has answered before on this submission's own draws, if that is known.
    asker
        Where its process comes from; without one nobody's code is run.
    """

    def __init__(
        self, plan: Plan, common: Ask, kept: Transcript | None = None, asker: Asker | None = None
    ) -> None:
        self._plan, self._common, self._asker = plan, common, asker
        self._kept = Recorded(plan, kept) if kept is not None else None
        self.session: Session | None = None
        """Its process, if it had to be asked."""

    def ask(self, key: DrawKey) -> Mapping[str, Answer]:
        """Return its answers on a draw.

        Raises
        ------
        NotRecordedError
            If they are not known and nobody may be asked.
        """
        if not self._plan.is_own(self._plan.rubric.probes[key.probe]):
            return self._common(key)
        if self._kept is not None:
            try:
                return self._kept.ask(key)
            except NotRecordedError:
                self._kept = None
        if self._asker is None:
            raise NotRecordedError(str(key))
        return self._asked(self._asker, key)

    def _asked(self, asker: Asker, key: DrawKey) -> Mapping[str, Answer]:
        """Ask it; where somebody has killed its process meanwhile, once more."""
        session = self.session or self._new(asker)
        answers = session.ask(key)
        if session.children.was_killed:
            session.close()
            session = self._new(asker)
            answers = session.ask(key)
        self.session = session
        return answers

    def _new(self, asker: Asker) -> Session:
        return Session(self._plan, asker.zygote, Submission(id=STARTER, people=(), files=()))

    def close(self) -> None:
        """End its process, if there is one."""
        if self.session is not None:
            self.session.close()
