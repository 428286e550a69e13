"""Whose submissions lie in a folder? Only names are looked at; nothing is read yet."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.records import Person

SUFFIXES = (".py", ".ipynb")
_NOISE = frozenset({"__MACOSX", "__pycache__", ".ipynb_checkpoints", "node_modules", "venv"})
_MOST_FILES = 2000
_MOST_DEPTH = 12
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One submission as it lies on disk, not read yet.

    Parameters
    ----------
    id
        Safe as a file name and unique within its run.
    people
        Who handed it in.
    base
        Folder that the files' paths are relative to.
    files
        Paths of its Python files and notebooks, with forward slashes, sorted.
    problems
        What a TA must look at: a link, too many files.
    """

    id: str
    people: tuple[Person, ...]
    base: Path
    files: tuple[str, ...]
    problems: tuple[str, ...] = ()


def discover(path: Path, expected: Sequence[str]) -> list[Found]:
    """Return the submissions in a folder, sorted by id.

    Parameters
    ----------
    path
        A folder with one folder per student, or one Python file or notebook per student.
    expected
        Module paths that the rubric asks for; they tell a single submission from a folder of
        many.

    Raises
    ------
    UsageError
        If there is no such folder, it cannot be read, it is empty, nothing in it looks like a
        submission, or it is itself one submission.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    if not path.is_dir():
        raise UsageError(f"{path}: not a folder; to grade one submission use 'grader check {path}'")
    try:
        children = sorted(child for child in path.iterdir() if not _is_noise(child.name))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    if not children:
        raise UsageError(f"{path}: the folder is empty")
    if _is_one_submission(path, expected):
        raise UsageError(
            f"{path}: this is one submission ({expected[0]} lies in it); "
            f"give the folder that holds all of them, or use 'grader check {path}'"
        )
    found = [
        one_submission([child]) for child in children if child.is_dir() or child.suffix in SUFFIXES
    ]
    if not any(submission.files for submission in found):
        raise UsageError(
            f"{path}: no Python file or notebook in it; expected one folder per student"
        )
    return _with_unique_ids(found)


def one_submission(paths: Sequence[Path]) -> Found:
    """Return the submission that a folder, or some files together, hold, under the first's name.

    Raises
    ------
    UsageError
        If a path does not exist or cannot be read, several are given and one is a folder, or no
        Python file or notebook is among them.
    """
    first = paths[0]
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
    if len(paths) == 1 and first.is_dir():
        return _found(first.name, first, *_files_under(first))
    for path in paths:
        if path.is_dir():
            raise UsageError(f"{path}: give one folder, or files; not both")
        if path.suffix not in SUFFIXES:
            raise UsageError(f"{path}: neither a Python file nor a notebook")
    base = Path(os.path.commonpath([path.absolute().parent for path in paths]))
    files = sorted(path.absolute().relative_to(base).as_posix() for path in paths)
    return _found(first.stem, base, files, [])


def _found(name: str, base: Path, files: list[str], problems: list[str]) -> Found:
    return Found(
        id=safe_id(name),
        people=(Person(student_id=name),),
        base=base,
        files=tuple(files),
        problems=tuple(problems),
    )


def safe_id(name: str) -> str:
    """Return a name that is safe as a file's: the same where it is safe already.

    >>> safe_id("amber-fox")
    'amber-fox'
    >>> safe_id("../../x").startswith("x-")
    True
    """
    cleaned = _SAFE.sub("-", name).strip("-.")[:60]
    if cleaned == name:
        return name
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    return f"{cleaned}-{digest}" if cleaned else digest


def _is_noise(name: str) -> bool:
    return name in _NOISE or name.startswith(".")


def _is_one_submission(path: Path, expected: Sequence[str]) -> bool:
    """Tell a single student's folder: a module that the rubric expects lies at its very place.

    A file of that name directly inside may also be one of many students' files, but then it would
    bear the student's name, not the module's.
    """
    return any((path / wanted).is_file() for wanted in expected)


def _files_under(folder: Path) -> tuple[list[str], list[str]]:
    files: list[str] = []
    problems: list[str] = []
    for path in _walk(folder, folder, problems, 0):
        if len(files) == _MOST_FILES:
            problems.append(f"more than {_MOST_FILES} files: the rest was left out")
            break
        files.append(path)
    return sorted(files), problems


def _walk(folder: Path, base: Path, problems: list[str], depth: int) -> Iterator[str]:
    """Yield a folder's source files; links are never followed."""
    relative = PurePosixPath(folder.relative_to(base))
    if depth > _MOST_DEPTH:
        problems.append(f"{relative}: nested too deeply")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        problems.append(f"{relative}: cannot be read ({error.strerror})")
        return
    for entry in entries:
        if _is_noise(entry.name) or entry.name.startswith("._"):
            continue
        shown = str(relative / entry.name)
        if entry.is_symlink():
            problems.append(f"{shown}: a link, not followed")
        elif entry.is_dir():
            yield from _walk(Path(entry.path), base, problems, depth + 1)
        elif entry.name.endswith(SUFFIXES):
            yield shown


def _with_unique_ids(found: list[Found]) -> list[Found]:
    """Return the submissions sorted, with a hash added where two ids agree but for their case."""
    seen: set[str] = set()
    unique = []
    for submission in sorted(found, key=lambda one: (one.id, str(one.base))):
        name = submission.id
        if name.casefold() in seen:
            digest = hashlib.sha256(os.fsencode(submission.people[0].student_id)).hexdigest()[:8]
            name = f"{name}-{digest}"
        if name.casefold() in seen:
            name = f"{name}-{len(seen)}"
        seen.add(name.casefold())
        unique.append(
            Found(
                id=name,
                people=submission.people,
                base=submission.base,
                files=submission.files,
                problems=submission.problems,
            )
        )
    return unique
