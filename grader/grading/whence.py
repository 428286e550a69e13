"""Whence do a run's submissions come: what source, which assignment, who might have handed in?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.grading.kept import each_result
from grader.report.escaping import listed
from grader.scoring.naming import Called, several_told
from grader.submission import Census, Found, census, read_roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Whence:
    """What a command says of the submissions beside their path.

    Parameters
    ----------
    source
        What the path is; recognised if empty.
    assignment
        Which one is wanted, where a source holds several; empty for the only one.
    roster
        CSV of who might have handed in.
    """

    source: str = ""
    assignment: str = ""
    roster: Path | None = None

    def look(self, path: Path, expected: Sequence[str]) -> Census:
        """Return who handed in what.

        Raises
        ------
        UsageError
            If there is nothing to grade, or the roster cannot be read.
        """
        roster = None if self.roster is None else read_roster(self.roster)
        return census(path, expected, self.source, self.assignment, roster)

    def or_of(self, facts: Mapping[str, Any]) -> Whence:
        """Return this, or where it says nothing what the ``run.json`` of a run tells."""
        return whence_of(facts) if self == Whence() else self

    def facts(self, path: Path, seen: Census) -> Mapping[str, Any]:
        """Return what ``run.json`` keeps, so that the same is found again."""
        return {
            "submissions": str(path.resolve()),
            "source": self.source,
            "recognised_as": seen.source,
            "assignment": self.assignment,
            "roster": "" if self.roster is None else str(self.roster.resolve()),
        }


def whence_of(facts: Mapping[str, Any]) -> Whence:
    """Return whence the submissions of a run came, by what its ``run.json`` tells."""
    roster = str(facts.get("roster") or "")
    return Whence(
        source=str(facts.get("source") or ""),
        assignment=str(facts.get("assignment") or ""),
        roster=Path(roster) if roster else None,
    )


def of_students(found: Iterable[Found], students: Sequence[str], where: object) -> list[Found]:
    """Return the submissions of some students, each named by an id, an e-mail or a name.

    Parameters
    ----------
    found
        All submissions.
    students
        Who is wanted; a submission's own id counts too, and each member of a group finds it.
    where
        Where they were looked for, for the message.

    Raises
    ------
    UsageError
        If one of them is not there, or there are several submissions that are called so.
    """
    everybody = list(found)
    chosen: dict[str, Found] = {}
    for student in students:
        fits = _fits(everybody, student)
        if not fits:
            known = listed([one.id for one in everybody], most=20)
            raise UsageError(f"{where}: no submission of {student!r} (there are: {known})")
        if len(fits) > 1:
            raise UsageError(f"{where}: {several_told(student, [one.id for one in fits])}")
        chosen |= {one.id: one for one in fits}
    return list(chosen.values())


def called_in(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the submissions that a run has, each with the ids of who handed it in."""
    return {
        path.stem: tuple(person["id"] for person in told["people"])
        for path, told in each_result(folder)
    }


def called_among(found: Iterable[Found]) -> dict[str, tuple[str, ...]]:
    """Return the same of submissions that were found."""
    return {one.id: tuple(person.student_id for person in one.people) for one in found}


def submission_of(called: Called, student: str, where: object) -> str:
    """Return the id of the submission that a run has of a student, or nothing.

    Raises
    ------
    UsageError
        If it has several that are called so.
    """
    wanted = student.casefold()
    own = [name for name in called if name.casefold() == wanted]
    fits = own or [name for name, ids in called.items() if wanted in map(str.casefold, ids)]
    if len(fits) > 1:
        raise UsageError(f"{where}: {several_told(student, fits)}")
    return fits[0] if fits else ""


def _fits(found: Sequence[Found], student: str) -> list[Found]:
    """Return the submission of that id, or else whose it is, or else who is called so."""
    for calls in (_own, _ids, _names):
        fits = [one for one in found if student.casefold() in calls(one)]
        if fits:
            return fits
    return []


def _own(one: Found) -> set[str]:
    return {one.id.casefold()}


def _ids(one: Found) -> set[str]:
    return {person.student_id.casefold() for person in one.people}


def _names(one: Found) -> set[str]:
    told = (text for person in one.people for text in (person.email, person.name))
    return {text.casefold() for text in told if text}
