"""What are a submission's bytes? Each file is opened once, without following links."""

from __future__ import annotations

import errno
import itertools
import os
import re
import stat
from collections.abc import Callable
from functools import partial

from grader.records import SourceFile, Submission
from grader.submission.archives import unpack
from grader.submission.formats import LINK
from grader.submission.found import Found
from grader.submission.listing import is_noise, is_notebook

MOST_SOURCE = 1 << 20
MOST_NOTEBOOK = 10 << 20
MOST_TOTAL = 24 << 20
_TURNS = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
"""U+202A to U+202E and U+2066 to U+2069, as UTF-8."""
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
    bytes_of = _from_archive(found) if found.archive else partial(_from_folder, found)
    for path in found.files:
        try:
            data = bytes_of(path)
        except UnreadableError as error:
            problems.append(f"{path}: {error}")
            continue
        total += len(data)
        if total > MOST_TOTAL:
            problems.append(f"{path}: the files are larger than {MOST_TOTAL >> 20} MB in all")
            break
        files.append(SourceFile(path=_as_text(path), data=data))
        notes += [f"{_as_text(path)}:{told}" for told in turned_lines(data)]
    return Submission(
        id=found.id,
        people=found.people,
        files=tuple(files),
        problems=tuple(problems),
        notes=tuple(notes),
    )


def _as_text(path: str) -> str:
    """Return a path that can be written anywhere: a name on disk need not be UTF-8.

    Its suffix is in lower case, whatever the student's system made of it.
    """
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}{dot}{suffix.lower()}".encode("utf-8", "backslashreplace").decode("utf-8")


def _from_archive(found: Found) -> Callable[[str], bytes]:
    """Open an archive once, read what is wanted of it, and return where the bytes are found."""
    wanted = {found.inside + path for path in found.files}
    unpacked = unpack(
        os.path.join(found.base, found.archive),
        is_noise,
        lambda name: _limit(name) + 1 if name in wanted else 0,
        MOST_TOTAL + MOST_NOTEBOOK,
    )

    def bytes_of(path: str) -> bytes:
        name = found.inside + path
        if name not in unpacked.files:
            why = unpacked.refused.get(name) or unpacked.failure or "not in the archive any more"
            raise UnreadableError(why)
        return _capped(unpacked.files[name], path)

    return bytes_of


def _limit(path: str) -> int:
    return MOST_NOTEBOOK if is_notebook(path) else MOST_SOURCE


def _capped(data: bytes, path: str) -> bytes:
    if len(data) > _limit(path):
        raise UnreadableError(f"larger than {_limit(path) >> 10} KB")
    return data


def _from_folder(found: Found, path: str) -> bytes:
    file = os.path.join(found.base, path)
    try:
        # Not blocking, so that a FIFO in a student's place does not hold the grader up.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
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


def turned_lines(data: bytes) -> list[str]:
    """Return the lines with signs that turn the direction of text: they show other code than runs.

    >>> turned_lines("x = 1\\n# \\u202e y".encode())
    ['2: holds U+202E, which turns the direction of text: it may look other than it runs']
    """
    if not _TURNS.search(data):
        return []
    lines = enumerate(data.split(b"\n"), start=1)
    found = ((number, sign[0].decode()) for number, line in lines if (sign := _TURNS.search(line)))
    return [
        f"{number}: holds U+{ord(sign):04X}, which turns the direction of text: "
        "it may look other than it runs"
        for number, sign in itertools.islice(found, _MOST_TURNED)
    ]
