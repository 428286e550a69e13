"""What lies in a zip or tar.gz file, member by member, without trusting a length that it tells?

Nothing is ever extracted to disk. Every read of the archive's own bytes is capped, so that a header
cannot make a library take memory that it merely claims; what a member holds is counted as it comes.
"""

from __future__ import annotations

import calendar
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, BinaryIO

from grader.submission.tar_entries import DamagedTarError, Entry, Source, Unzipped, entries, is_gzip

ZIP = (".zip",)
TAR = (".tar.gz", ".tgz", ".tar")
LINK = "a link, not followed"
MOST_MEMBERS = 50_000
MOST_EXPANDED = 256 << 20
"""Bytes that a tar file may unpack to: skipping a member there means unpacking it."""
MOST_RATIO = 50
"""How many times its own size a tar file may unpack to, beyond the first megabytes."""
_ALWAYS_ALLOWED = 32 << 20
_MOST_AT_ONCE = 8 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _IS_UTF8 = 0x1, 0x800
_NO_YEAR = 1980
_LAST_SECOND = 1 << 40
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,  # RecursionError among them
    IndexError,
    OverflowError,
    MemoryError,
)
"""What the libraries raise over an archive that is damaged, or made to do harm."""


class ArchiveError(Exception):
    """An archive that cannot or may not be read on; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One entry of an archive.

    Parameters
    ----------
    name
        As the archive has it: nothing that may become a path.
    refusal
        Why it is not read, or nothing.
    read
        Gives at most so many of its bytes. In a tar file only before the next member is asked for.
    packed
        Bytes that it says it takes in the archive: a hint, never believed.
    modified
        When it was changed, in seconds; 0 where the archive does not tell.
    """

    name: str
    refusal: str
    read: Callable[[int], bytes]
    packed: int = 0
    modified: int = 0


class _Capped:
    """A file of which no single read takes much memory.

    A read without a count is one of the last bytes, or of a whole comment: kilobytes.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, count: int = -1) -> bytes:
        if count > _MOST_AT_ONCE:
            raise ArchiveError("its table of contents is too large")
        return self._stream.read(_MOST_AT_ONCE if count < 0 else count)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True


@dataclass(slots=True)
class Allowance:
    """How many bytes several tar files may still unpack to, all together."""

    left: int


class _Counted:
    """What gives no more bytes than it may, all reads together."""

    def __init__(self, source: Source, most: int, shared: Sequence[Allowance]) -> None:
        self._source, self._most, self._given, self._shared = source, most, 0, shared

    def read(self, count: int, /) -> bytes:
        data = self._source.read(count)
        self._given += len(data)
        if self._given > self._most:
            raise ArchiveError(f"it unpacks to more than {self._most >> 20} MB")
        for allowance in self._shared:
            allowance.left -= len(data)
            if allowance.left < 0:
                raise ArchiveError("the archives in one another unpack to too much in all")
        return data


def is_readable(name: str) -> bool:
    """Return whether an archive of this name is one that can be opened."""
    return name.casefold().endswith((*ZIP, *TAR))


def members(stream: BinaryIO, name: str, shared: Sequence[Allowance] = ()) -> Iterator[Member]:
    """Yield what an archive holds, folders left out.

    Parameters
    ----------
    stream
        The archive, opened once and seekable.
    name
        Its file name, which tells its kind.
    shared
        What it may unpack to together with others.

    Raises
    ------
    ArchiveError
        If it is damaged, or holds or unpacks to too much. What was yielded before stands.
    """
    is_zip = name.casefold().endswith(ZIP)
    found = _zip_members(stream) if is_zip else _tar_members(stream, shared)
    try:
        for number, member in enumerate(found):
            if number >= MOST_MEMBERS:
                raise ArchiveError(f"it holds more than {MOST_MEMBERS} files")
            yield member
    except DamagedTarError as error:
        raise ArchiveError(f"not a readable archive ({error})") from None
    except BROKEN as error:
        raise ArchiveError(f"not a readable archive ({type(error).__name__})") from None


def _zip_members(stream: BinaryIO) -> Iterator[Member]:
    # The table of contents is read at once, so the cap on a single read is the cap on it.
    with zipfile.ZipFile(_Capped(stream)) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield Member(
                    name=_zip_name(info),
                    refusal=_zip_refusal(info),
                    read=_reader(partial(archive.open, info)),
                    packed=info.compress_size,
                    modified=_zip_time(info),
                )


def _reader(opened: Callable[[], IO[bytes]]) -> Callable[[int], bytes]:
    """Return a reader of one member's bytes."""

    def read(most: int) -> bytes:
        return _at_most(opened(), most) if most > 0 else b""

    return _unharmed(read)


def _unharmed(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Return a reader that raises an error of ours where the bytes are damaged."""

    def unharmed(most: int) -> bytes:
        try:
            return read(most)
        except DamagedTarError as error:
            raise ArchiveError(f"damaged ({error})") from None
        except BROKEN as error:
            raise ArchiveError(f"damaged ({type(error).__name__})") from None

    return unharmed


def _at_most(stream: IO[bytes], most: int) -> bytes:
    """Read so many bytes or fewer, in pieces: no length that is told is allocated."""
    blocks = []
    while most > 0 and (block := stream.read(min(most, 1 << 16))):
        blocks.append(block)
        most -= len(block)
    return b"".join(blocks)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; without the flag of UTF-8 it may be that all the same."""
    name = info.orig_filename
    if info.flag_bits & _IS_UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _zip_time(info: zipfile.ZipInfo) -> int:
    """Return an entry's time; the format's first moment stands for none."""
    try:
        seconds = calendar.timegm((*info.date_time, 0, 0, 0))
    except ValueError:
        return 0
    return seconds if info.date_time[0] > _NO_YEAR else 0


def _tar_time(info: Entry) -> int:
    return info.mtime if 0 < info.mtime < _LAST_SECOND else 0


def _zip_refusal(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return LINK
    if kind not in (0, stat.S_IFREG):
        return "not a regular file"
    if info.flag_bits & _ENCRYPTED:
        return "protected by a password"
    if info.compress_type not in _METHODS:
        return "compressed in a way that is not read"
    return ""


def _tar_members(stream: BinaryIO, shared: Sequence[Allowance]) -> Iterator[Member]:
    size = stream.seek(0, 2)
    stream.seek(0)
    most = min(MOST_EXPANDED, max(_ALWAYS_ALLOWED, MOST_RATIO * size))
    is_zipped = is_gzip(stream.read(2))
    stream.seek(0)
    plain: Source = Unzipped(stream, MOST_MEMBERS) if is_zipped else stream
    # Read as a stream, from front to back: the place of a member is never believed.
    for number, info in enumerate(entries(_Counted(plain, most, shared))):
        if number >= 2 * MOST_MEMBERS:
            raise ArchiveError(f"it holds more than {2 * MOST_MEMBERS} headers")
        if info.is_listed:
            yield Member(
                name=info.name,
                refusal=_tar_refusal(info),
                read=_unharmed(info.read),
                packed=info.size,
                modified=_tar_time(info),
            )


def _tar_refusal(info: Entry) -> str:
    if info.is_link:
        return LINK
    return "" if info.is_file else "not a regular file"
