"""The grader's handle to one child: ask it, hold it to its limits, and bury it.

Whatever a child does ends in a reply or in a named death.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from grader.errors import GraderFault, IsolationError
from grader.records import Outcome, Usage
from grader.sandbox.canaries import unproven
from grader.sandbox.channel import ProtocolError, Request
from grader.sandbox.deadlines import Watch
from grader.sandbox.endings import OUR_FAULT, Death, Ending, cause_of
from grader.sandbox.meters import is_over, meter_of
from grader.sandbox.pipes import ClosedError, ExcessError, FloodError, Pipes
from grader.sandbox.walls import Bounds, Walls

_READY_S = 20.0
_LAST_GASP_S = 1.0


class Origin(Protocol):
    """Where a child comes from, and who buries it: its zygote."""

    walls: Walls

    def reap(self, pid: int) -> Ending:
        """Wait for a dead child and return the kernel's accounting of it."""

    def may_be_out_of_memory(self, peak_mb: float, limit_mb: float) -> bool:
        """Tell whether the system may have killed a child for the memory that it took."""


class StillbornError(GraderFault):
    """A child that ended before its walls stood: nothing of a student's had been sent to it."""


class Child:
    """The handle to one submission's process.

    Parameters
    ----------
    origin
        The zygote that forked it.
    pid
        Its process id.
    bounds
        The kernel's limits of it.
    descriptors
        Our ends for requests, replies and output.
    wall_s
        Wall seconds that all calls together may take.

    Raises
    ------
    IsolationError
        If a canary got through a wall; no byte of a student's was sent then.
    StillbornError
        If it ends before its walls stand.
    """

    def __init__(
        self,
        origin: Origin,
        pid: int,
        bounds: Bounds,
        descriptors: tuple[int, int, int],
        wall_s: float = math.inf,
    ) -> None:
        self._origin = origin
        self.pid = pid
        self._bounds = bounds
        self._pidfd = os.pidfd_open(pid) if sys.platform == "linux" else -1
        self._pipes = Pipes(*descriptors, ended=self._pidfd)
        self._meter = meter_of(pid)
        self._started = time.monotonic()
        self._wall_left_s = wall_s
        self._is_buried = False
        self.asked_s = 0.0
        """Wall seconds for which answers have been awaited, without those in which the process
        stood in line for a processor: how busy the machine is, is not the student's doing."""
        self.usage = Usage(wall_s=0.0, cpu_s=0.0)
        self.was_killed = False
        """Whether somebody else has killed it, as far as one can tell."""
        self._await_walls()

    @property
    def output_limit(self) -> int:
        """Bytes that the child may print past Python's own streams."""
        return self._pipes.output_limit

    @output_limit.setter
    def output_limit(self, count: int) -> None:
        self._pipes.output_limit = count

    def _await_walls(self) -> None:
        try:
            ready = self._read_frame(self._watch(time.monotonic(), _READY_S, _READY_S))
        except (Death, GraderFault) as death:
            told = self._pipes.last_words or str(death)
            raise StillbornError(f"the child's walls did not come up: {told}") from None
        self.canaries: Mapping[str, bool] = ready.get("canaries", {})
        holes = unproven(self._origin.walls, self.canaries)
        if holes:
            self.kill()
            raise IsolationError(f"these walls do not hold: {', '.join(holes)}")

    # --- asking ---------------------------------------------------------------------------

    def ask(
        self, message: Mapping[str, Any], cpu_s: float, wall_s: float
    ) -> tuple[dict[str, Any], Usage]:
        """Send one request and return the reply; see ``ask_all``."""
        return next(self.ask_all([Request(message)], cpu_s, wall_s))

    def ask_all(
        self, requests: Sequence[Request], cpu_s: float, wall_s: float
    ) -> Iterator[tuple[dict[str, Any], Usage]]:
        """Send requests without waiting in between, and yield each reply with what it used.

        Parameters
        ----------
        requests
            The child answers them in this order, and goes on with the next one while the caller
            looks at a reply.
        cpu_s, wall_s
            Limits of each of them in seconds.

        Yields
        ------
        reply : dict
            As it came; the student's code may have written it.
        usage : Usage
            Wall and CPU seconds of this call, and the highest resident memory that the process
            has had by its end, all by the kernel's account.

        Raises
        ------
        Death
            If the child ends, breaks the protocol or passes a limit; it is buried then. The
            replies that were yielded stand; the next request is the one that it died of.
        GraderFault
            If the child's own loop failed, which is not the student's fault.
        """
        if self._pipes.has_reply():
            if self._has_ended(0.0):
                raise self._died()
            raise self._bury(Outcome.CRASHED, "it wrote to the grader's channel unasked")
        self._pipes.send(b"".join(request.frame for request in requests))
        began, cpu_before = time.monotonic(), self._meter.cpu_s()
        for request in requests:
            self._forget_output()
            watch = self._watch(began, cpu_s, wall_s, cpu_before)
            reply = self._read_frame(watch)
            told = reply.get("id")
            if type(told) is not int or told != request.id:
                raise self._bury(Outcome.CRASHED, "it answered a question that was not asked")
            # What it computes while the caller looks at this reply belongs to the next call.
            cpu_before = self._meter.cpu_s()
            yield reply, self._account(watch, cpu_before)
            began = time.monotonic()

    def _forget_output(self) -> None:
        """Hold each call to the limit of what may be printed, not all of them together."""
        try:
            self._pipes.begin_anew()
        except FloodError:
            raise self._flooded() from None

    def _watch(self, began: float, cpu_s: float, wall_s: float, cpu_before: float = 0.0) -> Watch:
        return Watch(
            self._meter,
            cpu_before_s=cpu_before,
            cpu_s=cpu_s,
            wall_s=wall_s,
            wall_left_s=self._wall_left_s - self.asked_s,
            memory_mb=self._bounds.memory_mb,
            queued_s=self._meter.queued_s(),
            began=began,
        )

    def _account(self, watch: Watch, cpu_now: float) -> Usage:
        wall_s = time.monotonic() - watch.began
        self.asked_s += max(wall_s - watch.look(), 0.0)
        cpu_s = cpu_now - watch.cpu_before_s
        return Usage(wall_s=wall_s, cpu_s=cpu_s, peak_mb=self._meter.peak_mb())

    def _read_frame(self, watch: Watch) -> dict[str, Any]:
        try:
            return self._pipes.read_frame(watch)
        except ClosedError:
            death = self._died()
        except FloodError:
            death = self._flooded()
        except ExcessError as error:
            excess = error.excess
            watch.look()
            death = self._bury(excess.outcome, excess.message, excess.retry)
        except ProtocolError as error:
            death = self._bury(Outcome.CRASHED, f"it broke the protocol: {error}")
        self.asked_s += max(time.monotonic() - watch.began - watch.in_line_s, 0.0)
        raise death

    # --- its end --------------------------------------------------------------------------

    def _flooded(self) -> Death:
        limit = f"{self.output_limit >> 10} KB"
        return self._bury(Outcome.CRASHED, f"it printed more than {limit}")

    def _bury(self, outcome: Outcome, message: str, retry: bool = False) -> Death:
        self.kill()
        return Death(outcome, message, self.usage, retry)

    def _died(self) -> Death:
        """Return the death of a child that ended by itself, or closed its end of the channel."""
        if not self._has_ended(_LAST_GASP_S):
            return self._bury(Outcome.CRASHED, "it closed the grader's channel")
        try:
            self._pipes.drain()
        except FloodError:
            return self._flooded()
        ending = self._end()
        if ending.code == OUR_FAULT:
            told = self._pipes.last_words or f"exit code {OUR_FAULT}"
            # It is only a claim: see decision 9.
            claim = "our part of the student's process failed, or its code feigns that"
            raise GraderFault(f"{claim} (read it first): {told}")
        memory = ending.signal == signal.SIGKILL and self._origin.may_be_out_of_memory(
            ending.peak_mb, self._bounds.memory_mb
        )
        outcome, message = cause_of(ending, self._bounds.cpu_s, memory)
        self.was_killed = ending.signal == signal.SIGKILL and outcome is Outcome.CRASHED
        return Death(outcome, message, self.usage)

    def _has_ended(self, within_s: float) -> bool:
        if self._pidfd >= 0:
            return self._pipes.has_ended(within_s)
        return is_over(self.pid, within_s)

    def kill(self) -> None:
        """End the child, whatever it is doing, and account for it; further calls do nothing."""
        if self._is_buried:
            return
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd >= 0:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)
        self._end()

    def _end(self) -> Ending:
        self._is_buried = True
        self._pipes.close()
        self._meter.close()
        ending = self._origin.reap(self.pid)
        self.usage = Usage(
            wall_s=time.monotonic() - self._started, cpu_s=ending.cpu_s, peak_mb=ending.peak_mb
        )
        return ending
