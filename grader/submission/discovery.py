"""Whose submissions lie in a folder or an archive? Only names are looked at; nothing is read yet.

The kind of source is recognised by the names in it; the first row that fits is taken, and else
what lies there is a folder, a file or an archive for each student.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import UsageError
from grader.submission.canvas import CANVAS
from grader.submission.collected import Collected, Source
from grader.submission.formats import is_readable
from grader.submission.found import Found, found_as, with_unique_ids
from grader.submission.gradescope import GRADESCOPE
from grader.submission.joining import Unmatched, joined
from grader.submission.listing import (
    Listing,
    as_source,
    is_answers_file,
    is_notebook,
    is_source,
    is_work,
    listed_archive,
    listed_folder,
    without_suffix,
)
from grader.submission.moodle import MOODLE
from grader.submission.nbgrader import NBGRADER
from grader.submission.roster import Roster
from grader.submission.shelves import Shelf, shelf_at

FOLDER = "folder"
SOURCES: Mapping[str, Source] = {
    "gradescope": GRADESCOPE,
    "canvas": CANVAS,
    "moodle": MOODLE,
    "nbgrader": NBGRADER,
}
_NOTHING = "no Python file or notebook in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Who handed in, and what of the source belongs to nobody.

    Parameters
    ----------
    found
        Sorted by id; whoever is on the roster and handed in nothing is among them.
    source
        A key of ``SOURCES``, or ``folder``.
    title
        The same for people: ``a Canvas download``.
    unmatched
        Names in the source that belong to nobody.
    roster
        Which submissions match nobody on the roster, and why.
    """

    found: tuple[Found, ...]
    source: str
    title: str
    unmatched: tuple[str, ...] = ()
    roster: tuple[Unmatched, ...] = ()


def discover(path: Path, expected: Sequence[str]) -> list[Found]:
    """Return the submissions in a folder or an archive, sorted by id; see ``census``."""
    return list(census(path, expected).found)


def census(
    path: Path,
    expected: Sequence[str],
    source: str = "",
    assignment: str = "",
    roster: Roster | None = None,
) -> Census:
    """Return who handed in what.

    Parameters
    ----------
    path
        A folder with one folder per student, or one archive, Python file or notebook per student;
        an export of Gradescope, Canvas, Moodle or nbgrader; or an archive of such a folder.
    expected
        Module paths that the rubric asks for; they tell a single submission from a folder of
        many.
    source
        What it is: a key of ``SOURCES`` or ``folder``; recognised by its names if not given.
    assignment
        Which one is wanted, where a source holds several.
    roster
        Who might have handed in.

    Raises
    ------
    UsageError
        If there is no such path, it cannot be read, it is empty, nothing in it looks like a
        submission, it is itself one submission, or not of the kind that was named.
    """
    _must_exist(path)
    if path.is_dir():
        _must_hold_many(path, expected)
    shelf = shelf_at(path)
    kind, home = _kind_of(shelf, source)
    if kind == FOLDER:
        collected, title = _one_each(shelf, expected), "a folder, a file or an archive per student"
    else:
        collected, title = SOURCES[kind].collect(home, assignment), SOURCES[kind].title
    _must_hold_work(path, collected.found)
    found, unmatched = joined(collected.found, roster)
    return Census(
        found=tuple(with_unique_ids(found)),
        source=kind,
        title=title,
        unmatched=collected.unmatched,
        roster=unmatched,
    )


def _kind_of(shelf: Shelf, wanted: str) -> tuple[str, Shelf]:
    """Return what a shelf is, and the shelf that holds the submissions: itself, or one in it."""
    archive = shelf.archive()
    inner = [one.inner() for one in (shelf, archive) if one is not None]
    for home in filter(None, (shelf, archive, *inner)):
        for kind, source in SOURCES.items():
            if wanted in ("", kind) and source.recognises(home):
                return kind, home
    if wanted in ("", FOLDER):
        return FOLDER, shelf
    told = f"not {SOURCES[wanted].title}: it has no {SOURCES[wanted].told_by.removeprefix('a ')}"
    raise UsageError(f"{shelf.path}: {told}")


def _one_each(shelf: Shelf, expected: Sequence[str]) -> Collected:
    """Return a submission for each folder, archive, Python file and notebook."""
    home = _home_of_all(shelf, expected) if shelf.holder else shelf
    mine = [entry for entry in home.entries if entry.is_folder or is_work(entry.name)]
    if not mine and shelf.holder:
        raise UsageError(f"{shelf.path}: the archive is empty")
    others = tuple(entry.origin for entry in home.entries if entry not in mine)
    return Collected(found=tuple(map(home.found_alone, mine)), unmatched=others)


