"""The gradebook of Canvas: the identity columns as exported, and one assignment's column.

A blank over a score counts as a change when it is imported: whoever is not graded is not in it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from grader.errors import UsageError
from grader.gradebook.filling import Filled, Request, chosen_column, matched, scale_of
from grader.gradebook.table import Book, number_of

_ASSIGNMENT = re.compile(r"(?P<title>.*\S)\s*\((?P<id>\d+)\)\s*")
_POINTS = "points possible"
_EXEMPT = {"EX": "is excused in Canvas", "N/A": "is not assigned to it in Canvas"}
WHERE = "Canvas's Grades → Export → Export Entire Gradebook"


def fill(request: Request) -> Filled:
    """Return what Canvas imports: of every graded student the identity and the score.

    Raises
    ------
    UsageError
        If the gradebook is none of Canvas's, or the assignment is not in it.
    """
    book = request.must_have("canvas", WHERE)
    width = _identity_width(book)
    column = chosen_column(book.path, request.assignment, _candidates(book, width), "assignments")
    most, points_row = _points_possible(book, column)
    factor, warnings = scale_of(request, most)
    found = matched(request.scores, book)
    kept = list(range(width))
    rows = [] if points_row is None else [[*(points_row[i] for i in kept), points_row[column]]]
    left_out = list(found.problems)
    count = 0
    for line, score in sorted(found.by_line.items()):
        cells = book.rows[line]
        exempt = _EXEMPT.get(cells[column].strip().upper())
        if exempt is not None:
            left_out.append(f"{score.name}: {exempt}")
            continue
        rows.append([*(cells[i] for i in kept), book.style.number(score.total * factor)])
        count += 1
    head = [*(book.head[i] for i in kept), book.head[column]]
    return Filled(
        head=head,
        rows=rows,
        style=book.style,
        count=count,
        into=book.head[column],
        left_out=left_out,
        warnings=warnings,
    )


def _identity_width(book: Book) -> int:
    """Return how many columns tell who it is: up to Section, as Canvas demands."""
    names = [name.strip() for name in book.head]
    is_canvas = names[:2] == ["Student", "ID"] or names[:3] == ["LastName", "FirstName", "ID"]
    if not is_canvas or "Section" not in names:
        told = "no gradebook of Canvas: it begins with Student, ID, …, Section"
        raise UsageError(f"{book.path}:1: {told} (this one: {', '.join(names[:6])})")
    return names.index("Section") + 1


def _candidates(book: Book, width: int) -> dict[int, tuple[str, ...]]:
    """Return the assignments' columns, by their name, title and id; the others are read-only."""
    found: dict[int, tuple[str, ...]] = {}
    for place, name in enumerate(book.head[width:], start=width):
        told = _ASSIGNMENT.fullmatch(name)
        if told is not None:
            found[place] = (name, told["title"], told["id"])
    return found


def _points_possible(book: Book, column: int) -> tuple[Decimal | None, tuple[str, ...] | None]:
    """Return what the assignment is worth, with the row that tells so; None where none does."""
    for cells in book.rows.values():
        if cells and cells[0].strip().casefold() == _POINTS:
            return number_of(cells[column]), cells
    return None, None
