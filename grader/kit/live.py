"""How do objects in a notebook answer? Where they are, by the very code that a process runs.

There are no walls, and no limits but the caller's patience: whoever wrote the code is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import CodeType
from typing import Any

from grader.grading.children import NOTHING_USED, Asked, Origin
from grader.grading.examiner import Examiner
from grader.grading.plan import Plan
from grader.kit.modules import Modules
from grader.records import (
    Outcome,
    ScoreSheet,
    SourceFile,
    Submission,
    Transcript,
    Usage,
    Verdict,
)
from grader.sandbox.answers import Lost
from grader.sandbox.channel import PREFIX, Request, decode
from grader.sandbox.endings import Death
from grader.sandbox.probing import Prober
from grader.sandbox.stated import Stated

_HERE = "this notebook"
_TWICE_S = 2.0
"""Seconds within which a second interrupt stops everything."""


class Interrupts:
    """Counts how the caller interrupts: once gives up a probe, twice in a row all of them."""

    def __init__(self) -> None:
        self._last = -_TWICE_S

    def is_final(self) -> bool:
        """Note one, and return whether it follows another."""
        now = time.monotonic()
        is_second, self._last = now - self._last < _TWICE_S, now
        return is_second


class LiveAnswers:
    """Answers for a namespace, in the way of a process; see ``Asked``."""

    def __init__(
        self, namespace: Mapping[str, Any], interrupts: Interrupts, taken: set[str]
    ) -> None:
        self._namespace = namespace
        self._interrupts = interrupts
        self._taken = taken
        self._prober = Prober({}, {})
        self.output_limit = 0
        self.asked_s = 0.0
        self.usage = NOTHING_USED
        self.was_killed = False

    def ask(
        self, message: Mapping[str, Any], cpu_s: float, wall_s: float
    ) -> tuple[dict[str, Any], Usage]:
        """Return the reply to one request; loading finds what is there."""
        if message["op"] == "load":
            return self._load(message), NOTHING_USED
        return self._answered(message)

    def ask_all(
        self, requests: Sequence[Request], cpu_s: float, wall_s: float
    ) -> Iterator[tuple[dict[str, Any], Usage]]:
        """Yield the reply to each request, and what it used; limits are the caller's."""
        for request in requests:
            header, _ = PREFIX.unpack_from(request.frame)
            start = PREFIX.size
            message = decode(request.frame[start : start + header], request.frame[start + header :])
            yield self._answered(message)

    def kill(self) -> None:
        """Forget it; there is no process to end."""

    def _load(self, message: Mapping[str, Any]) -> dict[str, Any]:
        is_submission = bool(message["student"])
        namespace = self._namespace if is_submission else {}
        modules = Modules(
            namespace,
            message["starter"],
            message["expected"],
            has_loaded=is_submission,
            taken=self._taken if is_submission else set(),
        )
        stated = _Stated(files={}, starter={}, modules=(), namespace=namespace)
        given = {
            "__builtins__": modules.builtins,
            "stated": stated.stated,
            "recorded": stated.recorded,
        }
        self._prober = Prober(
            _own_files(namespace, message["starter"]), given, let_through=(KeyboardInterrupt,)
        )
        return {"root": "", "loaded": [], "failures": [], "notes": [], "broken": {}}

    def _answered(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], Usage]:
        began, cpu_before = time.monotonic(), time.process_time()
        ask = self._prober.sweep if message["op"] == "sweep" else self._prober.call
        try:
            reply = ask(message)
        except KeyboardInterrupt:
            if self._interrupts.is_final():
                raise
            told = f"you interrupted it after {time.monotonic() - began:.1f} s"
            raise Death(Outcome.TIMED_OUT, told, NOTHING_USED) from None
        cpu_s = time.process_time() - cpu_before
        return reply, Usage(wall_s=time.monotonic() - began, cpu_s=cpu_s)


class _Stated(Stated):
    """Numbers that are stated as names in a notebook; its cells' texts are not at hand."""

    def __init__(self, *, namespace: Mapping[str, Any], **others: Any) -> None:
        super().__init__(**others)
        self._namespace = namespace

    def stated(self, name: str) -> Any:
        """Return the number that stands under a name."""
        value = self._namespace.get(name)
        return super().stated(name) if value is None else value


def _own_files(namespace: Mapping[str, Any], templates: Iterable[str]) -> Lost:
    """Return the files whose lines are told: those where functions were written, and templates."""
    files = {code.co_filename for value in namespace.values() for code in _codes_of(value)}
    return {file: {} for file in (*sorted(files), *templates)}


def _codes_of(value: Any) -> Iterator[CodeType]:
    members = vars(value).values() if isinstance(value, type) else (value,)
    for member in members:
        code = getattr(member, "__code__", None)
        if isinstance(code, CodeType):
            yield code


class LiveOrigin:
    """Where live answers come from; see ``Origin``."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._interrupts = Interrupts()
        self.taken: set[str] = set()
        """Names that the caller has not defined, so that a template's were called."""

    def spawn(self, memory_mb: int, cpu_s: float, wall_s: float) -> Asked:
        """Return answers for the same names as before: nothing here is a process of its own."""
        return LiveAnswers(self._namespace, self._interrupts, self.taken)

    def prepare(self, memory_mb: int, cpu_s: float) -> None:
        """Do nothing: there is nothing to wait for."""


class LiveExaminer(Examiner):
    """Examines what is defined in a namespace.

    Parameters
    ----------
    plan
        What is asked.
    namespace
        The caller's names.
    """

    def __init__(self, plan: Plan, namespace: Mapping[str, Any]) -> None:
        super().__init__(plan, has_notebooks=False)
        self._origin = LiveOrigin(namespace)

    @property
    def zygote(self) -> Origin:
        """What answers."""
        return self._origin

    def check(self) -> tuple[ScoreSheet, Transcript]:
        """Return what comes of the items."""
        file = SourceFile(path=_HERE, data=b"")
        sheet, transcript = self.examine(Submission(id=_HERE, people=(), files=(file,)))
        scores = tuple(replace(s, verdict=_as_here(s.verdict)) for s in sheet.scores)
        flags = sheet.flags
        if self._origin.taken:
            names = ", ".join(sorted(self._origin.taken))
            flags = (
                *flags,
                f"not defined or imported here, so that the template's was called: {names}",
            )
        return replace(sheet, scores=scores, flags=flags), transcript


def _as_here(verdict: Verdict) -> Verdict:
    """Return a verdict without what it says of new processes, which a notebook has not."""
    if verdict.outcome is not Outcome.UNSTABLE or verdict.diagnosis is None:
        return verdict
    what = verdict.message.partition("): ")[0].partition("), ")[0]
    told = f"{what}): random numbers are drawn, or something is kept from one call to the next."
    return replace(
        verdict, message=told, diagnosis=replace(verdict.diagnosis, name="", sentence=told)
    )
