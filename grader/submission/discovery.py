"""Whose submissions lie in a folder? Only names are looked at; nothing is read yet."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.records import Person

SUFFIXES = (".py", ".ipynb")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")
LINK = "a link, not followed"
_NOTHING = "no Python file or notebook in it"
_NOISE = frozenset({"__MACOSX", "__pycache__", ".ipynb_checkpoints", "node_modules", "venv"})
_ARCHIVE = "an archive, which was not opened; unpack it and grade again"
_MOST_NAMED = 5
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
        What a TA must look at: a link, an archive in place of files, too many files.
    notes
        What a TA may want to know: an archive beside the files, two submissions of one name.
    """

    id: str
    people: tuple[Person, ...]
    base: Path
    files: tuple[str, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
    _must_exist(path)
    if not path.is_dir():
        raise UsageError(f"{path}: not a folder; to grade one submission use 'grader check {path}'")
    children = _children(path)
    if not children:
        raise UsageError(f"{path}: the folder is empty")
    _must_hold_many(path, expected)
    found = [one for child in children for one in _in_place_of_a_submission(child)]
    if not any(submission.files for submission in found):
        told = [f"{one.people[0].student_id}: {text}" for one in found for text in one.problems]
        reasons = f" ({'; '.join(told)})" if told else ""
        raise UsageError(f"{path}: {_NOTHING}; expected one folder per student{reasons}")
    return _with_unique_ids(found)


def hold_expected(found: Iterable[Found], expected: Sequence[str]) -> bool:
    """Return whether any submission has a notebook or a file of an expected module's name."""
    names = {wanted.rpartition("/")[2].casefold() for wanted in expected}
    return any(
        is_notebook(path) or path.rpartition("/")[2].casefold() in names
        for one in found
        for path in one.files
    )


def _must_hold_many(path: Path, expected: Sequence[str]) -> None:
    """Refuse a single student's folder: a module that the rubric expects lies at its very place.

    A file of that name directly inside may also be one of many students' files, but then it would
    bear the student's name, not the module's.
    """
    for wanted in expected:
        if os.path.isfile(path / wanted):
            raise UsageError(
                f"{path}: this is one submission ({wanted} lies in it); "
                f"give the folder that holds all of them, or use 'grader check {path}'"
            )


def one_submission(paths: Sequence[Path]) -> Found:
    """Return the submission that a folder, or some files together, hold, under the first's name.

    Raises
    ------
    UsageError
        If a path does not exist, several are given and one is a folder, or no Python file or
        notebook is among them.
    """
    for path in paths:
        _must_exist(path)
    if len(paths) == 1 and paths[0].is_dir():
        found = _folder(paths[0].resolve().name, paths[0])
        if not found.files and not found.problems:
            raise UsageError(f"{paths[0]}: {_NOTHING}")
        return found
    for path in paths:
        if path.is_dir():
            raise UsageError(f"{path}: give one folder, or files; not both")
        if not _is_source(path.name):
            raise UsageError(f"{path}: neither a Python file nor a notebook")
    # Not resolved: a link's own name is the one that a rubric may expect.
    plain = [os.path.abspath(path) for path in paths]
    base = Path(os.path.commonpath([os.path.dirname(path) for path in plain]))
    files = sorted({Path(path).relative_to(base).as_posix() for path in plain})
    return _found(paths[0].stem, base, _Listing(files=files))


def _must_exist(path: Path) -> None:
    # Not Path.exists(): it raises where a name is too long or a folder on the way is closed.
    if not os.path.exists(path):
        raise UsageError(f"{path}: no such file or folder")


def _children(path: Path) -> list[Path]:
    try:
        return sorted(child for child in path.iterdir() if not _is_noise(child.name))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def _in_place_of_a_submission(child: Path) -> list[Found]:
    """Return the submission that lies directly in the folder of all, or nothing for other files."""
    is_source = _is_source(child.name)
    if os.path.islink(child):
        if is_source:
            return [_found(child.stem, child.parent, _Listing(problems=[f"{child.name}: {LINK}"]))]
        if os.path.isdir(child) or not os.path.exists(child):
            return [_found(child.name, child.parent, _Listing(problems=[f"the folder is {LINK}"]))]
        return []
    if os.path.isdir(child):
        return [_folder(child.name, child)]
    if _is_archive(child.name):
        name = _without_suffix(child.name)
        if os.path.isdir(child.parent / name):
            return []  # it has been unpacked
        return [_found(name, child.parent, _Listing(problems=[f"{child.name}: {_ARCHIVE}"]))]
    return [_found(child.stem, child.parent, _Listing(files=[child.name]))] if is_source else []


def _folder(name: str, folder: Path) -> Found:
    return _found(name, folder, _files_under(folder))


def _found(name: str, base: Path, listing: _Listing) -> Found:
    """Return what was found; an archive is a problem only where there is nothing else."""
    problems, notes = list(listing.problems), []
    archives = [f"{path}: {_ARCHIVE}" for path in listing.archives]
    if listing.files:
        notes += archives
    else:
        problems += archives
        others = ", ".join(listing.others[:_MOST_NAMED])
        notes.append(f"no Python file or notebook{f' (only {others})' if others else ''}")
    return Found(
        id=safe_id(name),
        people=(Person(student_id=name),),
        base=base,
        files=tuple(sorted(listing.files)),
        problems=tuple(problems),
        notes=tuple(notes),
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


@dataclass(slots=True, kw_only=True)
class _Listing:
    """The names in a folder, by what they are to us."""

    files: list[str] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def _files_under(folder: Path) -> _Listing:
    listing = _Listing()
    _walk(folder, folder, listing, 0)
    if len(listing.files) > _MOST_FILES:
        del listing.files[_MOST_FILES:]
        listing.problems.append(f"more than {_MOST_FILES} files: the rest was left out")
    return listing


def _walk(folder: Path, base: Path, listing: _Listing, depth: int) -> None:
    """List a folder's names; links are never followed."""
    relative = PurePosixPath(folder.relative_to(base))
    if depth > _MOST_DEPTH:
        listing.problems.append(f"{relative}: nested too deeply")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        place = "the folder" if depth == 0 else f"{relative}:"
        listing.problems.append(f"{place} cannot be read ({error.strerror})")
        return
    for entry in entries:
        if _is_noise(entry.name) or len(listing.files) > _MOST_FILES:
            continue
        shown = str(relative / entry.name)
        if entry.is_symlink():
            listing.problems.append(f"{shown}: {LINK}")
        elif entry.is_dir():
            _walk(Path(entry.path), base, listing, depth + 1)
        elif _is_source(entry.name):
            listing.files.append(shown)
        elif _is_archive(entry.name):
            listing.archives.append(shown)
        else:
            listing.others.append(shown)


def is_notebook(path: str) -> bool:
    """Return whether a path is a notebook's, in capitals or not."""
    return path.casefold().endswith(".ipynb")


def _is_source(name: str) -> bool:
    return name.casefold().endswith(SUFFIXES)


def _is_archive(name: str) -> bool:
    return name.casefold().endswith(ARCHIVES)


def _without_suffix(archive: str) -> str:
    """Return an archive's name as the folder bears it that it is unpacked to."""
    longest = max((s for s in ARCHIVES if archive.casefold().endswith(s)), key=len)
    return archive[: -len(longest)]


def _with_unique_ids(found: list[Found]) -> list[Found]:
    """Return the submissions sorted, with a hash added where two ids agree but for their case."""
    seen: set[str] = set()
    unique = []
    for submission in sorted(found, key=lambda one: (one.id, str(one.base))):
        name, notes = submission.id, submission.notes
        if name.casefold() in seen:
            notes = (*notes, f"another submission is called {submission.id} too")
            digest = hashlib.sha256(os.fsencode(submission.people[0].student_id)).hexdigest()[:8]
            name = f"{name}-{digest}"
        if name.casefold() in seen:
            name = f"{name}-{len(seen)}"
        seen.add(name.casefold())
        unique.append(replace(submission, id=name, notes=notes))
    return unique
