"""Who handed in what, by the file names of a Canvas download of all submissions?

Each file is called ``<name>[_LATE]_<user id>_<attachment id>_<the student's own file name>``; under
anonymous grading ``[LATE_]anon_<id>_<attachment id>_<own name>``; a text or a link that was handed
in, ``…_text.html`` and ``…_link.html``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grader.records import Person
from grader.submission.collected import Collected, Source
from grader.submission.found import Found
from grader.submission.shelves import Entry, Shelf

_NAME = re.compile(
    r"(?:(?P<late_first>LATE_)?anon_(?P<anonymous>[^_]+)|(?P<name>.*?)(?P<late>_LATE)?_(?P<user>\d+))"
    r"_(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<kind>text|link)\.html)"
)
_NUMBERED = re.compile(r"(?P<stem>.+?)-(?P<number>\d+)(?P<suffix>(?:\.tar)?\.\w+)?")
LATE = "late, as Canvas marks it"
"""Canvas tells that, and not by how much."""
_TOLD = {
    "text": "a text entry was handed in, which is no code",
    "link": "a link was handed in, which is not followed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upload:
    """One entry with what its name tells; ``file`` is empty for a text or a link."""

    entry: Entry
    person: Person
    is_late: bool
    attachment: int
    file: str
    kind: str

    @property
    def stem(self) -> str:
        """The own name without the number that Canvas gives to a file handed in again."""
        numbered = _NUMBERED.fullmatch(self.file)
        return numbered["stem"] + (numbered["suffix"] or "") if numbered else self.file

    @property
    def age(self) -> tuple[int, int]:
        """What grows with every upload of a file."""
        numbered = _NUMBERED.fullmatch(self.file)
        return int(numbered["number"]) if numbered else 0, self.attachment


def _read(entry: Entry) -> _Upload | None:
    told = _NAME.fullmatch(entry.name)
    if told is None:
        return None
    anonymous = told["anonymous"]
    return _Upload(
        entry=entry,
        person=Person(student_id=f"anon-{anonymous}" if anonymous else told["user"])
        if not told["name"]
        else Person(student_id=told["user"], name=told["name"]),
        is_late=bool(told["late"] or told["late_first"]),
        attachment=int(told["attachment"] or 0),
        file=told["file"] or "",
        kind=told["kind"] or "",
    )


def _recognises(shelf: Shelf) -> bool:
    """Tell whether most of what lies there is called as Canvas does."""
    named = sum(_read(entry) is not None for entry in shelf.entries)
    return 2 * named > len(shelf.entries)


def _collect(shelf: Shelf, assignment: str) -> Collected:
    students: dict[str, list[_Upload]] = {}
    unmatched = []
    for entry in shelf.entries:
        upload = _read(entry)
        if upload is None:
            unmatched.append(entry.origin)
        else:
            students.setdefault(upload.person.student_id, []).append(upload)
    found = tuple(_submission(shelf, uploads) for uploads in students.values())
    return Collected(found=found, unmatched=tuple(unmatched))


def _submission(shelf: Shelf, uploads: Sequence[_Upload]) -> Found:
    """Return all that one student has handed in as one submission."""
    person = uploads[0].person
    chosen, notes = _newest([upload for upload in uploads if upload.file])
    others = [(u.entry.name, u.entry) for u in uploads if not u.file]
    name = "-".join(filter(None, (person.name, person.student_id)))
    found = shelf.found(name, [*chosen, *others])
    notes += [_TOLD[upload.kind] for upload in uploads if upload.kind]
    late = [LATE] if any(upload.is_late for upload in uploads) else []
    return replace(found, people=(person,), notes=(*late, *notes, *found.notes))


def _newest(uploads: Iterable[_Upload]) -> tuple[list[tuple[str, Entry]], list[str]]:
    """Return the files with what they are called, without those that a newer one replaces.

    ``net-1.py`` is ``net.py`` handed in again. Where several numbers are there and no file
    without one, they may as well be the parts of a homework: all of them are kept.
    """
    by_stem: dict[str, list[_Upload]] = {}
    for upload in uploads:
        by_stem.setdefault(upload.stem, []).append(upload)
    kept: list[tuple[str, Entry]] = []
    notes: list[str] = []
    for stem, versions in by_stem.items():
        *older, newest = sorted(versions, key=lambda upload: upload.age)
        is_again = not older or any(upload.file == stem for upload in versions)
        if not is_again:
            kept += [_called(upload.file, upload.entry) for upload in versions]
            continue
        kept.append(_called(stem, newest.entry))
        if older:
            is_alike = any(upload.file == newest.file for upload in older)
            taken = newest.entry.name if is_alike else newest.file
            notes.append(f"{stem} was handed in {len(versions)} times: {taken} was taken")
    return kept, notes


def _called(file: str, entry: Entry) -> tuple[str, Entry]:
    """Return what an entry is called: the folder that somebody has unpacked an archive to."""
    return (f"{file}/" if entry.is_folder else file), entry


CANVAS = Source(
    title="a Canvas download",
    told_by="file names such as smithjane_LATE_12345_67890_net.py",
    recognises=_recognises,
    collect=_collect,
)
