"""What ends a run before its end, although nobody wanted that? A full disk, a cluster that is gone.

It ends as by Ctrl-C then: what has been graded stays, and ``--resume`` goes on. To grade the rest
would be in vain.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from grader.errors import DISK_FULL

_FORBIDDEN = frozenset({errno.EROFS, errno.EACCES})


class CutShortError(Exception):
    """A run that cannot go on.

    Parameters
    ----------
    why
        What has happened, as the beginning of a sentence.
    once
        What must be so before the run goes on, "" where nothing is known.
    """

    def __init__(self, why: str, once: str = "") -> None:
        super().__init__(why, once)
        self.why, self.once = why, once


class NoRoomError(OSError):
    """A file of a run finds no room on the disk, or may not be written; so will the next one."""

    @property
    def cut_short(self) -> CutShortError:
        """How a run ends that keeps its results there."""
        told = f"{self.filename}: cannot be written ({self.strerror})"
        return CutShortError(told, once_writable(self))


def once_writable(error: OSError) -> str:
    """Return what must be so before the same can be written, "" where nobody can tell.

    >>> once_writable(OSError(errno.ENOSPC, ""))
    'once there is room'
    >>> once_writable(OSError(errno.EISDIR, ""))
    ''
    """
    if error.errno in DISK_FULL:
        return "once there is room"
    return "once it may be written into" if error.errno in _FORBIDDEN else ""


@contextlib.contextmanager
def no_room_named(path: Path) -> Iterator[None]:
    """Tell an error that everybody's results would meet from all others, by the name of a file.

    Raises
    ------
    NoRoomError
        If within it something cannot be written for lack of room or of rights.
    """
    try:
        yield
    except OSError as error:
        if once_writable(error):
            raise NoRoomError(error.errno, error.strerror, str(path)) from None
        raise
