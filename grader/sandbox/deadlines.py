"""How long may one call still take, and what did it pass when it is over?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from grader.records import Outcome
from grader.sandbox.meters import Meter

_HELD_BACK = 0.1
"""Share of a call's wall time in the line for a processor from which the machine may be why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """A limit that was passed; see ``grader.sandbox.endings.Death``."""

    outcome: Outcome
    message: str
    retry: bool = False


class Watch:
    """Holds one call to its limits.

    Parameters
    ----------
    meter
        Of the process that is called.
    cpu_before_s
        What the process's CPU clock showed when the call before this one was over.
    cpu_s, wall_s
        What this call may use.
    wall_left_s
        What its whole submission may still use; time in the line for a processor is not counted.
    memory_mb
        What the process may hold where the kernel does not see to it.
    queued_s
        What the meter said of waiting when the call was sent.
    began
        When that was, on the monotonic clock.
    """

    def __init__(
        self,
        meter: Meter,
        *,
        cpu_before_s: float,
        cpu_s: float,
        wall_s: float,
        wall_left_s: float,
        memory_mb: float,
        queued_s: float | None,
        began: float,
    ) -> None:
        self._meter = meter
        self.cpu_before_s, self._cpu_s = cpu_before_s, cpu_s
        self._wall_s, self._wall_left_s = wall_s, wall_left_s
        self._memory_mb = memory_mb
        self._queued_s = queued_s
        self.began = began
        self.in_line_s = 0.0
        """For how long it stood in line for a processor, as far as anybody has looked."""

    def pause(self) -> float:
        """Return for how long no limit can possibly be passed, in seconds."""
        cpu_left = self.cpu_before_s + self._cpu_s - self._meter.cpu_s()
        # A little more, so that the next look finds the limit passed.
        soonest = min(self._meter.look_every_s, max(cpu_left, 0.0) + 0.002)
        return max(0.0, min(self._deadline - time.monotonic(), soonest))

    @property
    def _deadline(self) -> float:
        if self._wall_left_s >= self._wall_s:
            return self.began + self._wall_s
        return self.began + min(self._wall_s, self._wall_left_s + self.look())

    def look(self) -> float:
        """Return for how long the process stood in line meanwhile; the last look is remembered.

        Zero where the system does not tell it, or the process is gone.
        """
        now = self._meter.queued_s()
        if now is not None and self._queued_s is not None:
            self.in_line_s = max(self.in_line_s, now - self._queued_s)
        return self.in_line_s

    def excess(self) -> Excess | None:
        """Return the limit that has been passed by now, if any."""
        if self._meter.cpu_s() - self.cpu_before_s >= self._cpu_s:
            told = f"it used more than {self._cpu_s:g} s of CPU time"
            return Excess(outcome=Outcome.TIMED_OUT, message=told)
        if self._is_memory_ours and self._meter.peak_mb() > self._memory_mb:
            told = f"it took more than {self._memory_mb:g} MB of memory"
            return Excess(outcome=Outcome.OUT_OF_MEMORY, message=told)
        if time.monotonic() < self._deadline:
            return None
        if self._wall_left_s < self._wall_s:
            told = "it used up the wall time of its submission"
            return Excess(outcome=Outcome.TIMED_OUT, message=told)
        told = "it used more than its share of wall time"
        return Excess(outcome=Outcome.TIMED_OUT, message=told, retry=self._was_held_back())

    @property
    def _is_memory_ours(self) -> bool:
        """Whether the limit of memory is held by looking, and not by the kernel."""
        return self._meter.look_every_s < 1.0

    def _was_held_back(self) -> bool:
        """Tell whether the process wanted to go on and others had the processors.

        Code that sleeps stands in no line: asking it again would only cost its limit twice.
        """
        now = self._meter.queued_s()
        if now is None or self._queued_s is None:
            return True
        return now - self._queued_s >= _HELD_BACK * self._wall_s
