"""Which entries does a tar file have, read from front to back, each header within bounds?

Read here and not by ``tarfile``: that reads a header of any length at once, matches it with
patterns that take the square of it, and copies what holds for all files into each. What a
homework's archive never needs (sparse files, headers for all files) is walked over.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

MOST_HEADER = 64 << 10
"""Bytes of a header that tells of the next file: its long name, its time."""
_MOST_RECORDS = 100
_BLOCK = 512
_PIECE = 1 << 16
_GZIP = b"\x1f\x8b"
_CHECKSUM = slice(148, 156)
_MAGIC, _PREFIX = slice(257, 263), slice(345, 500)
_IS_EXTENDED, _IS_EXTENDED_FURTHER = 482, 504
_OLD_FILE, _SPARSE, _LINKS, _FOLDER = b"\0", b"S", (b"1", b"2"), b"5"
_LONG_NAME, _LONG_LINK, _FOR_ALL, _FOR_NEXT = b"L", b"K", b"g", (b"x", b"X")
_FILES = (b"0", _OLD_FILE, b"7")
_WITHOUT_DATA = (*_LINKS, b"3", b"4", _FOLDER, b"6")


class DamagedTarError(ValueError):
    """What is read is no tar file, or not one that is read to its end."""


class Source(Protocol):
    """What an archive's bytes come from, from front to back."""

    def read(self, count: int, /) -> bytes:
        """Return the next bytes, so many or fewer; none at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One header of a tar file.

    Parameters
    ----------
    name
        As the archive has it.
    kind
        What it is, by the format's own letter; of an entry that only tells of the next one, too.
    size
        Bytes that it says it has: counted as they come.
    mtime
        Seconds, as told.
    is_sparse
        Whether its bytes are not those of the file.
    read
        Gives at most so many of its bytes, before the next entry is asked for.
    """

    name: str
    kind: bytes
    size: int
    mtime: int
    is_sparse: bool
    read: Callable[[int], bytes]

    @property
    def is_file(self) -> bool:
        """Whether it is a file as any other."""
        return self.kind in _FILES and not self.is_sparse

    @property
    def is_link(self) -> bool:
        """Whether it stands for another file, in either way."""
        return self.kind in _LINKS

    @property
    def is_listed(self) -> bool:
        """Whether a file is told of, whatever it is: no folder, and no header for the next one."""
        return self.kind not in (_FOLDER, _LONG_NAME, _LONG_LINK, _FOR_ALL, *_FOR_NEXT)


class _Data:
    """What is left of one entry's bytes, padding included."""

    def __init__(self, source: Source, size: int) -> None:
        self._source, self._left, self._padding = source, size, -size % _BLOCK

    def read(self, most: int) -> bytes:
        pieces = []
        while (wanted := min(most, self._left, _PIECE)) > 0:
            piece = self._source.read(wanted)
            if not piece:
                raise DamagedTarError("it is cut off")
            self._left -= len(piece)
            most -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def skip(self) -> None:
        self._left += self._padding
        self._padding = 0
        while self.read(_PIECE):
            continue


def entries(source: Source) -> Iterator[Entry]:
    """Yield every header of a tar file, those among them that only tell of the next entry.

    Raises
    ------
    DamagedTarError
        If it is none, is cut off, or has a header that is larger than any file needs.
    """
    told: dict[str, str] = {}
    is_first = True
    while (block := _block(source)).strip(b"\0"):
        entry, data = _entry(source, block, told)
        is_first = False
        if entry.kind == _LONG_NAME:
            told["path"] = _text(_header(entry))
        elif entry.kind in _FOR_NEXT:
            told |= _records(_header(entry))
        elif entry.kind not in (_LONG_LINK, _FOR_ALL):
            told = {}
        yield entry
        if entry.kind == _SPARSE:
            yield from _maps(source, entry, block)
        data.skip()
    if told or (is_first and not block):
        raise DamagedTarError("it is cut off")
    # To the very end: what is packed tells only there whether it is whole.
    while source.read(_PIECE):
        continue


def _block(source: Source) -> bytes:
    block = b""
    while len(block) < _BLOCK and (piece := source.read(_BLOCK - len(block))):
        block += piece
    if block and len(block) < _BLOCK:
        raise DamagedTarError("it is cut off")
    return block


