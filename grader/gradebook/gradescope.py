"""The grades of one assignment as Gradescope has them, or its column of a course's gradebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from grader.gradebook.filling import Filled, Request, chosen_column, matched, scale_of
from grader.gradebook.scores import GRADED, MISSING, Score
from grader.gradebook.table import Book, Style, number_of
from grader.report.escaping import number_text

WHERE = "Gradescope's Review Grades → Download Grades"
_TOTAL, _MOST, _STATUS = "Total Score", "Max Points", "Status"
_ID = "Submission ID"
_OWN = (_TOTAL, _MOST, _STATUS, _ID, "Submission Time", "Lateness (H:M:S)", "View Count")
_HEAD = ("Name", "SID", "Email", *_OWN, "Submission Count")
_COURSE_MOST = " - Max Points"


def fill(request: Request) -> Filled:
    """Return a row for each graded student; whoever has two scores has none of them.

    With a download of Gradescope's its identity columns, and what it tells of the submissions,
    stay; without one they are what the run knows of its students.
    """
    if request.book is None:
        scale_of(request, None)
        return _plain(request)
    book = request.book
    if book.column(_TOTAL.casefold()) is None:
        return _course(request, book)
    return _assignment(request, book)


def _questions(request: Request) -> list[str]:
    return [
        f"{number}: {title} ({number_text(points)} pts)"
        for number, (title, points) in enumerate(request.items.values(), start=1)
    ]


def _points(request: Request, score: Score, style: Style) -> list[str]:
    points = [score.items.get(name) for name in request.items]
    return ["" if one is None else style.number(one) for one in points]


def _told(score: Score) -> str:
    return {GRADED: "Graded", MISSING: "Missing"}.get(score.status, "Ungraded")


def _plain(request: Request) -> Filled:
    style = Style()
    rows = []
    known = Counter(score.person.student_id for score in request.scores)
    several = {student for student, count in known.items() if count > 1}
    for score in request.scores:
        if score.person.student_id in several:
            continue
        who = (score.person.name, score.person.student_id, score.person.email)
        total = (style.number(score.total), style.number(score.maximum), _told(score))
        blank = [""] * (len(_HEAD) - 6)
        rows.append([*who, *total, *blank, *_points(request, score, style)])
    head = [*_HEAD, *_questions(request)]
    left_out = [f"{student} has several scores: none of them is given" for student in several]
    return Filled(
        head=head,
        rows=rows,
        style=style,
        count=len(rows),
        into=_TOTAL,
        left_out=sorted(left_out),
    )


def _assignment(request: Request, book: Book) -> Filled:
    """Return the grades of an assignment with our points, and its own columns for the rest."""
    last = book.needed("this is no download of grades", "submission count", "view count") + 1
    style = book.style
    scale_of(request, None)
    found = matched(request.scores, book)
    rows = []
    for line, score in sorted(found.by_line.items()):
        cells = list(book.rows[line][:last])
        told: Mapping[str, str] = {
            _TOTAL: style.number(score.total),
            _MOST: style.number(score.maximum),
            _STATUS: _told(score),
        }
        for name, text in told.items():
            cells[book.needed("this is no download of grades", name.casefold())] = text
        rows.append([*cells, *_points(request, score, style)])
    return Filled(
        head=[*book.head[:last], *_questions(request)],
        rows=rows,
        style=style,
        count=len(rows),
        into=_TOTAL,
        left_out=found.problems,
    )


def _course(request: Request, book: Book) -> Filled:
    """Return who it is and the assignment's columns, of a gradebook of the whole course."""
    heads = [name.strip() for name in book.head]
    candidates = {
        heads.index(name.removesuffix(_COURSE_MOST)): (name.removesuffix(_COURSE_MOST),)
        for name in heads
        if name.endswith(_COURSE_MOST) and name.removesuffix(_COURSE_MOST) in heads
    }
    column = chosen_column(book.path, request.assignment, candidates, "assignments")
    title = heads[column]
    own = [i for i, name in enumerate(heads) if name == title or name.startswith(f"{title} - ")]
    first = min(candidates)
    kept = [*range(first), *own]
    place = heads.index(f"{title}{_COURSE_MOST}")
    found = matched(request.scores, book)
    most = _worth(book, place)
    factor, warnings = scale_of(request, most)
    rows = []
    for line, score in sorted(found.by_line.items()):
        cells = list(book.rows[line])
        cells[column] = book.style.number(score.total * factor)
        cells[place] = book.style.number(most if most is not None else score.maximum)
        rows.append([cells[i] for i in kept])
    return Filled(
        head=[book.head[i] for i in kept],
        rows=rows,
        style=book.style,
        count=len(rows),
        into=title,
        left_out=found.problems,
        warnings=warnings,
    )


def _worth(book: Book, place: int) -> Decimal | None:
    told = (number_of(cells[place]) for cells in book.rows.values())
    return next((one for one in told if one is not None), None)
