"""What are a submission's bytes? Each file is opened once, without following links."""

from __future__ import annotations

import errno
import os
import stat

from grader.records import SourceFile, Submission
from grader.submission.discovery import LINK, Found, is_notebook

MOST_SOURCE = 1 << 20
MOST_NOTEBOOK = 10 << 20
MOST_TOTAL = 24 << 20


class UnreadableError(Exception):
    """A file that cannot or may not be read; the text says why."""


def read(found: Found) -> Submission:
    """Return a submission with its files' bytes.

    A file that cannot be read, is no regular file or is too large is left out and told of in
    ``problems``; nothing that a student hands in raises here.
    """
    files: list[SourceFile] = []
    problems = list(found.problems)
    total = 0
    for path in found.files:
        try:
            data = _bytes_of(os.path.join(found.base, path), path)
        except UnreadableError as error:
            problems.append(f"{path}: {error}")
            continue
        total += len(data)
        if total > MOST_TOTAL:
            problems.append(f"{path}: the files are larger than {MOST_TOTAL >> 20} MB in all")
            break
        files.append(SourceFile(path=_as_text(path), data=data))
    return Submission(
        id=found.id,
        people=found.people,
        files=tuple(files),
        problems=tuple(problems),
        notes=found.notes,
    )


def _as_text(path: str) -> str:
    """Return a path that can be written anywhere: a name on disk need not be UTF-8.

    Its suffix is in lower case, whatever the student's system made of it.
    """
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}{dot}{suffix.lower()}".encode("utf-8", "backslashreplace").decode("utf-8")


def _bytes_of(file: str, path: str) -> bytes:
    limit = MOST_NOTEBOOK if is_notebook(path) else MOST_SOURCE
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
            data = stream.read(limit + 1)
        except OSError as error:
            raise UnreadableError(f"cannot be read ({error.strerror})") from None
    if len(data) > limit:
        raise UnreadableError(f"larger than {limit >> 10} KB")
    return data
