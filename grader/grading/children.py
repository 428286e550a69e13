"""Which process answers for a submission? It is started, loaded and, where it dies, replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from grader.grading.plan import Plan
from grader.records import Failed, Limits, LoadReport, Outcome, Probe, SourceFile, Usage
from grader.sandbox.channel import ProtocolError, Request
from grader.sandbox.endings import Death
from grader.sandbox.replies import load_report_of

NOTHING_USED = Usage(wall_s=0.0, cpu_s=0.0)
_ONLY_DEFINITIONS = (
    "loading ended the process (an endless or exiting top level): "
    "only imports, definitions and constants were executed"
)


class Asked(Protocol):
    """What has loaded a submission and answers for it: a process, or the notebook it lives in."""

    output_limit: int
    asked_s: float
    usage: Usage
    was_killed: bool

    def ask(
        self, message: Mapping[str, Any], cpu_s: float, wall_s: float
    ) -> tuple[dict[str, Any], Usage]:
        """Return the reply to one request, and what it used."""

    def ask_all(
        self, requests: Sequence[Request], cpu_s: float, wall_s: float
    ) -> Iterator[tuple[dict[str, Any], Usage]]:
        """Yield the reply to each request, and what it used."""

    def kill(self) -> None:
        """End it."""


class Origin(Protocol):
    """Where what answers comes from."""

    def spawn(self, memory_mb: int, cpu_s: float, wall_s: float) -> Asked:
        """Return a new one, within these limits."""

    def prepare(self, memory_mb: int, cpu_s: float) -> None:
        """Have one with these limits come up, for the next time that one is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a probe wants of the process that answers it; two that differ share none.

    Hidden items have one of their own, so that nothing of their inputs can be kept there and
    handed back as an answer to a visible one.
    """

    is_hidden: bool
    memory_mb: int
    output_kb: int


@dataclass(slots=True)
class Children:
    """The processes of one submission, one at a time.

    Parameters
    ----------
    plan
        What is asked.
    zygote
        Where children come from.
    files
        The student's files; the rubric's starter lies beneath them.
    adapter
        A person's code that lies over them, if there is any.
    """

    plan: Plan
    zygote: Origin
    files: tuple[SourceFile, ...]
    adapter: SourceFile | None = None
    load: LoadReport | None = None
    """What came of loading: of the first time that it went well, or of no time."""
    count: int = 0
    was_killed: bool = False
    """Whether one of them was killed from outside: what was answered then proves nothing."""
    _child: Asked | None = None
    _kind: Kind | None = None
    _spent: list[Usage] = field(default_factory=list)
    _asked_s: float = 0.0
    _definitions_only: bool = False
    _why_lost: str = ""
    """Why loading ended the process in the end: no more are started then."""

    def child_for(self, probe: Probe) -> Asked | Failed:
        """Return a child that has loaded the submission, or why none can be had."""
        kind = self.kind_of(probe)
        if kind != self._kind:
            self.end()
            self._kind = kind
        if self._child is None and self._may_go_on():
            self._load_into_new_child(kind)
        return self._child or self._why_none()

    def kind_of(self, probe: Probe) -> Kind:
        """Return what a probe wants of its process."""
        return Kind(
            is_hidden=self.plan.is_hidden(probe),
            memory_mb=probe.limits.memory_mb,
            output_kb=probe.limits.output_kb,
        )

    def end(self) -> None:
        """End the child that is there, and keep its account; without one nothing happens."""
        if self._child is not None:
            child, self._child = self._child, None
            child.kill()
            self.was_killed = self.was_killed or child.was_killed
            self._spent.append(child.usage)
            self._asked_s += child.asked_s

    def prepare_next(self) -> None:
        """Have the first process of the next submission come up, now that none is left of this."""
        if self.plan.probes:
            first = self.kind_of(self.plan.probes[0])
            self.zygote.prepare(first.memory_mb, self.plan.rubric.limits.total_s)

    @property
    def usage(self) -> Usage:
        """What all children together have used, as far as they have ended."""
        return Usage(
            wall_s=sum(usage.wall_s for usage in self._spent),
            cpu_s=sum(usage.cpu_s for usage in self._spent),
            peak_mb=max((usage.peak_mb for usage in self._spent), default=0.0),
        )

    @property
    def _cpu_left_s(self) -> float:
        return self.plan.rubric.limits.total_s - self.usage.cpu_s

    @property
    def _wall_left_s(self) -> float:
        """Return what is left for waiting; a submission that sleeps uses no CPU time."""
        return total_wall(self.plan.rubric.limits) - self._asked_s

    def _may_go_on(self) -> bool:
        return not self._why_lost and self._cpu_left_s > 0 and self._wall_left_s > 0

    def _why_none(self) -> Failed:
        if self._why_lost:
            told = f"your files cannot be loaded: {self._why_lost}"
            return Failed(outcome=Outcome.LOAD_FAILED, message=told)
        limits = self.plan.rubric.limits
        used = f"{limits.total_s:g} s of CPU time"
        if self._cpu_left_s > 0:
            used = f"{total_wall(limits):g} s of wall time"
        told = f"not run: the {used} for the whole submission were used up"
        return Failed(outcome=Outcome.TIMED_OUT, message=told)

    # --- loading --------------------------------------------------------------------------

    def _load_into_new_child(self, kind: Kind) -> None:
        """Start a child and load the files; a top level that kills it is left out the next time.

        Where the wall clock ran out, a busy machine may be the cause: that gets one more try.
        """
        was_slow = False
        while True:
            try:
                report = self._try_to_load(kind)
            except (Death, ProtocolError) as error:
                self.end()
                why = error.message if isinstance(error, Death) else str(error)
                if isinstance(error, Death) and error.retry and not was_slow:
                    was_slow = True
                elif not self._definitions_only:
                    self._definitions_only = True
                else:
                    self._note_loss(why)
                    return
            else:
                self._note_load(report)
                return

    def _note_load(self, report: LoadReport) -> None:
        """Keep the first report; a later process is told of only if it loads less."""
        if self.load is None:
            self.load = report
        elif self._definitions_only and _ONLY_DEFINITIONS not in self.load.notes:
            self.load = replace(self.load, notes=(_ONLY_DEFINITIONS, *self.load.notes))

    def _note_loss(self, why: str) -> None:
        """Give up loading; what an earlier process has loaded and answered stands."""
        self._why_lost = why
        if self.load is None:
            self.load = LoadReport(root="", loaded=(), failures=(why,), notes=(), broken={"": why})
        else:
            self.load = replace(self.load, failures=(*self.load.failures, f"later: {why}"))

    def _try_to_load(self, kind: Kind) -> LoadReport:
        limits = self.plan.rubric.limits
        child = self._child = self.zygote.spawn(
            kind.memory_mb, max(self._cpu_left_s, 1.0), max(self._wall_left_s, 0.1)
        )
        child.output_limit = kind.output_kb << 10
        self.count += 1
        reply, _ = child.ask(self._load_message(), limits.load_s, limits.wall(limits.load_s))
        report = load_report_of(reply)
        if self._definitions_only:
            return replace(report, notes=(_ONLY_DEFINITIONS, *report.notes))
        return report

    def _load_message(self) -> Mapping[str, Any]:
        rubric = self.plan.rubric
        adapter = self.adapter
        given = {"name": adapter.path, "data": adapter.data} if adapter else {}
        return {
            "op": "load",
            "adapter": given,
            "student": {file.path: file.data for file in self.files},
            "modified": {file.path: file.modified for file in self.files if file.modified},
            "starter": {file.path: file.data for file in rubric.starter},
            "expected": list(rubric.modules.expected),
            "wanted": self.plan.wanted,
            "stand_in": list(rubric.modules.stand_in),
            "definitions_only": self._definitions_only,
            "numpy_compat": rubric.modules.numpy_compat,
        }


def total_wall(limits: Limits) -> float:
    """Return for how many wall seconds a submission's answers are awaited, all together.

    >>> total_wall(Limits(total_s=60.0))
    182.0
    """
    return 3.0 * limits.total_s + 2.0
