"""What a process does to itself so that others of its user can neither read nor outlive it."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import sys

_PDEATHSIG, _DUMPABLE, _SUBREAPER, _NO_NEW_PRIVS = 1, 4, 36, 38


@functools.cache
def libc() -> ctypes.CDLL:
    """Return the C library, with errno kept."""
    return ctypes.CDLL(None, use_errno=True)


def prctl(option: int, argument: int = 0) -> int:
    """Call prctl(2) with one argument.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    answer: int = libc().prctl(option, argument, 0, 0, 0)
    if answer < 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {argument}) failed")
    return answer


def hide_memory() -> None:
    """Make this process's memory unreadable to others of the same user (Linux; else nothing).

    Without it, code of the same user can read expected answers out of ``/proc/<pid>/mem``.
    """
    if sys.platform == "linux":
        prctl(_DUMPABLE, 0)


def die_with_parent(parent: int) -> None:
    """Have this process killed when the thread that made it ends (Linux; else nothing).

    Raises
    ------
    SystemExit
        If the parent, named by its process id, is gone already.
    """
    if sys.platform == "linux":
        prctl(_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            # Without a word: nobody waits for this process, and that it ends is no fault.
            raise SystemExit(1)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent ends (Linux; else nothing)."""
    if sys.platform == "linux":
        prctl(_SUBREAPER, 1)


def renounce_privileges() -> None:
    """Never gain privileges by starting a program; filters and Landlock demand it (Linux)."""
    prctl(_NO_NEW_PRIVS, 1)
