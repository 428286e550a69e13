"""What are a submission's bytes? Each file is opened once, without following links."""

from __future__ import annotations

import codecs
import errno
import json
import os
import re
import stat

from grader.records import SourceFile, Submission
from grader.submission.archives import Place, Unpacked, unpack
from grader.submission.formats import LINK
from grader.submission.found import Found
from grader.submission.listing import is_noise, is_notebook
from grader.submission.opening import opened_below

MOST_SOURCE = 1 << 20
MOST_NOTEBOOK = 10 << 20
MOST_TOTAL = 24 << 20
_TURNS = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
"""U+202A to U+202E and U+2066 to U+2069, as UTF-8."""
_OTHER = re.compile(rb"\xef\xbc[\xa1-\xba]|\xef\xbd[\x81-\x9a]|\xf0\x9d[\x90-\x9e][\x80-\xbf]")
"""Wide letters and those of formulas: U+FF4E is read as n."""
_ALIKE = re.compile(
    rb"(?<![\\A-Za-z])[A-Za-z]+[\xd0-\xd3][\x80-\xbf]|[\xd0-\xd3][\x80-\xbf][A-Za-z]"
)
"""Cyrillic letters in one word with Latin ones, but for those of an escape such as ``\\n``."""
_UNSEEN = re.compile(
    rb"\xc2\xad|\xcd\x8f|\xd8\x9c|\xe1\x85[\x9f\xa0]|\xe1\x9e[\xb4\xb5]|\xe1\xa0[\x8b-\x8f]"
    rb"|\xe2\x80[\x8b\x8e\x8f]|\xe2\x81[\xa0-\xa5\xaa-\xaf]|\xe3\x85\xa4|\xef\xbb\xbf|\xef\xbe\xa0"
    rb"|\xf3\xa0[\x80-\x87][\x80-\xbf]|[A-Za-z_]\xef\xb8[\x80-\x8f]|[\x00-\x7f]\xe2\x80[\x8c\x8d]"
)
"""Letters without a shape, some of which a name may hold: U+3164 is one by itself."""
_LETTER = rb"(?:[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|[0-9a-fA-F]{4})"
_ESCAPES = re.compile(rb"(?<!\\)(\\+)u(%b(?:\\u%b){0,99})" % (_LETTER, _LETTER))
"""Letters of a notebook's JSON that are written as numbers, behind their backslashes.

No group is repeated without bound: for each round of one the engine keeps its state, which made
hundreds of megabytes of ten megabytes of backslashes.
"""
_ODD = {
    _TURNS: "turns the direction of text",
    _UNSEEN: "nobody sees",
    _OTHER: "Python reads as another letter",
    _ALIKE: "looks like a letter that it is not",
}
_MOST_TURNED = 3


class UnreadableError(Exception):
    """A file that cannot or may not be read; the text says why."""


def read(found: Found) -> Submission:
    """Return a submission with its files' bytes.

    A file that cannot be read, is no regular file or is too large is left out and told of in
    ``problems``; nothing that a student hands in raises here.
    """
    files: list[SourceFile] = []
    problems = list(found.problems)
    notes = list(found.notes)
    total = 0
    shelf = _Shelf(found)
    # By their places, so that each archive is opened once.
    for path in sorted(found.files, key=lambda path: (found.places.get(path, (path,)), path)):
        try:
            data, modified = shelf.file(path)
        except UnreadableError as error:
            problems.append(f"{path}: {error}")
            continue
        total += len(data)
        if total > MOST_TOTAL:
            problems.append(f"{path}: the files are larger than {MOST_TOTAL >> 20} MB in all")
            break
        files.append(SourceFile(path=_as_text(path), data=data, modified=modified))
        if not data.strip() and not path.endswith("__init__.py"):
            notes.append(f"{_as_text(path)}: is empty, there is nothing to grade in it")
        shown = _unescaped(data) if is_notebook(path) else data
        notes += [f"{_as_text(path)}:{told}" for told in turned_lines(shown)]
    return Submission(
        id=found.id,
        people=found.people,
        files=tuple(sorted(files, key=lambda file: file.path)),
        problems=tuple(problems),
        notes=tuple(notes),
    )


