"""How does one submission answer? Every probe on every draw, called the way that fits it best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.checks.comparison import compare, has_accepted_shape, wrong_shape
from grader.checks.draws import keys_of
from grader.grading.children import NOTHING_USED, Children
from grader.grading.plan import Plan
from grader.records import (
    Answer,
    Draw,
    DrawKey,
    Failed,
    Outcome,
    Probe,
    Reply,
    Returned,
    SourceFile,
    Transcript,
    Usage,
    Variant,
)
from grader.sandbox.channel import ProtocolError
from grader.sandbox.client import Child, Death, Zygote
from grader.sandbox.replies import answers_of, output_of

_MOST_KEPT = 1 << 16
"""Bytes of an answer that are kept although it cannot be right by its shape."""


@dataclass(slots=True)
class Session:
    """All that a submission answers, asked for at its first use.

    Parameters
    ----------
    plan
        What is asked.
    zygote
        Where its processes come from.
    files
        The student's files; the rubric's starter lies beneath them.
    """

    plan: Plan
    zygote: Zygote
    files: tuple[SourceFile, ...]
    replies: dict[DrawKey, Reply] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    """Probe -> the way of calling that was chosen on its first draw."""
    children: Children = field(init=False)
    _fatal: dict[str, Failed] = field(default_factory=dict)
    """Probe -> what its child died of; its further draws are not tried."""

    def __post_init__(self) -> None:
        self.children = Children(self.plan, self.zygote, self.files)

    def ask_all(self) -> None:
        """Call every probe of the plan on every draw."""
        for probe in self.plan.probes:
            keys = list(keys_of(probe))
            if len(probe.variants) > 1:
                # The first draw settles how the probe is called on the others.
                self.ask(keys.pop(0))
            self._ask_together(probe, keys)

    def ask(self, key: DrawKey) -> Mapping[str, Answer]:
        """Return the answers on one draw, asking only if they are not there yet."""
        if key not in self.replies:
            probe = self.plan.rubric.probes[key.probe]
            self.replies[key] = self._reply(probe, self.plan.draw(key))
        return self.replies[key].answers

    def close(self) -> None:
        """End the child that is left."""
        self.children.end()

    def transcript(self, submission: str) -> Transcript:
        """Return everything that was answered."""
        return Transcript(
            submission=submission,
            load=self.children.load or Transcript.empty(submission).load,
            replies=dict(self.replies),
            variants={probe: variant.name for probe, variant in self.variants.items()},
            usage=self.children.usage,
            children=self.children.count,
        )

    def _ask_together(self, probe: Probe, keys: Sequence[DrawKey]) -> None:
        """Ask on several draws without waiting in between; what is left over is asked singly."""
        child = self.children.child_for(probe) if probe.id not in self._fatal else None
        if isinstance(child, Child):
            variant = self.variants.setdefault(probe.id, probe.variants[0])
            requests = [self.plan.request(probe, variant, key) for key in keys]
            limits = probe.limits
            try:
                told = child.ask_all(requests, limits.cpu_s, limits.wall(limits.cpu_s))
                for key, (reply, usage) in zip(keys, told, strict=True):
                    self.replies[key] = _read(probe, self.plan.draw(key), reply, usage)
            except (ProtocolError, Death) as ended:
                self._note_end(probe, ended)
        for key in keys:
            self.ask(key)

    def _reply(self, probe: Probe, draw: Draw) -> Reply:
        if probe.id in self.variants:
            return self._call(probe, self.variants[probe.id], draw)
        return self._best_reply(probe, draw)

    def _best_reply(self, probe: Probe, draw: Draw) -> Reply:
        """Try the ways of calling in their order, and keep to the best of them from now on.

        That is the one with most answers right: a student who spells a type another way may have
        a branch for all other words, whose answers look like any. A fallback is only for code
        that does not answer.
        """
        best: tuple[tuple[int, int], Variant, Reply] | None = None
        died: Failed | None = None
        for variant in probe.variants:
            if best is not None and variant.fallback and best[0][1] == len(probe.answers):
                break
            if probe.id in self._fatal:
                # Only a fallback, which calls less of the student's code, may still answer.
                if not variant.fallback:
                    continue
                died = self._fatal.pop(probe.id)
            reply = self._call(probe, variant, draw)
            rank = _rank(reply, draw)
            if best is None or rank > best[0]:
                best = (rank, variant, reply)
            if rank[0] == len(probe.answers):
                break
        assert best is not None, "a rubric's probe has at least one variant"
        self.variants[probe.id] = best[1]
        if died is not None and not best[1].fallback:
            self._fatal[probe.id] = died
        return best[2]

    def _call(self, probe: Probe, variant: Variant, draw: Draw) -> Reply:
        """Call a probe; where the wall clock ran out, a busy machine may be why: once more."""
        limits = probe.limits
        for is_last in (False, True):
            if probe.id in self._fatal:
                break
            child = self.children.child_for(probe)
            if isinstance(child, Failed):
                return _failed_reply(probe, child)
            request = self.plan.request(probe, variant, draw.key)
            try:
                told = child.ask_all([request], limits.cpu_s, limits.wall(limits.cpu_s))
                return _read(probe, draw, *next(told))
            except (ProtocolError, Death) as ended:
                self._note_end(probe, ended, is_last)
        return _failed_reply(probe, self._fatal[probe.id])

    def _note_end(self, probe: Probe, ended: ProtocolError | Death, is_last: bool = False) -> None:
        """Bury a child; what it died of holds for the probe, unless another try may mend it."""
        self.children.end()
        if isinstance(ended, Death) and ended.retry and not is_last:
            return
        outcome = ended.outcome if isinstance(ended, Death) else Outcome.CRASHED
        why = ended.message if isinstance(ended, Death) else f"it broke the protocol: {ended}"
        told = f"your code was stopped: {why}"
        self._fatal[probe.id] = Failed(outcome=outcome, message=told)


def _read(probe: Probe, draw: Draw, reply: Mapping[str, Any], usage: Usage) -> Reply:
    answers = answers_of(reply, probe.answers)
    return Reply(
        answers={name: _kept(name, answer, draw) for name, answer in answers.items()},
        usage=usage,
        output=output_of(reply),
    )


def _rank(reply: Reply, draw: Draw) -> tuple[int, int]:
    """Return how many answers are right under one convention, and how many have a right shape."""
    fitting = sum(_fits(name, answer, draw) for name, answer in reply.answers.items())
    right = [
        sum(
            compare(name, answer, expected[name]).outcome is Outcome.CORRECT
            for name, answer in reply.answers.items()
        )
        for expected in draw.expected.values()
    ]
    return max(right, default=fitting), fitting


def _fits(name: str, answer: Answer, draw: Draw) -> bool:
    """Return whether an answer came back in a shape that it may have."""
    if not isinstance(answer, Returned):
        return False
    return not draw.expected or has_accepted_shape(answer.value.shape, _right_shape(name, draw))


def _right_shape(name: str, draw: Draw) -> tuple[int, ...]:
    """Return the shape of the right answer; to a training that is one of the labels."""
    for expected in draw.expected.values():
        return expected[name].value.shape
    return draw.withheld["y_test"].shape


def _kept(name: str, answer: Answer, draw: Draw) -> Answer:
    """Return an answer, or only what is wrong with it: nobody needs megabytes that do not fit."""
    if isinstance(answer, Failed) or answer.value.nbytes <= _MOST_KEPT:
        return answer
    right = _right_shape(name, draw)
    if has_accepted_shape(answer.value.shape, right):
        return answer
    told = wrong_shape(name, answer.value.shape, right)
    return Failed(outcome=Outcome.WRONG, message=told)


def _failed_reply(probe: Probe, failure: Failed) -> Reply:
    return Reply(answers=dict.fromkeys(probe.answers, failure), usage=NOTHING_USED)
