"""Who is in the course? A CSV, as Gradescope, Canvas or Moodle export it, or made by hand.

Its columns are recognised by the names that these exports give them. Every mistake of the file is
told at once, at its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.records import Person

IDS = (
    ("sid", "student id", "student number", "student_id", "matriculation number"),
    ("sis user id", "id number", "org defined id", "orgdefinedid"),
    ("sis login id", "username", "user name", "netid", "net id", "login", "login id", "uid"),
    ("id", "user id", "integration id", "identifier"),
)
"""Names of columns that hold an id; a person's own is the first of them that is not blank."""
NAMES = ("name", "full name", "student name", "display name")
FIRST = ("first name", "firstname", "first_name", "given name")
LAST = ("last name", "lastname", "last_name", "surname", "family name")
EMAILS = ("email", "email address", "e-mail", "e-mail address", "mail")
SECTIONS = ("section", "sections", "section_name", "section name", "group", "groups")
LATENESS = ("lateness (h:m:s)", "lateness")
_ON_TIME = re.compile(r"[0:]*")
_CLOCK = re.compile(r"([0-9]{1,6}):([0-9]{1,2}):([0-9]{1,2})")
_STUDENT = "student"
_KNOWN = ", ".join(("SID", "ID", "SIS Login ID", "Identifier", "Name", "First Name", "Email"))
_PARTICIPANT = re.compile(r"\D+(\d+)")
_NOT_LETTERS = re.compile(r"[\W_]+")
_POSTING = frozenset({"manual posting", "muted"})
_TEST_STUDENT = "student, test"
MOST_ROSTER = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person on the roster.

    Parameters
    ----------
    person
        As every report will tell of them.
    ids
        Everything that identifies them beside the e-mail: ids of several systems.
    line
        In the file.
    late
        By how much the person was late, as Gradescope's grades tell; empty for not at all.
    """

    person: Person
    ids: frozenset[str]
    line: int
    late: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The name in the forms that sources have it."""
        return name_forms(self.person.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody in the course, in the file's order."""

    rows: tuple[Row, ...]
    source: str


def name_forms(name: str) -> frozenset[str]:
    """Return a name's forms as letters alone: as it is, and with the last word first.

    >>> sorted(name_forms("Ada B. Lovelace")) == sorted(name_forms("Lovelace, Ada B."))
    True
    """
    last, comma, first = name.partition(",")
    words = [*first.split(), *last.split()] if comma else name.split()
    orders = [words, [*words[-1:], *words[:-1]]]
    if comma:
        orders.append([*last.split(), *first.split()])
    forms = {_NOT_LETTERS.sub("", "".join(order)).casefold() for order in orders}
    return frozenset(forms - {""})


def read_roster(path: Path) -> Roster:
    """Return everybody whom a CSV lists.

    Commas, semicolons and tabs are understood, and whatever columns there are beside.

    Raises
    ------
    UsageError
        With every mistake of the file, each at its line.
    """
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[Row] = []
    mistakes: list[str] = []
    try:
        head = [cell.strip().casefold() for cell in next(reader, [])]
        columns = _columns(path, head)
        for cells in reader:
            row = _row(columns, [cell.strip() for cell in cells], reader.line_num)
            if isinstance(row, str):
                mistakes.append(f"{path}:{reader.line_num}: {row}")
            elif row is not None:
                rows.append(row)
    except csv.Error as error:
        mistakes.append(f"{path}:{reader.line_num}: {error}")
    mistakes += [f"{path}:{told}" for told in _duplicates(rows)]
    if mistakes:
        raise UsageError("\n".join(mistakes))
    if not rows:
        raise UsageError(f"{path}: nobody is on it")
    return Roster(rows=tuple(rows), source=str(path))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_ROSTER + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    if len(data) > MOST_ROSTER:
        raise UsageError(f"{path}: larger than {MOST_ROSTER >> 20} MB: no roster")
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}:{line}: not UTF-8 text; save it as UTF-8") from None


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _columns(path: Path, head: Sequence[str]) -> dict[str, list[int]]:
    """Return which columns hold what; several ids, the preferred ones first."""
    is_canvas = _STUDENT in head and any(name in head for names in IDS for name in names)
    ids = [*IDS, ()] if is_canvas else [*IDS, (_STUDENT,)]
    names = (*NAMES, _STUDENT) if is_canvas else NAMES
    columns = {
        "id": [place for known in ids for place in _places(head, known)],
        "name": _places(head, names)[:1],
        "first": _places(head, FIRST)[:1],
        "last": _places(head, LAST)[:1],
        "email": _places(head, EMAILS)[:1],
        "section": _places(head, SECTIONS)[:1],
        "late": _places(head, LATENESS)[:1],
    }
    if not any(columns[kind] for kind in ("id", "name", "email", "last")):
        told = ", ".join(filter(None, head)) or "nothing"
        raise UsageError(f"{path}:1: no column tells who it is, such as {_KNOWN} (it has: {told})")
    columns["width"] = [len(head)]
    return columns


def _places(head: Sequence[str], known: Iterable[str]) -> list[int]:
    return [place for name in known for place, cell in enumerate(head) if cell == name]


def _row(columns: Mapping[str, list[int]], cells: Sequence[str], line: int) -> Row | str | None:
    """Return a person, what is wrong with the line, or None for a line of nobody."""
    if any(cells[columns["width"][0] :]):
        return f"has {len(cells)} cells, and the head of the table {columns['width'][0]}"
    told = {
        kind: [cells[place] for place in places if place < len(cells) and cells[place]]
        for kind, places in columns.items()
        if kind != "width"
    }
    first, last = (next(iter(told[kind]), "") for kind in ("first", "last"))
    name = next(iter(told["name"]), "") or " ".join(filter(None, (first, last)))
    if not any(cells) or name.casefold() in ("points possible", _TEST_STUDENT):
        return None
    email = next(iter(told["email"]), "")
    ids = [_plain_id(cell) for cell in told["id"]]
    if not (name or email or ids):
        # Beneath its head Canvas has a line about how grades are posted.
        is_about_posting = any(cell.casefold() in _POSTING for cell in cells)
        return None if is_about_posting else "neither an id, a name nor an e-mail"
    late = next(iter(told["late"]), "")
    person = Person(
        student_id=(ids or [email or name])[0],
        name=name,
        email=email,
        section=next(iter(told["section"]), ""),
        late_s=_seconds(late),
    )
    return Row(
        person=person,
        ids=frozenset(map(str.casefold, ids)),
        line=line,
        late="" if _ON_TIME.fullmatch(late) else late,
    )


def _seconds(late: str) -> int:
    """Return a lateness of hours, minutes and seconds in seconds; 0 for what is none.

    >>> _seconds("26:10:05"), _seconds("soon")
    (94205, 0)
    """
    clock = _CLOCK.fullmatch(late)
    hours, minutes, seconds = map(int, clock.groups()) if clock else (0, 0, 0)
    return 3600 * hours + 60 * minutes + seconds


def _plain_id(cell: str) -> str:
    """Return an id; of Moodle's ``Participant 123`` the number."""
    participant = _PARTICIPANT.fullmatch(cell) if " " in cell else None
    return participant[1] if participant else cell


def _duplicates(rows: Iterable[Row]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for row in rows:
        name = row.person.student_id.casefold()
        if name in seen:
            yield f"{row.line}: {row.person.student_id} is in line {seen[name]} already"
        seen.setdefault(name, row.line)
