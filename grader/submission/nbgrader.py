"""Who handed in what, in nbgrader's ``submitted/<student>/<assignment>/``?"""

from __future__ import annotations

from dataclasses import replace

from grader.errors import UsageError
from grader.records import Person
from grader.submission.archives import Place
from grader.submission.collected import Collected, Source
from grader.submission.found import Found
from grader.submission.listing import Listing
from grader.submission.shelves import Entry, Shelf

_FOLDER = "submitted"


def _home(shelf: Shelf) -> Shelf | None:
    """Return the shelf that holds a folder for each student."""
    for entry in shelf.entries:
        if entry.is_folder and entry.name == _FOLDER:
            return shelf.opened(entry)
    return shelf if shelf.name == _FOLDER else None


def _recognises(shelf: Shelf) -> bool:
    """Tell whether there is a folder of that name in which all work lies two folders deep."""
    home = _home(shelf)
    students = [] if home is None else [entry for entry in home.entries if entry.is_folder]
    places = [place for entry in students for place in entry.listing.files]
    return bool(places) and all("/" in place[0] for place in places)


def _collect(shelf: Shelf, assignment: str) -> Collected:
    home = _home(shelf) or shelf
    students = [entry for entry in home.entries if entry.is_folder]
    wanted = assignment or _only_assignment(shelf, students)
    found = tuple(_submission(home, entry, wanted) for entry in students)
    if not any(one.files for one in found):
        known = ", ".join(sorted(_assignments(students))) or "none"
        raise UsageError(f"{shelf.path}: no assignment {wanted!r} (there are: {known})")
    unmatched = tuple(entry.origin for entry in home.entries if not entry.is_folder)
    return Collected(found=found, unmatched=unmatched)


def _only_assignment(shelf: Shelf, students: list[Entry]) -> str:
    known = sorted(_assignments(students))
    if len(known) != 1:
        told = f"holds the assignments {', '.join(known)}" if known else "holds no assignment"
        raise UsageError(f"{shelf.path}: {told}; choose one with --assignment NAME")
    return known[0]


def _assignments(students: list[Entry]) -> set[str]:
    places = [place for entry in students for place in entry.listing.files]
    return {place[0].partition("/")[0] for place in places if "/" in place[0]}


def _submission(home: Shelf, entry: Entry, assignment: str) -> Found:
    """Return one student's files of one assignment."""
    folder = f"{assignment}/"

    def within(place: Place) -> Place | None:
        if not place[0].startswith(folder):
            return None
        return (place[0].removeprefix(folder), *place[1:])

    listing: Listing = entry.listing.renamed(within)
    part = Entry(name=f"{entry.name}/{assignment}", is_folder=True, listing=listing)
    found = home.found(entry.name, [("", part)])
    return replace(found, people=(Person(student_id=entry.name),))


NBGRADER = Source(
    title="nbgrader's submitted folder",
    told_by="a folder submitted/<student>/<assignment>/",
    recognises=_recognises,
    collect=_collect,
)