def _entry(source: Source, block: bytes, told: dict[str, str]) -> tuple[Entry, _Data]:
    """Return what a header tells, with what an earlier one has told of it."""
    if _number(block[_CHECKSUM]) not in _sums(block):
        raise DamagedTarError("a header's sum is wrong")
    name, kind = _until_nul(block[:100]), block[156:157]
    if block[_MAGIC] == b"ustar\0" and (prefix := _until_nul(block[_PREFIX])):
        name = f"{prefix}/{name}"
    is_told = kind not in (_LONG_NAME, _LONG_LINK, _FOR_ALL, *_FOR_NEXT)
    name = (is_told and told.get("path")) or name
    if kind == _OLD_FILE and name.endswith("/"):
        kind = _FOLDER
    size = _number(block[124:136])
    if is_told and "size" in told:
        size = _decimal(told["size"])
    size = 0 if kind in _WITHOUT_DATA else size
    if size < 0:
        raise DamagedTarError("a size is below zero")
    data = _Data(source, size)
    entry = Entry(
        name=name,
        kind=kind,
        size=size,
        mtime=_number(block[136:148]),
        is_sparse=kind == _SPARSE or any(key.startswith("GNU.sparse.") for key in told),
        read=data.read,
    )
    return entry, data


def _sums(block: bytes) -> Iterator[int]:
    """Yield what a header may add up to; some old programs have added up signed bytes."""
    unsigned = sum(block) - sum(block[_CHECKSUM]) + 8 * ord(" ")
    yield unsigned
    rest = block[: _CHECKSUM.start] + block[_CHECKSUM.stop :]
    yield unsigned - 256 * sum(byte > 127 for byte in rest)


def _maps(source: Source, entry: Entry, block: bytes) -> Iterator[Entry]:
    """Walk over the further headers of an old sparse file; each counts as one."""
    is_further = block[_IS_EXTENDED]
    while is_further:
        block = _block(source)
        if not block:
            raise DamagedTarError("it is cut off")
        is_further = block[_IS_EXTENDED_FURTHER]
        yield replace(entry, kind=_LONG_LINK)


def _header(entry: Entry) -> bytes:
    """Return the bytes of an entry that tells of the next one."""
    if entry.size > MOST_HEADER:
        raise DamagedTarError("a header is too large")
    return entry.read(entry.size)


def _records(data: bytes) -> dict[str, str]:
    """Return what a header of ``length key=value`` lines tells."""
    records: dict[str, str] = {}
    place = 0
    while place < len(data) and data[place] != 0:
        space = data.find(b" ", place, place + 8)
        length = _decimal(_text(data[place:space])) if space > 0 else 0
        record = data[space + 1 : place + length - 1]
        key, equals, value = record.partition(b"=")
        end = place + length
        if length < space - place + 4 or end > len(data) or not equals or data[end - 1] != 10:
            raise DamagedTarError("a header is damaged")
        if len(records) >= _MOST_RECORDS:
            raise DamagedTarError("a header is too large")
        records[_text(key)] = _text(value)
        place = end
    return records


def _number(field: bytes) -> int:
    """Return a number of a header: octal digits, or bytes behind a sign for larger ones."""
    if field[0] in (0x80, 0xFF):
        return int.from_bytes(field[1:], "big", signed=False) - (
            256 ** (len(field) - 1) if field[0] == 0xFF else 0
        )
    digits = _until_nul(field).strip()
    if digits.strip("01234567"):
        raise DamagedTarError("a number is none")
    return int(digits or "0", 8)


def _decimal(text: str) -> int:
    """Return a whole number of a few digits: long ones take the square of their length."""
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise DamagedTarError("a number is none")
    return int(text)


def _until_nul(field: bytes) -> str:
    return _text(field.partition(b"\0")[0])


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("utf-8", "surrogateescape")


class Unzipped:
    """The bytes that a gzip file unpacks to, from front to back.

    Parameters
    ----------
    source
        The packed bytes.
    most_parts
        How many files it may be put together from: a part that is empty takes time as well.
    """

    def __init__(self, source: Source, most_parts: int) -> None:
        self._source, self._parts_left = source, most_parts
        self._packed = b""
        self._inflater: zlib._Decompress | None = None

    def read(self, count: int, /) -> bytes:
        """Return the next bytes, so many or fewer; none at the end."""
        while True:
            if not self._packed:
                self._packed = self._source.read(_PIECE)
            if self._inflater is None and not self._begin():
                return b""
            assert self._inflater is not None, "it has begun"
            is_over = not self._packed
            data = self._inflater.decompress(self._packed, count)
            self._packed = self._inflater.unconsumed_tail
            if self._inflater.eof:
                self._packed, self._inflater = self._inflater.unused_data, None
            elif is_over and not data:
                raise DamagedTarError("it is cut off")
            if data:
                return data

    def _begin(self) -> bool:
        """Begin with the next part, unless all that is left is padding."""
        self._packed = self._packed.lstrip(b"\0")
        while not self._packed and (piece := self._source.read(_PIECE)):
            self._packed = piece.lstrip(b"\0")
        if not self._packed:
            return False
        if self._parts_left == 0:
            raise DamagedTarError("it has too many parts")
        self._parts_left -= 1
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return True


def is_gzip(head: bytes) -> bool:
    """Tell whether a file that begins so is packed."""
    return head.startswith(_GZIP)