class _Shelf:
    """Where a submission's files are taken from; of archives only the last one is kept open."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._archive = ""
        self._unpacked = Unpacked()

    def file(self, path: str) -> tuple[bytes, int]:
        """Return a file's bytes, and when it was changed as far as an archive tells."""
        holder, *inner = self._found.places.get(path, (path,))
        if not inner:
            return _from_folder(self._found, holder), 0
        if holder != self._archive:
            self._archive, self._unpacked = holder, self._opened(holder)
        place = tuple(inner)
        if place not in self._unpacked.files:
            raise UnreadableError(self._why_not(place))
        return _capped(self._unpacked.files[place], path), self._unpacked.modified[place]

    def _opened(self, archive: str) -> Unpacked:
        """Read what is wanted of an archive, at once."""
        wanted = {p[1:] for p in self._found.places.values() if p[0] == archive and p[1:]}
        holders = {place[:depth] for place in wanted for depth in range(1, len(place))}
        return unpack(
            archive,
            is_noise,
            lambda place: _limit(place[-1]) + 1 if place in wanted else 0,
            MOST_TOTAL + MOST_NOTEBOOK,
            holders.__contains__,
            base=self._found.base,
        )

    def _why_not(self, place: Place) -> str:
        """Return why a place is not among what was read: it or what it lies in was refused."""
        for depth in range(len(place), 0, -1):
            if place[:depth] in self._unpacked.refused:
                return self._unpacked.refused[place[:depth]]
        return self._unpacked.failure or "not in the archive any more"


def _as_text(path: str) -> str:
    """Return a path that can be written anywhere: a name on disk need not be UTF-8.

    Its suffix is in lower case, whatever the student's system made of it.
    """
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}{dot}{suffix.lower()}".encode("utf-8", "backslashreplace").decode("utf-8")


def _limit(path: str) -> int:
    return MOST_NOTEBOOK if is_notebook(path) else MOST_SOURCE


def _capped(data: bytes, path: str) -> bytes:
    if len(data) > _limit(path):
        raise UnreadableError(f"larger than {_limit(path) >> 10} KB")
    return data


def _from_folder(found: Found, path: str) -> bytes:
    try:
        descriptor = opened_below(found.base, path)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnreadableError(LINK) from None
        raise UnreadableError(f"cannot be read ({error.strerror})") from None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnreadableError("not a regular file")
        try:
            data = stream.read(_limit(path) + 1)
        except OSError as error:
            raise UnreadableError(f"cannot be read ({error.strerror})") from None
    return _capped(data, path)


def _unescaped(data: bytes) -> bytes:
    r"""Return a notebook's bytes with the letters themselves where its JSON tells their numbers.

    >>> _unescaped(rb'"\u006e \\u006e"')
    b'"n \\\\u006e"'
    """

    def letters(found: re.Match[bytes]) -> bytes:
        slashes, numbers = found.groups()
        if len(slashes) % 2:
            first, rest = slashes[1:], b"\\u" + numbers
        else:
            # All these are backslashes themselves, and a u and what follows it are letters.
            first, rest = slashes + b"u" + numbers[:4], numbers[4:]
        shown: str = json.loads(f'"{rest.decode()}"')
        return first + shown.encode("utf-8", "replace")

    return _ESCAPES.sub(letters, data) if b"\\u" in data else data


def turned_lines(data: bytes) -> list[str]:
    """Return the lines that show other code than runs: by signs that turn text, by odd letters.

    >>> turned_lines("x = 1\\n# \\u202e y".encode())
    ['2: holds U+202E, which turns the direction of text: it may look other than it runs']
    >>> turned_lines("\\uff4e\\uff50 = 1\\nl\\u043ess = 0".encode())  # doctest: +ELLIPSIS
    ['1: holds U+FF4E, which Python reads as another letter...', '2: holds U+043E, which looks ...']
    """
    told: dict[int, str] = {}
    data = data.removeprefix(codecs.BOM_UTF8)
    if data.isascii():
        return []
    for signs, meaning in _ODD.items():
        sign = signs.search(data)
        while sign is not None and len(told) < _MOST_TURNED:
            number = 1 + data.count(b"\n", 0, sign.start())
            odd = next(letter for letter in sign[0].decode() if not letter.isascii())
            told[number] = f"{number}: holds U+{ord(odd):04X}, which {meaning}"
            line_end = data.find(b"\n", sign.end())
            sign = signs.search(data, line_end) if line_end >= 0 else None
    return [f"{line}: it may look other than it runs" for _, line in sorted(told.items())]
