"""How is a gradebook read, and written as it was: its marks, delimiters, decimals and line ends?"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from grader.errors import UsageError
from grader.report.escaping import csv_text, number_text
from grader.report.files import write_atomically
from grader.scoring.hand_csv import UTF_16, bytes_of, decoded

_HARMLESS = re.compile(r"[+-]?[0-9.,]*%?")
"""A number, a lone minus sign: no formula, and what an importer wants as it is."""
_WITH_COMMA = re.compile(r"[0-9]+,[0-9]{1,5}")
_WITH_POINT = re.compile(r"[0-9]+\.[0-9]{1,5}")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a CSV file is written.

    Parameters
    ----------
    delimiter
        Between cells.
    decimal_sign
        A point or a comma.
    has_mark
        Whether it begins with a byte order mark.
    line_end
        Of every line.
    quotes_all
        Whether every cell is quoted.
    """

    delimiter: str = ","
    decimal_sign: str = "."
    has_mark: bool = False
    line_end: str = "\n"
    quotes_all: bool = False

    def number(self, value: Decimal, is_padded: bool = False) -> str:
        """Return a number to the hundredth, with both decimals where they are wanted.

        >>> Style(decimal_sign=",").number(Decimal("87.5"), is_padded=True)
        '87,50'
        """
        rounded = value.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)
        text = f"{rounded:f}" if is_padded else number_text(rounded)
        return text.replace(".", self.decimal_sign)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """An exported gradebook.

    Parameters
    ----------
    path
        Whence it was read.
    head
        Names of its columns.
    rows
        Line where a row ends -> its cells, as many as there are columns.
    style
        How it is written.
    """

    path: Path
    head: tuple[str, ...]
    rows: dict[int, tuple[str, ...]]
    style: Style

    def column(self, *names: str) -> int | None:
        """Return the place of the first of some names, None where none is there."""
        known = [name.strip().casefold() for name in self.head]
        return next((known.index(name) for name in names if name in known), None)

    def needed(self, what: str, *names: str) -> int:
        """Return the place of a column.

        Raises
        ------
        UsageError
            If it is not there, with all that are.
        """
        place = self.column(*names)
        if place is None:
            told = ", ".join(filter(None, self.head)) or "nothing"
            raise UsageError(f"{self.path}:1: no column {names[0]!r}: {what} (it has: {told})")
        return place


def read_book(path: Path) -> Book:
    """Return an exported gradebook.

    Raises
    ------
    UsageError
        If it cannot be read.
    """
    data = bytes_of(path, ": no gradebook")
    complaint = "not UTF-8 text; export it again, and do not save it from a spreadsheet"
    text = decoded(path, data, complaint)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head = next(reader, [])
        rows = {}
        for cells in reader:
            rows[reader.line_num] = (*cells, *[""] * (len(head) - len(cells)))
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: {error}") from None
    if not head:
        raise UsageError(f"{path}: nothing is in it")
    cells = [cell for row in rows.values() for cell in row]
    style = Style(
        delimiter=delimiter,
        decimal_sign=_decimal_sign(cells, delimiter),
        has_mark=data.startswith((codecs.BOM_UTF8, *UTF_16)),
        line_end="\r\n" if "\r\n" in text else "\n",
        quotes_all=first.count('"') >= 2 * len(head),
    )
    return Book(path=path, head=tuple(head), rows=rows, style=style)


def _decimal_sign(cells: Iterable[str], delimiter: str) -> str:
    """Return what stands before decimals, by the numbers there are or else by the delimiter."""
    stripped = [cell.strip() for cell in cells]
    commas = sum(_WITH_COMMA.fullmatch(cell) is not None for cell in stripped)
    points = sum(_WITH_POINT.fullmatch(cell) is not None for cell in stripped)
    if commas == points:
        return "," if delimiter == ";" else "."
    return "," if commas > points else "."


def number_of(cell: str) -> Decimal | None:
    """Return what a cell says as a number, with a point or a comma; None where it says none."""
    try:
        number = Decimal(cell.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def cell_text(text: str) -> str:
    """Return a cell as it may stand in a file that a spreadsheet opens, too.

    >>> cell_text("-"), cell_text("-12,5"), cell_text("=1+1")
    ('-', '-12,5', "'=1+1")
    """
    return text if _HARMLESS.fullmatch(text) else csv_text(text)


def write_table(
    path: Path, head: Sequence[str], rows: Iterable[Sequence[str]], style: Style
) -> None:
    """Write a table in a style, whole or not at all.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    stream = io.StringIO()
    writer = csv.writer(
        stream,
        delimiter=style.delimiter,
        lineterminator=style.line_end,
        quoting=csv.QUOTE_ALL if style.quotes_all else csv.QUOTE_MINIMAL,
    )
    writer.writerows([cell_text(cell) for cell in row] for row in (head, *rows))
    mark = codecs.BOM_UTF8 if style.has_mark else b""
    try:
        write_atomically(path, mark + stream.getvalue().encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
