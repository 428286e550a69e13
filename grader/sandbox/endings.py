"""How did a student's process end, and whose doing was it?

A process that ends by itself leaves a signal or an exit code. The codes from 70 on are the child's
own words for what stopped its loop; what was student code's doing costs the student, and what was
ours does not.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.records import Outcome, Usage

OUR_FAULT, MEMORY_FULL, CHANNEL_CLOSED, TOO_SHALLOW, TAMPERED = range(70, 75)
_EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (MemoryError, MEMORY_FULL),
    (OSError, CHANNEL_CLOSED),
    (RecursionError, TOO_SHALLOW),
)
_TOLD_BY_CODE = {
    MEMORY_FULL: (Outcome.OUT_OF_MEMORY, "it left no memory to answer with"),
    CHANNEL_CLOSED: (Outcome.CRASHED, "it closed the grader's channel"),
    TOO_SHALLOW: (Outcome.CRASHED, "it set a recursion limit too low to answer with"),
    TAMPERED: (Outcome.CRASHED, "it replaced parts of Python that answering takes"),
}


class Death(Exception):  # noqa: N818 - it is no error of ours
    """A child's process is over before it answered.

    Parameters
    ----------
    outcome, message
        What it died of; the message is for the student and continues "your code stopped: …".
    usage
        The kernel's accounting of its whole life.
    retry
        True where a loaded machine may be the cause: the wall clock ran out while the process
        stood in line for a processor.
    """

    def __init__(self, outcome: Outcome, message: str, usage: Usage, retry: bool = False) -> None:
        super().__init__(message)
        self.outcome, self.message, self.usage, self.retry = outcome, message, usage, retry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What the kernel accounted when a child was buried.

    Parameters
    ----------
    signal, code
        One of the two is 0.
    cpu_s
        Of its whole life.
    peak_mb
        Highest resident memory, pages shared with the zygote included.
    """

    signal: int
    code: int
    cpu_s: float
    peak_mb: float

    @staticmethod
    def of(message: Mapping[str, Any]) -> Ending:
        """Return what a zygote told of a child."""
        return Ending(
            signal=message["signal"],
            code=message["code"],
            cpu_s=message["cpu_s"],
            peak_mb=message["peak_kb"] / 1024,
        )


def exit_code(error: BaseException) -> int:
    """Return the code with which a child ends whose loop was broken off by an error."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), OUR_FAULT)


def cause_of(ending: Ending, cpu_limit_s: float, was_for_memory: bool) -> tuple[Outcome, str]:
    """Return what a child died of that nobody killed on our side.

    Parameters
    ----------
    ending
        What the kernel told; its code is not ``OUR_FAULT``.
    cpu_limit_s
        CPU seconds after which the kernel ends it.
    was_for_memory
        Whether the system may have killed it for the memory that it took.
    """
    number = ending.signal
    if number == signal.SIGXCPU or (number == signal.SIGKILL and ending.cpu_s >= cpu_limit_s):
        return Outcome.TIMED_OUT, "it used up the CPU time of its submission"
    if number == signal.SIGKILL and was_for_memory:
        return Outcome.OUT_OF_MEMORY, "the system killed it for its memory"
    if number:
        return Outcome.CRASHED, f"it crashed with signal {number} ({signal_name(number)})"
    told = Outcome.CRASHED, f"it ended itself with exit code {ending.code}"
    return _TOLD_BY_CODE.get(ending.code, told)


def signal_name(number: int) -> str:
    """Return a signal's name; those between the first and last real-time one have none."""
    known = {named.value: named.name for named in signal.Signals}
    return known.get(number, "a real-time signal")
