"""Which score goes into which row of a gradebook, and who is left out, and why?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.scores import GRADED, Score
from grader.gradebook.table import Book, Style
from grader.report.escaping import number_text
from grader.submission.joining import RosterIndex
from grader.submission.roster import read_roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a gradebook is to be made of.

    Parameters
    ----------
    scores
        Of the run.
    items
        Of its homework: id -> title and points.
    book
        What was exported; None where nothing was given.
    assignment
        Whose column the scores go to; empty for the only one.
    is_scaled
        Whether points are scaled to the assignment's own maximum.
    """

    scores: Sequence[Score]
    items: Mapping[str, tuple[str, Decimal]]
    book: Book | None = None
    assignment: str = ""
    is_scaled: bool = False

    @property
    def maximum(self) -> Decimal:
        """The points that there are."""
        return next((score.maximum for score in self.scores), Decimal(0))

    def must_have(self, system: str, where: str) -> Book:
        """Return the exported gradebook.

        Raises
        ------
        UsageError
            If none was given, with where to get it.
        """
        if self.book is None:
            raise UsageError(f"--for {system} needs --gradebook FILE: the CSV of {where}")
        return self.book


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A gradebook with its scores.

    Parameters
    ----------
    head, rows
        What is written.
    style
        How it is written.
    count
        Students who have a score in it.
    into
        Name of the column that the scores are in.
    left_out
        Who has none although there is a score, and why.
    warnings
        What else to look at before it is uploaded.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    style: Style
    count: int
    into: str
    left_out: Sequence[str] = ()
    warnings: Sequence[str] = ()


Fill = Callable[[Request], Filled]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The scores that may be given out, and what is said of the others.

    Parameters
    ----------
    scores
        To give out.
    held
        Why the others are not, one line each.
    """

    scores: Sequence[Score] = ()
    held: Sequence[str] = ()


def given_out(scores: Iterable[Score], included: Collection[str]) -> Given:
    """Return the scores to give out: those of all items, and what else is asked for."""
    chosen, held = [], []
    for score in scores:
        if score.status in (GRADED, *included):
            chosen.append(score)
            continue
        held.append(f"{score.name}: {score.why_not}")
    return Given(scores=chosen, held=held)


@dataclass(slots=True)
class Matched:
    """The scores by the lines of a gradebook.

    Parameters
    ----------
    by_line
        Line -> the score that belongs there.
    problems
        Who belongs to none, or to one that somebody else belongs to.
    """

    by_line: dict[int, Score] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def matched(scores: Iterable[Score], book: Book) -> Matched:
    """Return which score belongs to which line, by ids, then e-mails, then names.

    Whoever has two scores has none of them: a person decides which one counts.

    Raises
    ------
    UsageError
        If the gradebook cannot be read as one.
    """
    index = RosterIndex(read_roster(book.path))
    found = Matched()
    taken: dict[int, list[Score]] = {}
    for score in scores:
        row, why = index.row_of(score.person)
        if row is None:
            told = why.replace("on the roster", "in the gradebook")
            is_named = told.startswith(score.submission)
            found.problems.append(told if is_named else f"{score.submission}: {told}")
        else:
            taken.setdefault(row.line, []).append(score)
    for line, several in taken.items():
        if len(several) == 1:
            found.by_line[line] = several[0]
            continue
        names = " and ".join(score.submission for score in several)
        told = f"{names} belong to the same student (line {line} of {book.path})"
        found.problems.append(f"{told}: neither is given")
    return found


def scale_of(request: Request, most: Decimal | None) -> tuple[Decimal, list[str]]:
    """Return by what points are multiplied for a gradebook's own maximum, and what to tell.

    Raises
    ------
    UsageError
        If it cannot be told although it is asked for.
    """
    if request.is_scaled and not (most and request.maximum):
        raise UsageError("--scale: the gradebook does not tell the assignment's maximum")
    if most is None or most == request.maximum:
        return Decimal(1), []
    if request.is_scaled:
        return most / request.maximum, []
    told = f"the assignment is worth {number_text(most)} points, and the homework "
    told += f"{number_text(request.maximum)}: --scale brings them together"
    return Decimal(1), [told]


def chosen_column(
    path: Path, wanted: str, candidates: Mapping[int, tuple[str, ...]], what: str
) -> int:
    """Return the place of the assignment's column.

    Parameters
    ----------
    path
        Of the gradebook.
    wanted
        What the command names; empty for the only one there is.
    candidates
        Place -> all that an assignment may be called, its column's name first.
    what
        What the candidates are, for a message.

    Raises
    ------
    UsageError
        With the candidates, if none or several are meant.
    """
    key = wanted.strip().casefold()
    places = [
        place
        for place, names in candidates.items()
        if not key or key in {name.strip().casefold() for name in names}
    ]
    if len(places) == 1:
        return places[0]
    known = "".join(f"\n  {names[0]}" for names in candidates.values()) or "\n  (none)"
    if not wanted:
        told = f"{len(places)} {what}: name one of them with --assignment"
        raise UsageError(f"{path}:1: {told}{known}")
    many = "more than one of the" if places else "none of the"
    raise UsageError(f"{path}:1: {wanted!r} is {many} {what}; there are:{known}")
