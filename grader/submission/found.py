"""What is a submission before it is read: whose it is, and where its files lie."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.records import Person
from grader.submission.archives import Place
from grader.submission.listing import MOST_FILES, Listing, shown_names, told_of

_UNOPENED = "an archive, which was not opened; unpack it and grade again"
_MOST_NAMED = 5
_MOST_TOLD = 20
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
    places
        Path -> where it lies, relative to ``base``, for those that lie elsewhere: in an archive, or
        under another name.
    origin
        What of the source it is, for people: ``fox/``, ``smithjane_LATE_12_345_net.py``.
    """

    id: str
    people: tuple[Person, ...]
    base: Path
    files: tuple[str, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    origin: str = ""


def found_as(
    name: str,
    base: Path,
    listing: Listing,
    lies: Callable[[Place], Place] = lambda place: place,
    origin: str = "",
) -> Found:
    """Return what was found; an archive is a problem only where there is nothing else.

    Parameters
    ----------
    name
        The student's, as the source has it.
    base, listing
        What lies where.
    lies
        From a place of the listing to one relative to the base.
    origin
        What of the source it is.
    """
    kept = listing.without_twins()
    places = {path: lies(place) for path, place in shown_names(kept.files).items()}
    files = sorted(places)[:MOST_FILES]
    problems = [told_of(*told) for told in kept.problems.items()][:_MOST_TOLD]
    notes = [told_of(*told) for told in kept.notes.items()][:_MOST_TOLD]
    archives = [told_of(place, _UNOPENED) for place in kept.archives[:_MOST_TOLD]]
    if len(places) > MOST_FILES:
        problems.append(f"more than {MOST_FILES} files: the rest was left out")
    if files:
        notes += archives
    else:
        problems += archives
        others = ", ".join(place[-1] for place in kept.others[:_MOST_NAMED])
        notes.append(f"no Python file or notebook{f' (only {others})' if others else ''}")
    return Found(
        id=safe_id(name),
        people=(Person(student_id=name),),
        base=base,
        files=tuple(files),
        problems=tuple(problems),
        notes=tuple(notes),
        places={path: places[path] for path in files if places[path] != (path,)},
        origin=origin,
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


def with_unique_ids(found: Iterable[Found]) -> list[Found]:
    """Return the submissions sorted, with a hash added where two ids agree but for their case."""
    seen: set[str] = set()
    unique = []
    for submission in sorted(found, key=lambda one: (one.id, str(one.base), one.origin)):
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
