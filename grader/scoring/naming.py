"""Which submission does a name mean, where a table or a command names a student?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.errors import UsageError
from grader.records import ScoreSheet
from grader.scoring.hand_csv import name_key

Called = Mapping[str, Sequence[str]]
"""Submission -> the ids of who handed it in."""


def handed_in_twice(called: Called) -> dict[str, tuple[str, ...]]:
    """Return the students of whom there are several submissions, with these.

    >>> handed_in_twice({"fox": ["fox"], "fox-1": ["fox"], "pair": ["ant", "bee"]})
    {'fox': ('fox', 'fox-1')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for submission, students in called.items():
        for student in dict.fromkeys(students):
            found[student] = (*found.get(student, ()), submission)
    return {student: tuple(sorted(ids)) for student, ids in found.items() if len(ids) > 1}


def names_of(sheet: ScoreSheet, taken: Iterable[str] = ()) -> list[str]:
    """Return all by which a table may name a sheet: the submission, then its people.

    Parameters
    ----------
    sheet
        Whose names are wanted.
    taken
        Ids of submissions that are somebody's own id too, who handed in another one: as a name
        they mean the submission of that very id.
    """
    own = sheet.submission
    people = (person.student_id for person in sheet.people)
    names = (own, *(name for name in people if name == own or name not in taken))
    return list(dict.fromkeys(map(name_key, names)))


def others_called(called: Called, submission: str) -> tuple[str, ...]:
    """Return the other submissions of whoever handed one in.

    >>> others_called({"fox": ["fox"], "fox-1": ["fox"], "owl": ["owl"]}, "fox")
    ('fox-1',)
    """
    several = (ids for ids in handed_in_twice(called).values() if submission in ids)
    return tuple(dict.fromkeys(name for ids in several for name in ids if name != submission))


def taken_in(called: Called) -> frozenset[str]:
    """Return the students' ids that are the id of one of several submissions of theirs.

    >>> sorted(taken_in({"fox": ["fox"], "fox-1": ["fox"], "owl-1": ["owl"], "owl-2": ["owl"]}))
    ['fox']
    """
    return frozenset(name for name in handed_in_twice(called) if name in called)


def must_mean_one_each(source: str, names: Iterable[str], called: Called) -> None:
    """Refuse a table that names a student of whom there are several submissions.

    Parameters
    ----------
    source
        The table's file.
    names
        Whom it names, as ``name_key`` has them.
    called
        All submissions.

    Raises
    ------
    UsageError
        With every name that is no submission's own and means several; and what to write.
    """
    own = {name_key(submission) for submission in called}
    several = {name_key(student): ids for student, ids in handed_in_twice(called).items()}
    unclear = several.keys() - own
    told = [several_told(name, several[name]) for name in names if name in unclear]
    if told:
        raise UsageError("\n".join(f"{source}: {one}" for one in sorted(told)))


def several_told(student: str, submissions: Sequence[str]) -> str:
    """Return that a name means several submissions, and what to write for it.

    >>> several_told("fox", ["fox", "fox-1"])
    'two submissions are called fox: name fox or fox-1'
    """
    count = "two" if len(submissions) == 2 else len(submissions)
    listed = " or ".join(sorted(submissions))
    return f"{count} submissions are called {student}: name {listed}"