def _home_of_all(shelf: Shelf, expected: Sequence[str]) -> Shelf:
    """Return an archive, or the one folder in it that all else lies in, as the students' folder.

    Where a module that the rubric expects lies at its place in that folder, it is a student's.

    Raises
    ------
    UsageError
        If it is one student's archive.
    """
    for wanted in expected:
        if _is_there(shelf, wanted):
            raise UsageError(
                f"{shelf.path}: this is one submission ({wanted} lies in it); "
                f"use 'grader check {shelf.path}'"
            )
    inner = shelf.inner()
    if inner is None or not _is_of_students(inner):
        return shelf
    return shelf if any(_is_there(inner, wanted) for wanted in expected) else inner


def _is_of_students(shelf: Shelf) -> bool:
    return all(entry.is_folder or is_work(entry.name) for entry in shelf.entries)


def _is_there(shelf: Shelf, path: str) -> bool:
    first, slash, rest = path.partition("/")
    return any(
        entry.name == first
        and entry.is_folder == bool(slash)
        and (not slash or (rest,) in entry.listing.files)
        for entry in shelf.entries
    )


def _must_hold_work(path: Path, found: Iterable[Found]) -> None:
    """Refuse a source in which nobody has handed in any code."""
    listed = tuple(found)
    if any(one.files for one in listed):
        return
    told = [f"{one.people[0].student_id}: {text}" for one in listed for text in one.problems]
    reasons = f" ({'; '.join(told)})" if told else ""
    raise UsageError(f"{path}: {_NOTHING}; expected one folder per student{reasons}")


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


def one_submission(paths: Sequence[Path], expected: Sequence[str] = ()) -> Found:
    """Return the submission that a folder, or some files together, hold, under the first's name.

    Parameters
    ----------
    paths
        A folder, an archive, or files.
    expected
        Module paths that the rubric asks for. Whoever names the package's folder, or files in it,
        means what lies in the package of that name.

    Raises
    ------
    UsageError
        If a path does not exist, several are given and one is a folder, or no Python file or
        notebook is among them.
    """
    for path in paths:
        _must_exist(path)
    if len(paths) == 1 and paths[0].is_dir():
        found = found_as(paths[0].resolve().name, paths[0], listed_folder(paths[0]))
        if not found.files and not found.problems:
            raise UsageError(f"{paths[0]}: {_NOTHING}")
        return _in_its_package(found, expected, _folders_of(found.base))
    if len(paths) == 1 and is_readable(paths[0].name):
        name = paths[0].name
        listing = listed_archive(paths[0], (name,))
        found = found_as(without_suffix(name), paths[0].parent, listing)
        return _in_its_package(found, expected, [without_suffix(name)])
    for path in paths:
        if path.is_dir():
            raise UsageError(f"{path}: give one folder, or files; not both")
        if not is_source(path.name) and not is_answers_file(path.name):
            raise UsageError(f"{path}: neither a Python file nor a notebook")
    # Not resolved: a link's own name is the one that a rubric may expect.
    plain = [os.path.abspath(path) for path in paths]
    base = Path(os.path.commonpath([os.path.dirname(path) for path in plain]))
    files = sorted({Path(path).relative_to(base).as_posix() for path in plain})
    name = Path(as_source(paths[0].name)).stem
    found = found_as(name, base, Listing(files=[(file,) for file in files]))
    return _in_its_package(found, expected, _folders_of(found.base))


def _in_its_package(found: Found, expected: Sequence[str], folders: Sequence[str]) -> Found:
    """Return files under the names of the folders above them, where only so they are expected.

    Parameters
    ----------
    found
        As they lie there.
    expected
        Module paths that the rubric asks for.
    folders
        The names of what they lie in, the innermost first: folders, or an archive.
    """
    depth = max((wanted.count("/") for wanted in expected), default=0)
    for number in range(min(depth, len(folders)) + 1):
        above = folders[:number][::-1]
        named = {"/".join((*above, path)): path for path in found.files}
        if any(_fits(path, wanted) for path in named for wanted in expected):
            places = {new: found.places.get(old, (old,)) for new, old in named.items()}
            return replace(found, files=tuple(sorted(named)), places=places) if above else found
    return found


def _folders_of(base: Path) -> list[str]:
    """Return a folder's name and those above it; it may be named through a link or as ``.``."""
    whole = base.resolve()
    return [folder.name for folder in (whole, *whole.parents)]


def _fits(path: str, wanted: str) -> bool:
    return path == wanted or path.endswith(f"/{wanted}")


def _must_exist(path: Path) -> None:
    # Not Path.exists(): it raises where a name is too long or a folder on the way is closed.
    if not os.path.exists(path):
        raise UsageError(f"{path}: no such file or folder")
