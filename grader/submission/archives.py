"""Which files does an archive hold, as a folder would: plain names, capped, nothing on disk?"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from grader.submission.formats import LINK, ArchiveError, Member, members

MOST_ARCHIVE = 1 << 30
MOST_DEPTH = 12
_MOST_TOLD = 2000
_MOST_NAME = 1000
_DRIVE = re.compile(r"[A-Za-z]:")

Take = Callable[[str], int]


@dataclass(slots=True, kw_only=True)
class Unpacked:
    """What was found in an archive.

    Parameters
    ----------
    files
        Name -> bytes, as many as were asked for. The names have forward slashes, and none leads
        out of the archive.
    refused
        Name -> why it is not read: a link, a device, a name that leads out of the archive.
    notes
        Names that the archive holds twice.
    failure
        Why the archive was not read to its end, or nothing.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failure: str = ""


def unpack(
    path: str,
    is_noise: Callable[[str], bool],
    take: Take = lambda name: 0,
    most: int = 0,
) -> Unpacked:
    """Return what an archive holds; whatever is wrong with it is told, never raised.

    Parameters
    ----------
    path
        The archive, which is opened once.
    is_noise
        Tells parts of names that are no student's work.
    take
        How many bytes of a file are wanted at most; 0 where its name is enough.
    most
        Bytes of all files together; beyond them nothing is read.
    """
    found = Unpacked()
    size = 0
    try:
        with _opened(path) as stream:
            for member in members(stream, path):
                size += _keep(found, member, is_noise, take)
                if size > most:
                    raise ArchiveError(f"its files are larger than {most >> 20} MB in all")
    except ArchiveError as error:
        found.failure = str(error)
    except OSError as error:
        is_link = error.errno == errno.ELOOP
        found.failure = LINK if is_link else f"cannot be read ({error.strerror})"
    return found


def _opened(path: str) -> BinaryIO:
    """Open an archive, unless it is none of the things that an archive may be."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    is_file = stat.S_ISREG(status.st_mode)
    if not is_file or status.st_size > MOST_ARCHIVE:
        os.close(descriptor)
        too_large = f"larger than {MOST_ARCHIVE >> 20} MB"
        raise ArchiveError(too_large if is_file else "not a regular file")
    return os.fdopen(descriptor, "rb")


def _keep(found: Unpacked, member: Member, is_noise: Callable[[str], bool], take: Take) -> int:
    """Keep one member, or why it is left out; return how many bytes of it were read."""
    name, refusal = plain_name(member.name)
    if not refusal and any(map(is_noise, name.split("/"))):
        return 0
    try:
        if refusal or member.refusal:
            raise ArchiveError(refusal or member.refusal)
        data = member.read(take(name))
    except ArchiveError as error:
        if len(found.refused) < _MOST_TOLD:
            found.refused[name] = str(error)
        return 0
    if name in found.files and len(found.notes) < _MOST_TOLD:
        found.notes.append(f"{name}: twice in the archive, the last was taken")
    found.files[name] = data
    return len(data)


def plain_name(name: str) -> tuple[str, str]:
    """Return a member's name as a path inside the archive, and why it may be none.

    >>> plain_name(r"hw\\net.py"), plain_name("./a//b.py")
    (('hw/net.py', ''), ('a/b.py', ''))
    >>> plain_name("../../etc/passwd")
    ('../../etc/passwd', 'its name leads out of the archive')
    """
    text = name.encode("utf-8", "backslashreplace").decode("utf-8").replace("\\", "/")
    shown = text[:_MOST_NAME]
    parts = text.split("/")
    if text.startswith("/") or _DRIVE.match(text) or ".." in parts or "\0" in text:
        return shown, "its name leads out of the archive"
    inner = [part for part in parts if part not in ("", ".")]
    if len(inner) > MOST_DEPTH + 1:
        return shown, "nested too deeply"
    if not inner or len(text) > _MOST_NAME:
        return shown, "its name is none that a file can have"
    return "/".join(inner), ""
