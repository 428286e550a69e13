"""Do the walls hold? Each is tried in every child, before one byte of a student's has come."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from grader.sandbox import landlock

if TYPE_CHECKING:
    from grader.sandbox.walls import Walls

_CLOSED = ("files", "processes", "network", "forks", "programs")
_FILTERED = (*_CLOSED, "filter")
_PROMISED = {1: _CLOSED, 2: _FILTERED, 3: (*_FILTERED, "user", "folder")}
"""What each level promises; Landlock is promised where it was to be put up."""


def unproven(walls: Walls, held: Mapping[str, bool]) -> list[str]:
    """Return the walls that were not shown to hold, though the level promises them.

    Parameters
    ----------
    walls
        What was to be put up.
    held
        What ``put_up`` returned.
    """
    promised = [*_PROMISED.get(walls.level, ()), *(["landlock"] if walls.landlock else [])]
    failed = [name for name, is_held in held.items() if is_held is not True]
    return [*failed, *(name for name in promised if name not in held)]


def is_refused_by_landlock() -> bool:
    """Return whether the root folder cannot be listed, by the error that Landlock gives.

    It is tried right behind Landlock: the walls that are put up later would refuse it as well.
    """
    try:
        os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))
    except OSError as error:
        return error.errno == errno.EACCES
    return False


def is_shut_in() -> bool:
    """Return whether the root folder is another one by now; the filter would hide that."""
    return not os.path.exists("/etc")


def trials(walls: Walls) -> Mapping[str, Callable[[], bool]]:
    """Return what the walls together must make fail."""
    tried: dict[str, Callable[[], bool]] = {}
    is_closed = walls.syscall_filter or walls.seatbelt
    if walls.is_locked_in or walls.landlock or is_closed:
        tried["files"] = lambda: _fails(lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)))
    if walls.uid is not None or is_closed or (walls.landlock and landlock.holds_signals()):
        tried["processes"] = lambda: _fails(lambda: os.kill(os.getppid(), 0))
    if walls.uid is not None:
        tried["user"] = lambda: 0 != os.getuid() == walls.uid and _fails(lambda: os.setuid(0))
    if is_closed:
        tried["network"] = _network_fails
        tried["forks"] = _fork_fails
        tried["programs"] = lambda: _fails(lambda: os.execv("/bin/true", ["true"]))
    if walls.syscall_filter:
        tried["filter"] = _is_filtered
    return tried


def _fails(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False


def _is_filtered() -> bool:
    """Return whether the filter refuses what no other wall does: a call, and one by its argument.

    Limits, Landlock and an empty root folder together would stop all the other trials as well.
    """
    return _is_denied(lambda: os.getpriority(os.PRIO_PROCESS, 0)) and _is_denied(
        # Nobody is to be told of anything there; it is a call that anyone may make.
        lambda: fcntl.fcntl(0, fcntl.F_SETOWN, 0)
    )


def _is_denied(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    return False


def _network_fails() -> bool:
    """Return whether a socket cannot be made, or at least not be bound to an address."""

    def bind() -> None:
        with socket.socket() as made:
            made.bind(("127.0.0.1", 0))

    return _fails(bind)


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
