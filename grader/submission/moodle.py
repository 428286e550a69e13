"""Who handed in what, by the names in Moodle's download of all submissions?

Either a folder for each student, ``<full name>_<participant>_assignsubmission_file_/``, or the same
in front of each file's own name. An online text has a folder, or a file, of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.records import Person
from grader.submission.collected import Collected, Source
from grader.submission.found import Found
from grader.submission.shelves import Entry, Shelf

_NAME = re.compile(
    r"(?P<name>.+?)_(?P<participant>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?"
)
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")
_BLIND = "Participant"
_TEXT = "an online text was handed in, which is no code"
_Named = tuple[re.Match[str], Entry]


def _recognises(shelf: Shelf) -> bool:
    """Tell whether most of what lies there is called as Moodle does."""
    named = sum(_NAME.fullmatch(entry.name) is not None for entry in shelf.entries)
    return 2 * named > len(shelf.entries)


def _collect(shelf: Shelf, assignment: str) -> Collected:
    students: dict[tuple[str, str], list[_Named]] = {}
    unmatched = []
    for entry in shelf.entries:
        told = _NAME.fullmatch(entry.name)
        if told is None:
            unmatched.append(entry.origin)
        else:
            students.setdefault((told["participant"], told["name"]), []).append((told, entry))
    found = tuple(_submission(shelf, named) for named in students.values())
    return Collected(found=found, unmatched=tuple(unmatched))


def _submission(shelf: Shelf, named: Sequence[_Named]) -> Found:
    """Return all that one student has handed in as one submission."""
    told = named[0][0]
    is_blind = told["name"] == _BLIND
    person = Person(student_id=told["participant"], name="" if is_blind else told["name"])
    plain = _NOT_PLAIN.sub("-", told["name"]).strip("-")
    name = "-".join(filter(None, (plain, told["participant"])))
    found = shelf.found(name, [_called(*one) for one in named])
    has_text = any(one["plugin"] == "onlinetext" for one, _ in named)
    notes = (_TEXT,) if has_text and not found.files else ()
    return replace(found, people=(person,), notes=(*notes, *found.notes))


def _called(told: re.Match[str], entry: Entry) -> tuple[str, Entry]:
    """Return what an entry is called in the submission: nothing before a folder's files."""
    file = told["file"] or ""
    if entry.is_folder:
        return (f"{file}/" if file else ""), entry
    return file or entry.name, entry


MOODLE = Source(
    title="a Moodle download",
    told_by="names such as Jane Smith_12345_assignsubmission_file_",
    recognises=_recognises,
    collect=_collect,
)
