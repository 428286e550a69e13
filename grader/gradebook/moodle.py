"""The offline grading worksheet of Moodle: its own rows, of which the grade alone is filled in.

The importer passes over, in silence, whatever it does not like: a locked grade, one above the
maximum. So these are told here.
"""

from __future__ import annotations

from decimal import Decimal

from grader.gradebook.filling import Filled, Request, chosen_column, matched, scale_of
from grader.gradebook.table import Book, number_of

WHERE = "the assignment's Submissions → Download grading worksheet"
_NEEDED = ("identifier", "last modified (grade)")
_GRADE = "Grade"


def fill(request: Request) -> Filled:
    """Return the rows of the graded students with their grades, and all else as downloaded.

    Raises
    ------
    UsageError
        If it is no grading worksheet, or one in another language.
    """
    book = request.must_have("moodle", WHERE)
    for name in _NEEDED:
        book.needed("this is no grading worksheet; set Moodle to English to download one", name)
    wanted = request.assignment or _GRADE
    columns = {place: (name,) for place, name in enumerate(book.head)}
    column = chosen_column(book.path, wanted, columns, "columns")
    found = matched(request.scores, book)
    maxima = {line: _maximum(book, line) for line in found.by_line}
    most = next((one for one in maxima.values() if one is not None), None)
    factor, warnings = scale_of(request, most)
    rows, left_out = [], list(found.problems)
    for line, score in sorted(found.by_line.items()):
        grade = score.total * factor
        why = _why_not(book, line, grade, maxima[line])
        if why:
            left_out.append(f"{score.name}: {why}")
            continue
        cells = list(book.rows[line])
        cells[column] = book.style.number(grade, is_padded=True)
        rows.append(cells)
    return Filled(
        head=book.head,
        rows=rows,
        style=book.style,
        count=len(rows),
        into=book.head[column],
        left_out=left_out,
        warnings=warnings,
    )


def _maximum(book: Book, line: int) -> Decimal | None:
    place = book.column("maximum grade")
    return None if place is None else number_of(book.rows[line][place])


def _why_not(book: Book, line: int, grade: Decimal, most: Decimal | None) -> str:
    """Return why Moodle would pass over a grade; empty where it would take it."""
    place = book.column("grade can be changed")
    if place is not None and book.rows[line][place].strip().casefold() == "no":
        return "the grade is locked in Moodle"
    if most is not None and grade > most:
        told = book.style.number(grade)
        return f"{told} is above Moodle's maximum of {book.style.number(most)}, and not imported"
    return ""
