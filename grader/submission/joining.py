"""Who on the roster has handed in which submission, and who has handed in nothing?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.records import Person
from grader.submission.found import Found, safe_id
from grader.submission.roster import Roster, Row, name_forms

MISSING = "on the roster, and nothing was handed in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A submission of which somebody is not on the roster, and why."""

    submission: str
    why: str


def joined(
    found: Iterable[Found], roster: Roster | None
) -> tuple[tuple[Found, ...], tuple[Unmatched, ...]]:
    """Return the submissions with what a roster tells of their people, and the rest of both.

    Ids decide first, then e-mails and what stands before their ``@``, then names, written in
    either order. Whoever is on the roster and in no submission gets one without files.
    """
    if roster is None:
        return tuple(_told_twice(found)), ()
    index = RosterIndex(roster)
    handed_in: list[Found] = []
    unmatched: list[Unmatched] = []
    for one in found:
        rows = [index.row_of(person) for person in one.people]
        people = [_told(*both) for both in zip(one.people, (row for row, _ in rows), strict=True)]
        notes = [*(why for row, why in rows if row is None), *index.take(one, rows)]
        unmatched += [Unmatched(submission=one.id, why=why) for row, why in rows if row is None]
        handed_in.append(replace(one, people=tuple(people), notes=(*one.notes, *notes)))
    missing = [_missing(row) for row in roster.rows if row.line not in index.taken]
    return (*handed_in, *missing), tuple(unmatched)


def _told_twice(found: Iterable[Found]) -> Iterator[Found]:
    """Yield the submissions; one whose people have handed in another one says so."""
    taken: dict[str, str] = {}
    for one in found:
        notes = [
            f"{person.student_id} has handed in {taken[person.student_id]} too"
            for person in one.people
            if taken.setdefault(person.student_id, one.id) != one.id
        ]
        yield replace(one, notes=(*one.notes, *notes))


class RosterIndex:
    """The rows of a roster by all that a source may call their people.

    Parameters
    ----------
    roster
        Whose rows are looked for.
    """

    def __init__(self, roster: Roster) -> None:
        self.taken: dict[int, str] = {}
        """Line -> the submission that the person of that line has handed in."""
        self._source = roster.source
        ids: dict[str, list[Row]] = {}
        emails: dict[str, list[Row]] = {}
        accounts: dict[str, list[Row]] = {}
        names: dict[str, list[Row]] = {}
        for row in roster.rows:
            email = row.person.email.casefold()
            for key in row.ids:
                ids.setdefault(key, []).append(row)
            if email:
                emails.setdefault(email, []).append(row)
                accounts.setdefault(email.partition("@")[0], []).append(row)
            for key in row.names:
                names.setdefault(key, []).append(row)
        self._ids, self._emails, self._accounts, self._names = ids, emails, accounts, names

    def take(self, one: Found, rows: Iterable[tuple[Row | None, str]]) -> Iterator[str]:
        """Note who has handed in a submission, and yield what must be told of them."""
        for row in (row for row, _ in rows if row is not None):
            if row.line in self.taken:
                yield f"{row.person.student_id} has handed in {self.taken[row.line]} too"
                continue
            self.taken[row.line] = one.id
            if row.late:
                yield f"{row.person.student_id} is late by {row.late}, by the roster"

    def row_of(self, person: Person) -> tuple[Row | None, str]:
        """Return whose row it is, or None and why."""
        student, email = person.student_id.casefold(), person.email.casefold()
        looks: list[tuple[Mapping[str, list[Row]], Iterable[str]]] = [
            (self._ids, [student]),
            (self._emails, [email, student]),
            (self._accounts, [student]),
            (self._names, name_forms(person.name) | name_forms(_spelt_out(person.student_id))),
        ]
        for index, keys in looks:
            rows = {row.line: row for key in keys if key for row in index.get(key, ())}
            if len(rows) == 1:
                return next(iter(rows.values())), ""
            if rows:
                lines = " and ".join(str(line) for line in sorted(rows))
                told = f"fits more than one on the roster (lines {lines} of {self._source})"
                return None, f"{person.name or person.student_id} {told}"
        return None, f"{person.name or person.student_id} is not on the roster ({self._source})"


def _spelt_out(student: str) -> str:
    """Return an id that may be a name in words: ``jane_smith``, ``Jane-Smith``."""
    return student.replace("_", " ").replace("-", " ")


def _told(person: Person, row: Row | None) -> Person:
    """Return a person as the roster has them, with what only the source knows."""
    if row is None:
        return person
    return replace(
        row.person, name=row.person.name or person.name, email=row.person.email or person.email
    )


def _missing(row: Row) -> Found:
    return Found(
        id=safe_id(row.person.student_id),
        people=(row.person,),
        base=Path(),
        files=(),
        notes=(MISSING,),
    )
