"""Which files may student code read, by the word of a rubric?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.errors import Complaint
from grader.records import SourceFile
from grader.rubric.draft import Draft
from grader.rubric.starter import unsafe

MOST_BYTES = 256 << 20
"""All files together: every worker holds them, and lays out a copy."""


def read_readable(draft: Draft, home: Path) -> tuple[tuple[SourceFile, ...], list[Complaint]]:
    """Return the files that ``modules: readable`` names, and what is wrong with them.

    Parameters
    ----------
    draft
        The rubric.
    home
        Its folder. Links and hidden files below a folder that is named are left out.

    Returns
    -------
    tuple of SourceFile
        Sorted by path; each path is relative to the rubric, and for student code to where it runs.
    list of Complaint
        One at each name that is none of a file or a folder, or of more than can be held.
    """
    files: dict[str, bytes] = {}
    complaints: list[Complaint] = []
    size = 0
    for number, name in enumerate(draft.rubric.modules.readable):
        at = ("modules", "readable", number)
        reason = unsafe(name)
        try:
            for path in () if reason else _files(home / name):
                size += path.stat().st_size
                if size > MOST_BYTES:
                    reason = f"makes the readable files more than {MOST_BYTES >> 20} MB in all"
                    break
                files[PurePosixPath(path.relative_to(home)).as_posix()] = path.read_bytes()
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
        if reason is None and not _holds(files, name):
            reason = "is no file, and no folder that holds one, beside this file"
        if reason is not None:
            complaints.append(draft.document.at(at, f"the readable {name[:60]!r} {reason}"))
    return tuple(SourceFile(path=name, data=files[name]) for name in sorted(files)), complaints


def _holds(files: dict[str, bytes], name: str) -> bool:
    path = PurePosixPath(name).as_posix()
    return any(file == path or path == "." or file.startswith(f"{path}/") for file in files)


def _files(path: Path) -> Iterator[Path]:
    """Yield a file, or the regular files below a folder."""
    if path.is_file():
        yield path
        return
    for root, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__pycache__")))
        for name in sorted(names):
            file = Path(root, name)
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                yield file
