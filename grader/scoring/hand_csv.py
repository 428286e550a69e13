"""What stands in a CSV that a person has filled in, whatever spreadsheet saved it?"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from grader.errors import UsageError
from grader.report.escaping import csv_text

MOST_BYTES = 16 << 20
_ZIP = b"PK\x03\x04"
"""What Excel's and LibreOffice's own files begin with."""
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What UTF-16 begins with."""
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: column -> what stands there, and the line where it begins."""

    cells: Mapping[str, str]
    line: int


def read_rows(path: Path, needed: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Return the rows of a CSV that are not blank, and what is wrong with its lines.

    Commas, semicolons and tabs are understood, with a byte order mark or without, in UTF-8 or
    UTF-16; columns are found by their names in any order, others are ignored.

    Raises
    ------
    UsageError
        If the file cannot be read, or has not all columns that are needed.
    """
    lines = _text(path).split("\n")
    # Excel's own word for its delimiter; it is no line of the table, and counts as one.
    skipped = 1 if lines[0].strip().lower().startswith("sep=") else 0
    reader = csv.reader(
        io.StringIO("\n".join(lines[skipped:]), newline=""), delimiter=_delimiter(lines[skipped:])
    )
    rows: list[Row] = []
    mistakes: list[str] = []
    head: list[str] = []
    line = skipped
    try:
        for cells in reader:
            line, begins = reader.line_num + skipped, line + 1
            if not head and not any(cells):
                continue
            if not head:
                head = [name.strip().lower() for name in cells]
                _must_have(path, begins, head, needed)
                continue
            row = _row(head, [cell.strip() for cell in cells])
            if isinstance(row, str):
                mistakes.append(f"{path}:{begins}: {row}")
            elif any(row.values()):
                rows.append(Row(cells=row, line=begins))
    except csv.Error as error:
        mistakes.append(f"{path}:{reader.line_num + skipped}: {error}")
    if not head:
        _must_have(path, 1, head, needed)
    return rows, mistakes


def _text(path: Path) -> str:
    data = bytes_of(path)
    if data.startswith(_ZIP):
        raise UsageError(f"{path}: a spreadsheet's own file, not CSV: save it as 'CSV UTF-8'")
    return decoded(path, data, "cannot be read: not UTF-8 text; save it as 'CSV UTF-8'")


def bytes_of(path: Path, remark: str = "") -> bytes:
    """Return a table's bytes; the remark is told of a file that is too large to be one.

    Raises
    ------
    UsageError
        If it cannot be read, or is too large.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    if len(data) > MOST_BYTES:
        raise UsageError(f"{path}: larger than {MOST_BYTES >> 20} MB{remark}")
    return data


def decoded(path: Path, data: bytes, complaint: str) -> str:
    """Return a table's text, of UTF-8 or, where it begins with that mark, of UTF-16.

    Raises
    ------
    UsageError
        If it is neither: the complaint, at the line.
    """
    try:
        return data.decode("utf-16" if data[:2] in UTF_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}:{line}: {complaint}") from None


def _delimiter(lines: Sequence[str]) -> str:
    """Return what is between the cells, by the names of the columns."""
    head = next((line for line in lines if line.strip()), "")
    return max(",;\t", key=head.count)


def _must_have(path: Path, line: int, head: Sequence[str], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in head]
    if missing:
        known = ", ".join(filter(None, head)) or "nothing"
        raise UsageError(f"{path}:{line}: no column {', '.join(missing)} (it has: {known})")
    twice = [name for name in needed if head.count(name) > 1]
    if twice:
        raise UsageError(f"{path}:{line}: the column {', '.join(twice)} is there twice")


def _row(head: Sequence[str], cells: Sequence[str]) -> dict[str, str] | str:
    """Return a row by its columns, or what is wrong with it."""
    if any(cells[len(head) :]):
        told = f"has {len(cells)} cells, and the head of the table {len(head)}"
        return f"{told}: a text with the delimiter in it needs quotes"
    full = [*cells, *[""] * (len(head) - len(cells))]
    return dict(zip(head, full, strict=False))


def name_key(name: str) -> str:
    """Return a name as tables of ours have it, where it may be escaped: so both are the same."""
    return csv_text(name.strip())


def nearly(name: str, known: Mapping[str, str]) -> str:
    """Return a name that is not known, with one that a spreadsheet may have made it of.

    >>> nearly("100", {"0100": "0100"}), nearly("Fox", {"fox": "fox"}), nearly("owl", {})
    ('100 (0100?)', 'Fox (fox?)', 'owl')
    """
    alike = [other for key, other in known.items() if _worn(key) == _worn(name)]
    return f"{name} ({' or '.join(alike)}?)" if alike else name


def _worn(name: str) -> str:
    """Return a name as spreadsheets leave it: no zeros in front, and no capitals that matter."""
    return name.casefold().lstrip("0")


def number_in(text: str, what: str, others: str = "") -> Decimal | str:
    """Return the number that a cell says, exactly, or what is wrong with it.

    >>> number_in("2.50", "points"), number_in("2,5", "points")
    (Decimal('2.50'), "points take a decimal point: write 2.5, not '2,5'")
    """
    plain = text.replace("\N{MINUS SIGN}", "-")
    if _NUMBER.fullmatch(plain):
        return Decimal(plain)
    if _COMMA.fullmatch(plain):
        return f"{what} take a decimal point: write {plain.replace(',', '.')}, not {text!r}"
    return f"{what} must be a number{others}, not {text!r}"


def mistakes_of_key(
    row: Row, seen: dict[tuple[str, ...], int], key: tuple[str, ...]
) -> Iterator[str]:
    """Yield that a key was there before, and remember it."""
    first = seen.setdefault(key, row.line)
    if first != row.line:
        yield f"{' and '.join(filter(None, key))} are in line {first} already"
