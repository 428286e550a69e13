"""Which isolation can this machine give, and what stands at each level?"""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.errors import IsolationError
from grader.sandbox import landlock, seatbelt, seccomp
from grader.sandbox.walls import Walls

NAMES = {
    3: "Linux as root: private user, empty root folder, system call filter, limits",
    2: "Linux as an ordinary user: system call filter, limits, unreadable memory",
    1: "macOS: Seatbelt profile, time limits, watched memory (never tested on a Mac)",
    0: "none: a separate process with time limits only",
}
SAFE_LEVEL = 2
"""Below this nobody's code but one's own is run without being told to."""
_CAPABILITIES = (5, 6, 7, 18)  # KILL, SETGID, SETUID, SYS_CHROOT
_FIRST_PRIVATE_UID = 1_000_000_000
_SYSTEM_UIDS = 1000


def available_level() -> int:
    """Return the isolation level that this machine offers to this user (3, 2, 1 or 0)."""
    if sys.platform != "linux" or platform.machine() not in seccomp.ARCHITECTURES:
        return 1 if seatbelt.is_there() else 0
    return 3 if has_powers() and private_uid(0) is not None else 2


def describe(level: int) -> str:
    """Return a level in words, with what this kernel adds to it or lacks."""
    if level < 2:
        return NAMES[level]
    interface = landlock.version()
    extra = f"Landlock {interface}" if interface else "no Landlock in this kernel"
    return f"{NAMES[level]}; {extra}"


def walls_of(level: int, number: int, readable: Sequence[str] = ()) -> Walls:
    """Return what is to stand around a child at a level.

    Parameters
    ----------
    level
        As ``available_level`` tells, or less.
    number
        Process id of the grader, which tells its private user from those of others.
    readable
        Names of files that student code may read.

    Raises
    ------
    IsolationError
        If files are to be readable and nothing keeps the others closed.
    """
    has_landlock = level >= 2 and landlock.version() > 0
    if readable and level == 2 and not has_landlock:
        raise IsolationError(
            "this homework lets student code read files, and this kernel has no Landlock, which "
            "keeps all others closed to it at level 2: run as root, or on a kernel with Landlock"
        )
    return Walls(
        level=level,
        uid=private_uid(number) if level == 3 else None,
        is_locked_in=level == 3,
        landlock=has_landlock,
        seatbelt=level == 1,
        syscall_filter=level >= 2,
        readable=tuple(readable),
    )


def has_powers() -> bool:
    """Tell whether this process may change users and folders: in a container, root may not."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    effective = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    held = int(effective.split()[1], 16)
    return all(held >> capability & 1 for capability in _CAPABILITIES)


def private_uid(number: int) -> int | None:
    """Return a user id that nobody has, or None where there is none to be had.

    Parameters
    ----------
    number
        What tells this id from others in use at the same time: a process id.

    Notes
    -----
    A container without real root knows few ids; there, one from the middle of them is taken.
    """
    ranges = [
        (int(first), int(count))
        for first, _, count in map(str.split, Path("/proc/self/uid_map").read_text().splitlines())
    ]
    wanted = _FIRST_PRIVATE_UID + number
    if any(first <= wanted < first + count for first, count in ranges):
        return wanted
    first, count = max(ranges, key=lambda known: known[1])
    third = count // 3
    return first + third + number % third if third > _SYSTEM_UIDS else None
