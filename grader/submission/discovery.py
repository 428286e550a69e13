"""Whose submissions lie in a folder? Only names are looked at; nothing is read yet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from grader.errors import UsageError
from grader.submission.bundles import in_bundle, is_work
from grader.submission.formats import LINK, is_readable
from grader.submission.found import Found, found_as, with_unique_ids
from grader.submission.listing import (
    Listing,
    is_answers_file,
    is_archive,
    is_noise,
    is_notebook,
    is_source,
    listed_archive,
    listed_folder,
    without_suffix,
)

_NOTHING = "no Python file or notebook in it"


def discover(path: Path, expected: Sequence[str]) -> list[Found]:
    """Return the submissions in a folder, sorted by id.

    Parameters
    ----------
    path
        A folder with one folder per student, or one archive, Python file or notebook per student;
        or a zip file of such a folder.
    expected
        Module paths that the rubric asks for; they tell a single submission from a folder of
        many.

    Raises
    ------
    UsageError
        If there is no such path, it cannot be read, it is empty, nothing in it looks like a
        submission, or it is itself one submission.
    """
    _must_exist(path)
    found = _in_folder(path, expected) if path.is_dir() else in_bundle(path, expected)
    if not any(submission.files for submission in found):
        told = [f"{one.people[0].student_id}: {text}" for one in found for text in one.problems]
        reasons = f" ({'; '.join(told)})" if told else ""
        raise UsageError(f"{path}: {_NOTHING}; expected one folder per student{reasons}")
    return with_unique_ids(found)


def _in_folder(path: Path, expected: Sequence[str]) -> list[Found]:
    children = _children(path)
    if not children:
        raise UsageError(f"{path}: the folder is empty")
    _must_hold_many(path, expected)
    return [one for child in children for one in _in_place_of_a_submission(child)]


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
    if len(paths) == 1 and is_readable(paths[0].name):
        return _archived(without_suffix(paths[0].name), paths[0].parent, paths[0].name)
    for path in paths:
        if path.is_dir():
            raise UsageError(f"{path}: give one folder, or files; not both")
        if not is_source(path.name) and not is_answers_file(path.name):
            raise UsageError(f"{path}: neither a Python file nor a notebook")
    # Not resolved: a link's own name is the one that a rubric may expect.
    plain = [os.path.abspath(path) for path in paths]
    base = Path(os.path.commonpath([os.path.dirname(path) for path in plain]))
    files = sorted({Path(path).relative_to(base).as_posix() for path in plain})
    return found_as(paths[0].stem, base, Listing(files=files))


def _must_exist(path: Path) -> None:
    # Not Path.exists(): it raises where a name is too long or a folder on the way is closed.
    if not os.path.exists(path):
        raise UsageError(f"{path}: no such file or folder")


def _children(path: Path) -> list[Path]:
    try:
        return sorted(child for child in path.iterdir() if not is_noise(child.name))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def _in_place_of_a_submission(child: Path) -> list[Found]:
    """Return the submission that lies directly in the folder of all, or nothing for other files."""
    if os.path.islink(child):
        if is_work(child.name):
            return [found_as(child.stem, child.parent, Listing(problems=[f"{child.name}: {LINK}"]))]
        if os.path.isdir(child) or not os.path.exists(child):
            return [found_as(child.name, child.parent, Listing(problems=[f"the folder is {LINK}"]))]
        return []
    if os.path.isdir(child):
        return [_folder(child.name, child)]
    if is_archive(child.name):
        name = without_suffix(child.name)
        # Where there is a folder of that name, it has been unpacked.
        if os.path.isdir(child.parent / name):
            return []
        return [_archived(name, child.parent, child.name)]
    if is_source(child.name):
        return [found_as(child.stem, child.parent, Listing(files=[child.name]))]
    return []


def _folder(name: str, folder: Path) -> Found:
    """Return the submission in a folder: its files, or else the one archive that lies there."""
    listing = listed_folder(folder)
    opened = [path for path in listing.archives if is_readable(path)]
    if listing.files or len(opened) != 1:
        return found_as(name, folder, listing)
    found = _archived(name, folder, opened[0])
    return replace(found, problems=(*listing.problems, *found.problems))


def _archived(name: str, base: Path, archive: str) -> Found:
    """Return the submission in an archive; one that cannot be opened is named."""
    if not is_readable(archive):
        return found_as(name, base, Listing(archives=[archive]))
    listing, failure = listed_archive(base / archive)
    told = [f"{archive}: {failure}"] if failure else []
    listing.problems = [*told, *(f"{archive}: {problem}" for problem in listing.problems)]
    return replace(found_as(name, base, listing.cut()), archive=archive)
