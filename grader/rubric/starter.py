"""Which files lie under a submission's, and what is the rubric's hash?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath

from grader.records import SourceFile

SUFFIXES = (".py", ".ipynb")
MAX_BYTES = 4_000_000


def unsafe(path: str) -> str | None:
    """Return why a path must not stand in a rubric, None where it may.

    >>> unsafe("nndl/layers.py") is None, unsafe("/etc/passwd")
    (True, 'must be relative to the rubric')
    """
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).anchor or path.startswith("~"):
        return "must be relative to the rubric"
    if "\\" in path:
        return "must be written with forward slashes"
    if ".." in PurePosixPath(path).parts:
        return "must not lead out of its folder ('..')"
    if not path.isprintable():
        return "must not hold control characters"
    return None


def read_starter(folder: Path) -> tuple[tuple[SourceFile, ...], tuple[str, ...]]:
    """Read the modules and notebooks of a starter folder.

    Parameters
    ----------
    folder
        Where they lie, at any depth. Links, hidden folders and other files are left out.

    Returns
    -------
    tuple of SourceFile
        Sorted by path, each path relative to the folder.
    tuple of str
        Why a file could not be read, one sentence each.
    """
    files, failures = [], []
    for path in sorted(_modules(folder)):
        name = path.relative_to(folder).as_posix()
        try:
            if path.stat().st_size > MAX_BYTES:
                failures.append(f"the starter file {name!r} is larger than {MAX_BYTES} bytes")
            else:
                files.append(SourceFile(path=name, data=path.read_bytes()))
        except OSError as error:
            failures.append(f"the starter file {name!r} cannot be read: {error.strerror}")
    return tuple(sorted(files, key=lambda file: file.path)), tuple(failures)


def digest(
    rubric: bytes, starter: tuple[SourceFile, ...], chosen: Mapping[str, str] | None = None
) -> str:
    """Return the SHA-256 of a rubric, its starter files and its choice, in hexadecimal.

    Parameters
    ----------
    rubric
        The bytes of its YAML file.
    starter
        Its starter files, sorted by path.
    chosen
        Option -> choice; nothing where there is nothing to choose.
    """
    total = sha256()
    if chosen:
        total.update(f"{sorted(chosen.items())}\n".encode())
    for name, data in [("", rubric), *((file.path, file.data) for file in starter)]:
        # Lengths first, so that no bytes can move from one file into the next.
        total.update(f"{len(name.encode('utf-8', 'surrogateescape'))} {len(data)}\n".encode())
        total.update(name.encode("utf-8", "surrogateescape") + data)
    return total.hexdigest()


def _modules(folder: Path) -> Iterator[Path]:
    """Yield the regular files of Python and notebooks below a folder."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        for name in names:
            path = Path(root, name)
            if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink():
                yield path
