"""Who may write into a run's folder? One command at a time: two would clear away each other's work.

The lock lies on the folder itself, so nothing is left in it, and it ends with the process however
that ends. Where a file system knows no locks, as some shared ones do, nobody is refused.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError

if sys.platform != "win32":
    import fcntl

_PATIENCE_S, _PAUSE_S = 2.0, 0.05
"""How long a folder may stay taken: the workers of a command that was killed end a little later."""
_REFUSED = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
_held: dict[tuple[int, int], int] = {}
"""Device and inode of the folders that this process has taken -> descriptor."""


@contextlib.contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Have a run's folder for this command alone; within itself this may be nested.

    Raises
    ------
    UsageError
        If another command is writing into it, or it cannot be read.
    OSError
        If there is no such folder.
    """
    told = folder.stat()
    name = (told.st_dev, told.st_ino)
    if sys.platform == "win32" or name in _held:
        yield
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read ({error.strerror})") from None
    try:
        _take(descriptor, folder)
    except BaseException:
        os.close(descriptor)
        raise
    _held[name] = descriptor
    try:
        yield
    finally:
        # A forked process that comes by here has closed it already.
        if _held.pop(name, None) is not None:
            os.close(descriptor)


def leave_to_parent() -> None:
    """Let go of all folders in a forked process: they are free as soon as its parent has ended."""
    while _held:
        _, descriptor = _held.popitem()
        os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    ends = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _REFUSED:
                return
            if time.monotonic() > ends:
                told = "another grader is writing into it; wait for it, or choose another folder"
                raise UsageError(f"{folder}: {told}") from None
            time.sleep(_PAUSE_S)
        else:
            return
