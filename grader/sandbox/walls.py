"""Which walls stand around a student's process, and do they hold?

A child puts them up itself, right after the fork and before it has seen one byte of a student's
work, in an order that matters: the filter comes last, since it forbids what the others need.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import platform
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.sandbox import seccomp

_PDEATHSIG, _GET_DUMPABLE, _DUMPABLE, _SUBREAPER, _NO_NEW_PRIVS = 1, 3, 4, 36, 38
_CAPABILITIES = (5, 6, 7, 18)  # KILL, SETGID, SETUID, SYS_CHROOT
_FIRST_PRIVATE_UID = 1_000_000_000
_SYSTEM_UIDS = 1000
_MEGABYTE = 1 << 20
_STACK = 64 * _MEGABYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What a child is to put between itself and the machine.

    Parameters
    ----------
    level
        3: Linux as root; 2: Linux as an ordinary user; 0: limits and time-outs only.
    uid
        Private user id to become, or None.
    is_locked_in
        Whether the folder where the zygote stands, an empty one, becomes the root folder.
    syscall_filter
        Whether the system call allow-list is installed.
    """

    level: int
    uid: int | None = None
    is_locked_in: bool = False
    syscall_filter: bool = False

    def plain(self) -> dict[str, Any]:
        """Return the fields as a message."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The kernel's limits of one child."""

    cpu_s: int
    memory_mb: int

    def plain(self) -> dict[str, Any]:
        """Return the fields as a message."""
        return asdict(self)


def available_level() -> int:
    """Return the isolation level that this machine offers to this user (3, 2 or 0)."""
    if sys.platform != "linux" or platform.machine() not in seccomp.ARCHITECTURES:
        return 0
    return 3 if _has_powers() and private_uid(0) is not None else 2


def _has_powers() -> bool:
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


def prctl(option: int, argument: int = 0) -> int:
    """Call prctl(2) with one argument.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    answer: int = _libc().prctl(option, argument, 0, 0, 0)
    if answer < 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {argument}) failed")
    return answer


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


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
            raise SystemExit("the parent process is gone")


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent ends (Linux; else nothing)."""
    if sys.platform == "linux":
        prctl(_SUBREAPER, 1)


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
    _limit(bounds)
    if walls.is_locked_in:
        os.chroot(".")
        os.chdir("/")
    if walls.uid is not None:
        os.setgroups([])
        os.setresgid(walls.uid, walls.uid, walls.uid)
        os.setresuid(walls.uid, walls.uid, walls.uid)
    # Changing the user id resets both of these, so they come after it.
    hide_memory()
    die_with_parent(parent)
    if walls.syscall_filter:
        prctl(_NO_NEW_PRIVS, 1)
        seccomp.install(seccomp.program(platform.machine(), os.getpid()), _libc())
    return {name: held() for name, held in _canaries(walls).items()}


def _limit(bounds: Bounds) -> None:
    memory = bounds.memory_mb * _MEGABYTE
    wanted = {
        resource.RLIMIT_CPU: (bounds.cpu_s, bounds.cpu_s + 1),
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_NOFILE: (64, 64),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_STACK: (_STACK, _STACK),
        resource.RLIMIT_NPROC: (0, 0),
    }
    for limit, (soft, hard) in wanted.items():
        ceiling = resource.getrlimit(limit)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(limit, (soft, hard))


def unproven(walls: Walls, held: Mapping[str, bool]) -> list[str]:
    """Return the walls that were not shown to hold, though the level promises them.

    Parameters
    ----------
    walls
        What was to be put up.
    held
        What ``put_up`` returned.
    """
    promised = {2: _FILTERED, 3: (*_FILTERED, "user", "folder")}.get(walls.level, ())
    failed = [name for name, is_held in held.items() if is_held is not True]
    return [*failed, *(name for name in promised if name not in held)]


_FILTERED = ("files", "processes", "network", "forks", "programs")


def _canaries(walls: Walls) -> Mapping[str, Callable[[], bool]]:
    """Return the trials that each wall must make fail."""
    trials: dict[str, Callable[[], bool]] = {}
    if walls.is_locked_in or walls.syscall_filter:
        trials["files"] = lambda: _fails(lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)))
        trials["processes"] = lambda: _fails(lambda: os.kill(os.getppid(), 0))
    if walls.uid is not None:
        trials["user"] = lambda: 0 != os.getuid() == walls.uid and _fails(lambda: os.setuid(0))
    if walls.is_locked_in:
        trials["folder"] = lambda: not os.path.exists("/etc")
    if walls.syscall_filter:
        trials["network"] = lambda: _fails(lambda: socket.socket().close())
        trials["forks"] = _fork_fails
        trials["programs"] = lambda: _fails(lambda: os.execv("/bin/true", ["true"]))
    return trials


def _fails(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False


def _fork_fails() -> bool:
    try:
        pid = os.fork()
    except OSError:
        return True
    if pid == 0:
        os._exit(0)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
    return False
