"""Which walls stand around a student's process?

A child puts them up itself, right after the fork and before it has seen one byte of a student's
work, in an order that matters: the filter comes last, since it forbids what the others need.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from grader.sandbox import canaries, landlock, seatbelt, seccomp
from grader.sandbox.process import die_with_parent, hide_memory, libc, renounce_privileges

_MEGABYTE = 1 << 20
_STACK = 64 * _MEGABYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What a child is to put between itself and the machine.

    Parameters
    ----------
    level
        3: Linux as root; 2: Linux as an ordinary user; 1: macOS; 0: limits and time-outs only.
    uid
        Private user id to become, or None.
    is_locked_in
        Whether the folder where the zygote stands becomes the root folder.
    landlock
        Whether Landlock refuses all files but those where the zygote stands.
    seatbelt
        The same on macOS, and all else that is not computing.
    syscall_filter
        Whether the system call allow-list is installed.
    readable
        Names of the files where the zygote stands that student code may read. Without any, no
        system call that opens or looks for a file gets through the filter.
    """

    level: int
    uid: int | None = None
    is_locked_in: bool = False
    landlock: bool = False
    seatbelt: bool = False
    syscall_filter: bool = False
    readable: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the fields as a message."""
        return asdict(self)

    @staticmethod
    def of(message: Mapping[str, Any]) -> Walls:
        """Return the walls that ``plain`` told."""
        return Walls(**{**message, "readable": tuple(message["readable"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The kernel's limits of one child."""

    cpu_s: int
    memory_mb: int

    def plain(self) -> dict[str, Any]:
        """Return the fields as a message."""
        return asdict(self)


def put_up(walls: Walls, bounds: Bounds, parent: int) -> dict[str, bool]:
    """Put up the walls around this process, for good, and try them.

    Parameters
    ----------
    walls, bounds
        What is to stand.
    parent
        Process id of the zygote, with which this process dies.

    Returns
    -------
    dict
        Name of each canary -> whether its wall held.

    Raises
    ------
    OSError
        If a wall cannot be put up; the caller must end the process then.
    """
    held: dict[str, bool] = {}
    _limit(bounds)
    if walls.landlock:
        renounce_privileges()
        landlock.restrict(may_read_here=bool(walls.readable))
        held["landlock"] = canaries.is_refused_by_landlock()
    if walls.is_locked_in:
        os.chroot(".")
        os.chdir("/")
        held["folder"] = canaries.is_shut_in()
    if walls.uid is not None:
        os.setgroups([])
        os.setresgid(walls.uid, walls.uid, walls.uid)
        os.setresuid(walls.uid, walls.uid, walls.uid)
    # Changing the user id resets both of these, so they come after it.
    hide_memory()
    die_with_parent(parent)
    if walls.seatbelt:
        seatbelt.install(os.getcwd() if walls.readable else None)
    if walls.syscall_filter:
        renounce_privileges()
        allowed = seccomp.program(platform.machine(), os.getpid(), bool(walls.readable))
        seccomp.install(allowed, libc())
    return {**held, **{name: holds() for name, holds in canaries.trials(walls).items()}}


def _limit(bounds: Bounds) -> None:
    memory = bounds.memory_mb * _MEGABYTE
    wanted = {
        resource.RLIMIT_CPU: (bounds.cpu_s, bounds.cpu_s + 1),
        resource.RLIMIT_NOFILE: (64, 64),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_STACK: (_STACK, _STACK),
        resource.RLIMIT_NPROC: (0, 0),
    }
    if sys.platform == "linux":
        # macOS refuses it; there the grader looks at the memory.
        wanted[resource.RLIMIT_AS] = (memory, memory)
    for limit, (soft, hard) in wanted.items():
        ceiling = resource.getrlimit(limit)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(limit, (soft, hard))
