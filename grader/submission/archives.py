"""Which files does an archive hold, as a folder would: plain names, capped, nothing on disk?"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from grader.submission.formats import (
    LINK,
    MOST_RATIO,
    Allowance,
    ArchiveError,
    Member,
    members,
)
from grader.submission.opening import opened_below

MOST_ARCHIVE = 1 << 30
MOST_DEPTH = 12
MOST_NESTED = 3
"""Archives in one another, the outermost among them: all students', a student's, one in that."""
MOST_INNER = 128 << 20
"""Bytes of an archive that lies in another one: it is read into memory."""
_MOST_RATIO, _ALWAYS_ALLOWED = 10, 16 << 20
"""How many times the bytes that it takes an inner archive may have, beyond the first megabytes."""
MOST_UNPACKED = 256 << 20
"""Bytes that all inner tar files of one owner may unpack to; of all owners, eight times that."""
MOST_INNER_MEMBERS = 50_000
"""Files in all inner archives of one owner; of all owners, ten times as many."""
_MOST_GROWTH = 4
"""How many times the outermost archive's size all inner ones may have together."""
_MOST_TOLD = 2000
_MOST_NAME = 1000
_DRIVE = re.compile(r"[A-Za-z]:")

TOO_LARGE = "an archive too large to be opened in another one; unpack it and grade again"

Place = tuple[str, ...]
"""Where a file lies: its path, or the path of an archive and then its path in there, and so on."""
Take = Callable[[Place], int]
Opens = Callable[[Place], bool]


@dataclass(slots=True, kw_only=True)
class Unpacked:
    """What was found in an archive, and in those that lie in it as far as they were opened.

    Parameters
    ----------
    files
        Place in the archive -> bytes, as many as were asked for. The names have forward slashes,
        and none leads out of the archive.
    modified
        Place -> when the file was changed, in seconds; 0 where nobody knows.
    opened
        Places of the inner archives that were opened.
    refused
        Place -> why it is not read: a link, a device, a name that leads out of the archive.
    notes
        Place -> what is odd about it: a name that the archive holds twice.
    failure
        Why the archive was not read to its end, or nothing.
    """

    files: dict[Place, bytes] = field(default_factory=dict)
    modified: dict[Place, int] = field(default_factory=dict)
    opened: set[Place] = field(default_factory=set)
    refused: dict[Place, str] = field(default_factory=dict)
    notes: dict[Place, str] = field(default_factory=dict)
    failure: str = ""


class _TooLargeError(ArchiveError):
    """All files together are larger than was asked for: nothing more is read anywhere."""


def unpack(
    path: str,
    is_noise: Callable[[str], bool],
    take: Take = lambda place: 0,
    most: int = 0,
    opens: Opens = lambda place: False,
    base: str | os.PathLike[str] = "",
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
    opens
        Whether what lies there is an archive to be opened as well.
    base
        Folder that the path is relative to: below it no link is followed, to whatever it leads.
    """
    unpacking = _Unpacking(is_noise=is_noise, take=take, most=most, opens=opens)
    found = unpacking.found
    try:
        with _opened(base, path) as stream:
            size = os.fstat(stream.fileno()).st_size
            unpacking.left = 2 * MOST_INNER + _MOST_GROWTH * size
            unpacking.unpacked.left += MOST_RATIO * size
            unpacking.read(stream, path, ())
    except ArchiveError as error:
        found.failure = str(error)
    except OSError as error:
        is_link = error.errno == errno.ELOOP
        found.failure = LINK if is_link else f"cannot be read ({error.strerror})"
    return found


def _opened(base: str | os.PathLike[str], path: str) -> BinaryIO:
    """Open an archive, unless it is none of the things that an archive may be."""
    folder, name = (base, path) if base else os.path.split(path)
    descriptor = opened_below(folder, name)
    status = os.fstat(descriptor)
    is_file = stat.S_ISREG(status.st_mode)
    if not is_file or status.st_size > MOST_ARCHIVE:
        os.close(descriptor)
        too_large = f"larger than {MOST_ARCHIVE >> 20} MB"
        raise ArchiveError(too_large if is_file else "not a regular file")
    return os.fdopen(descriptor, "rb")


@dataclass(slots=True, kw_only=True)
class _Unpacking:
    """One reading of an archive: what is wanted of it, and what has come of that so far."""

    is_noise: Callable[[str], bool]
    take: Take
    most: int
    opens: Opens
    found: Unpacked = field(default_factory=Unpacked)
    size: int = 0
    left: int = 2 * MOST_INNER
    """Bytes of inner archives that may still be read."""
    unpacked: Allowance = field(default_factory=lambda: Allowance(8 * MOST_UNPACKED))
    """Bytes that inner tar files may still unpack to."""
    _inner: Counter[str] = field(default_factory=Counter)
    """Bytes of inner archives, by whose they are: nobody may use up what others need."""
    _members: Counter[str] = field(default_factory=Counter)
    """Files in inner archives, by the same."""
    _allowances: dict[str, Allowance] = field(default_factory=dict)

    def read(self, stream: BinaryIO, name: str, holder: Place) -> None:
        """Keep what an archive holds; ``holder`` is its own place, empty for the outermost."""
        if not holder:
            for member in members(stream, name):
                self._keep(member, holder)
            return
        owner = _owner(holder)
        own = self._allowances.setdefault(owner, Allowance(MOST_UNPACKED))
        for member in members(stream, name, (own, self.unpacked)):
            self._members[owner] += 1
            is_much = self._members.total() > 10 * MOST_INNER_MEMBERS
            if is_much or self._members[owner] > MOST_INNER_MEMBERS:
                raise ArchiveError("the archives in one another hold too many files in all")
            self._keep(member, holder)

    def _keep(self, member: Member, holder: Place) -> None:
        """Keep one member, or why it is left out."""
        name, refusal = plain_name(member.name)
        if not refusal and any(map(self.is_noise, name.split("/"))):
            return
        place = (*holder, name)
        try:
            if refusal or member.refusal:
                raise ArchiveError(refusal or member.refusal)
            if len(place) < MOST_NESTED and self.opens(place):
                self._open(member, place)
                return
            data = member.read(self.take(place))
        except _TooLargeError:
            raise
        except ArchiveError as error:
            if len(self.found.refused) < _MOST_TOLD:
                self.found.refused[place] = str(error)
            return
        if place in self.found.files and len(self.found.notes) < _MOST_TOLD:
            self.found.notes[place] = "twice in the archive, the last was taken"
        self.found.files[place] = data
        self.found.modified[place] = member.modified
        self._count(len(data))

    def _count(self, size: int) -> None:
        self.size += size
        if self.size > self.most:
            raise _TooLargeError(f"its files are larger than {self.most >> 20} MB in all")

    def _open(self, member: Member, place: Place) -> None:
        """Read an archive that lies in this one, and what it holds."""
        owner = _owner(place)
        allowed = min(MOST_INNER, _ALWAYS_ALLOWED + _MOST_RATIO * max(0, member.packed))
        allowed = min(allowed, self.left, 2 * MOST_INNER - self._inner[owner])
        data = member.read(allowed + 1)
        self._inner[owner] += len(data)
        self.left -= len(data)
        if len(data) > allowed:
            raise ArchiveError(TOO_LARGE)
        self.found.opened.add(place)
        self.read(io.BytesIO(data), place[-1], place)


def _owner(place: Place) -> str:
    """Return whose an archive in an archive is, by the folders that it lies in."""
    return "/".join(place[0].split("/")[:2])


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
