"""Whose submissions lie in one archive of all? Only its table of contents is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.errors import UsageError
from grader.submission.formats import is_readable
from grader.submission.found import Found, found_as
from grader.submission.listing import (
    Listing,
    is_archive,
    is_source,
    listed_archive,
    without_suffix,
)


def in_bundle(path: Path, expected: Sequence[str]) -> list[Found]:
    """Return the submissions in an archive of all: a folder, or a file, for each student.

    Raises
    ------
    UsageError
        If it is no archive that can be opened, or holds one submission.
    """
    if not is_readable(path.name):
        told = "neither a folder nor a zip or tar.gz file"
        raise UsageError(f"{path}: {told}; to grade one submission use 'grader check {path}'")
    listing, failure = listed_archive(path)
    if failure:
        raise UsageError(f"{path}: {failure}")
    top = _top(listing, expected)
    for wanted in expected:
        if f"{top}{wanted}" in listing.files:
            raise UsageError(
                f"{path}: this is one submission ({top}{wanted} lies in it); "
                f"use 'grader check {path}'"
            )
    found = [_one(path, top, name, inner) for name, inner in _by_student(listing, top).items()]
    if not found:
        raise UsageError(f"{path}: the archive is empty")
    return found


def _top(listing: Listing, expected: Sequence[str]) -> str:
    """Return the one folder that all else lies in, with its slash, or nothing.

    Where a module that the rubric expects lies at its place in that folder, it is a student's.
    """
    names = [*listing.files, *listing.archives, *listing.others]
    tops = {name.partition("/")[0] for name in names}
    top = f"{tops.pop()}/" if len(tops) == 1 else ""
    inner = [name.removeprefix(top) for name in names]
    is_of_students = all("/" in name or is_work(name) for name in inner)
    is_one = any(wanted in names or wanted in inner for wanted in expected)
    return top if is_of_students and not is_one else ""


def _by_student(listing: Listing, top: str) -> dict[str, Listing]:
    """Return the names by the first part of each, relative to it; problems go with the names."""
    students: dict[str, Listing] = {}
    for name in (*listing.files, *listing.archives, *listing.others):
        student, slash, inner = name.removeprefix(top).partition("/")
        if slash or is_work(student):
            students.setdefault(student + slash, Listing()).add(inner or student)
    for told, lines in (("problems", listing.problems), ("notes", listing.notes)):
        for line in lines:
            student, slash, inner = line.removeprefix(top).partition("/")
            if student + slash in students:
                getattr(students[student + slash], told).append(inner)
    return students


def _one(path: Path, top: str, name: str, listing: Listing) -> Found:
    """Return one student's submission; a name that ends in a slash is a folder's."""
    folder = name.removesuffix("/")
    if folder == name:
        stem = without_suffix(name) if is_archive(name) else name.rpartition(".")[0]
        return replace(found_as(stem, path.parent, listing), archive=path.name, inside=top)
    found = found_as(folder, path.parent, listing.cut())
    return replace(found, archive=path.name, inside=f"{top}{name}")


def is_work(name: str) -> bool:
    """Return whether a file's name alone may be a submission's."""
    return is_source(name) or is_archive(name)
