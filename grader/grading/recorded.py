"""What did a submission answer when it was asked? Its transcript, as a witness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.grading.plan import Plan
from grader.grading.witness import NotRecordedError, Witness
from grader.records import Answer, DrawKey, Reply, SweepKey, Transcript


@dataclass(slots=True)
class Recorded:
    """Answers from a transcript, as far as they are still what would be answered.

    Parameters
    ----------
    plan
        What is asked now; an answer to another probe, or on other inputs, is none.
    transcript
        What was answered then.
    """

    plan: Plan
    transcript: Transcript
    missing: list[str] = field(default_factory=list)
    """What was asked for in vain."""

    @property
    def witness(self) -> Witness:
        """How the judging hears it."""
        return Witness(ask=self.ask, sweep=self.sweep, mutated=self.mutated)

    @property
    def repeats(self) -> Mapping[DrawKey, tuple[Reply, ...]]:
        """The repetitions of first draws that still hold."""
        return {
            key: replies for key, replies in self.transcript.repeats.items() if self._holds(key)
        }

    def ask(self, key: DrawKey) -> Mapping[str, Answer]:
        """Return the recorded answers on a draw.

        Raises
        ------
        NotRecordedError
            If there are none, or the probe, the starter or the inputs have changed since.
        """
        if not self.has(key):
            self._miss(str(key))
        return self.transcript.replies[key].answers

    def has(self, key: DrawKey) -> bool:
        """Return whether there are answers on a draw that still hold."""
        return key in self.transcript.replies and self._holds(key)

    def sweep(self, key: SweepKey) -> Answer:
        """Return the recorded loss along a line; see ``ask``."""
        if key not in self.transcript.sweeps or not self._holds(key.draw):
            self._miss(str(key))
        return self.transcript.sweeps[key]

    def mutated(self, key: DrawKey) -> tuple[str, ...]:
        """Return the inputs of a draw that were changed in place."""
        return self.transcript.replies[key].mutated

    def _holds(self, key: DrawKey) -> bool:
        now = self.plan.probe_digests.get(key.probe)
        if now is None or self.transcript.probes.get(key.probe) != now:
            return False
        cases = {case.name for case in self.plan.rubric.probes[key.probe].cases}
        if key.case not in cases:
            return False
        return self.transcript.inputs.get(key) == self.plan.inputs_digest(key)

    def _miss(self, what: str) -> None:
        self.missing.append(what)
        raise NotRecordedError(what)
