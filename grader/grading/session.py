"""How does one submission answer? Its children are started, asked and, where they die, replaced."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.checks.comparison import has_accepted_shape
from grader.checks.draws import keys_of
from grader.grading.plan import Plan
from grader.records import (
    Answer,
    Draw,
    DrawKey,
    Failed,
    LoadReport,
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
from grader.sandbox.replies import answers_of, load_report_of, output_of

_NOTHING = Usage(wall_s=0.0, cpu_s=0.0)


@dataclass(slots=True)
class Session:
    """The children of one submission, one at a time, and all that they have answered.

    Parameters
    ----------
    plan
        What is asked.
    zygote
        Where children come from.
    files
        The student's files; the rubric's starter lies beneath them.
    """

    plan: Plan
    zygote: Zygote
    files: tuple[SourceFile, ...]
    load: LoadReport | None = None
    replies: dict[DrawKey, Reply] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    _child: Child | None = None
    _children: int = 0
    _spent: list[Usage] = field(default_factory=list)
    _definitions_only: bool = False
    _fatal: dict[str, Failed] = field(default_factory=dict)
    """Probe -> what its child died of; its further draws are not tried."""

    def ask_all(self) -> None:
        """Call every probe of the plan on every draw; hidden ones in a child of their own."""
        was_hidden = False
        for probe in self.plan.probes:
            if self.plan.is_hidden(probe) and not was_hidden:
                self._end_child()
                was_hidden = True
            for key in keys_of(probe):
                self.ask(key)

    def ask(self, key: DrawKey) -> Mapping[str, Answer]:
        """Return the answers on one draw, asking only if they are not there yet."""
        if key not in self.replies:
            probe = self.plan.rubric.probes[key.probe]
            self.replies[key] = self._reply(probe, self.plan.draw(key))
        return self.replies[key].answers

    def close(self) -> None:
        """End the child that is left."""
        self._end_child()

    def transcript(self, submission: str) -> Transcript:
        """Return everything that was answered."""
        nothing = LoadReport(root="", loaded=(), failures=(), notes=(), broken={})
        return Transcript(
            submission=submission,
            load=self.load or nothing,
            replies=dict(self.replies),
            variants=dict(self.variants),
            usage=self.usage,
            children=self._children,
        )

    @property
    def usage(self) -> Usage:
        """What all children together have used, as far as they have ended."""
        return Usage(
            wall_s=sum(usage.wall_s for usage in self._spent),
            cpu_s=sum(usage.cpu_s for usage in self._spent),
            peak_mb=max((usage.peak_mb for usage in self._spent), default=0.0),
        )

    # --- asking ---------------------------------------------------------------------------

    def _reply(self, probe: Probe, draw: Draw) -> Reply:
        if probe.id in self._fatal:
            return _failed_reply(probe, self._fatal[probe.id])
        best: tuple[int, Variant, Reply] | None = None
        for variant in self._candidates(probe):
            reply = self._call(probe, variant, draw)
            fitting = sum(_fits(name, reply.answers[name], draw) for name in probe.answers)
            if best is None or fitting > best[0]:
                best = (fitting, variant, reply)
            if fitting == len(probe.answers) or probe.id in self._fatal:
                break
        assert best is not None
        self.variants.setdefault(probe.id, best[1].name)
        return best[2]

    def _candidates(self, probe: Probe) -> Iterator[Variant]:
        """Yield the variant that was chosen for a probe before, or else all of them."""
        chosen = self.variants.get(probe.id)
        for variant in probe.variants:
            if chosen in (None, variant.name):
                yield variant

    def _call(self, probe: Probe, variant: Variant, draw: Draw) -> Reply:
        message = {
            "op": "call",
            "code": variant.code,
            "answers": dict(probe.answers),
            "inputs": dict(draw.inputs),
            "constants": dict(probe.constants),
            "seed": zlib.crc32(str(draw.key).encode()),
        }
        limits = probe.limits
        death = None
        for _ in range(2):
            try:
                child = self._living_child()
                if child is None:
                    return _failed_reply(probe, self._load_failure())
                reply, usage = child.ask(message, limits.cpu_s, limits.wall(limits.cpu_s))
                return Reply(
                    answers=answers_of(reply, probe.answers), usage=usage, output=output_of(reply)
                )
            except ProtocolError as error:
                death = Death(Outcome.CRASHED, f"it broke the protocol: {error}", _NOTHING)
                self._end_child()
            except Death as ended:
                death = ended
                self._forget_child()
            if not death.retry:
                break
        assert death is not None
        self._fatal[probe.id] = failure = _died(death)
        return _failed_reply(probe, failure)

    # --- children -------------------------------------------------------------------------

    def _living_child(self) -> Child | None:
        """Return a child that has loaded the submission, or None where none can be had."""
        if self._child is None and self._may_go_on():
            self._child = self._loaded_child()
        return self._child

    def _may_go_on(self) -> bool:
        if self.load is not None and "" in self.load.broken:
            return False
        return self.usage.cpu_s < self.plan.rubric.limits.total_s

    def _loaded_child(self) -> Child | None:
        """Start a child and load the files; a top level that kills it is left out the next time."""
        limits = self.plan.rubric.limits
        while True:
            left = limits.total_s - self.usage.cpu_s
            child = self._child = self.zygote.spawn(limits.memory_mb, max(left, 1.0))
            child.output_limit = limits.output_kb << 10
            self._children += 1
            try:
                wall_s = limits.wall(limits.load_s)
                reply, _ = child.ask(self._load_message(), limits.load_s, wall_s)
                report = load_report_of(reply)
            except (Death, ProtocolError) as error:
                why = error.message if isinstance(error, Death) else str(error)
                self._end_child()
                if not self._definitions_only:
                    self._definitions_only = True
                    continue
                self.load = LoadReport(
                    root="", loaded=(), failures=(why,), notes=(), broken={"": why}
                )
                return None
            self.load = self.load or self._with_note(report)
            return child

    def _with_note(self, report: LoadReport) -> LoadReport:
        if not self._definitions_only:
            return report
        note = (
            "loading ended the process (an endless or exiting top level): "
            "only imports, definitions and constants were executed"
        )
        return LoadReport(
            root=report.root,
            loaded=report.loaded,
            failures=report.failures,
            notes=(note, *report.notes),
            broken=report.broken,
        )

    def _load_message(self) -> dict[str, Any]:
        rubric = self.plan.rubric
        return {
            "op": "load",
            "student": {file.path: file.data for file in self.files},
            "starter": {file.path: file.data for file in rubric.starter},
            "expected": list(rubric.modules.expected),
            "wanted": self.plan.wanted(),
            "stand_in": list(rubric.modules.stand_in),
            "definitions_only": self._definitions_only,
        }

    def _load_failure(self) -> Failed:
        if self.load is not None and "" in self.load.broken:
            told = f"your files cannot be loaded: {self.load.broken['']}"
            return Failed(outcome=Outcome.LOAD_FAILED, message=told)
        total = self.plan.rubric.limits.total_s
        told = f"not run: the {total:g} s of CPU time for the whole submission were used up"
        return Failed(outcome=Outcome.TIMED_OUT, message=told)

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._forget_child()

    def _forget_child(self) -> None:
        """Drop a child that has ended, and keep its account."""
        if self._child is not None:
            self._spent.append(self._child.usage)
            self._child = None


def _fits(name: str, answer: Answer, draw: Draw) -> bool:
    """Return whether an answer came back in a shape that it may have."""
    if not isinstance(answer, Returned):
        return False
    if not draw.expected:
        return True
    right = next(iter(draw.expected.values()))[name]
    return has_accepted_shape(answer.value.shape, right.value.shape)


def _died(death: Death) -> Failed:
    return Failed(outcome=death.outcome, message=f"your code was stopped: {death.message}")


def _failed_reply(probe: Probe, failure: Failed) -> Reply:
    return Reply(answers=dict.fromkeys(probe.answers, failure), usage=_NOTHING)
