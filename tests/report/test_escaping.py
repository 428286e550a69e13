"""Whatever a student wrote does no harm where it is shown."""

from __future__ import annotations

import csv
import io
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.escaping import csv_text, number_text, terminal_text

ANY_TEXT = st.text(st.characters(exclude_categories=()))
"""Lone surrogates too: a file's name need not be UTF-8."""


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("amber-fox", "amber-fox"),
        ("Ána Núñez 学生", "Ána Núñez 学生"),
        ('Robert "Bob", Jr.', 'Robert "Bob", Jr.'),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-rf", "'-rf"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "' =1+1"),
        ("\r\n=1+1", "'  =1+1"),
        ("  =1+1", "'  =1+1"),
        ("＝1+1", "'＝1+1"),
        ("two\nlines", "two lines"),
        ("\x1b[2J\x00bell\x07", "\ufffd[2J\ufffdbell\ufffd"),
        ("abc\u202etxt.py", "abc\ufffdtxt.py"),
        ("\udcff", "\\udcff"),
        ("", ""),
    ],
)
def test_a_cell_is_one_line_and_never_a_formula(text: str, cell: str) -> None:
    assert csv_text(text) == cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
        ("\x9b31m", "\ufffd31m"),
        ("over\rwritten", "over written"),
        ("two\nlines", "two lines"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
        ("\u202eright to left", "\ufffdright to left"),
        ("\udcff", "\\udcff"),
    ],
)
def test_a_terminal_obeys_nothing(text: str, shown: str) -> None:
    assert terminal_text(text) == shown


def is_harmless(text: str) -> bool:
    text.encode("utf-8")
    return all(
        unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in text
    )


@given(ANY_TEXT)
def test_no_text_gets_a_control_character_through(text: str) -> None:
    assert is_harmless(terminal_text(text))
    assert is_harmless(csv_text(text))


@given(ANY_TEXT)
def test_no_text_becomes_a_formula(text: str) -> None:
    assert not csv_text(text).lstrip().startswith(("=", "+", "-", "@"))


@given(st.lists(ANY_TEXT, min_size=1))
def test_cells_come_back_from_a_csv_file_as_they_were_written(texts: list[str]) -> None:
    row = [csv_text(text) for text in texts]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerow(row)
    assert list(csv.reader(io.StringIO(stream.getvalue(), newline=""))) == [row]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2.80", "2.8"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.00", "0"),
        ("0", "0"),
        ("1e-4", "0.0001"),
    ],
)
def test_numbers_are_written_as_people_do(number: str, text: str) -> None:
    assert number_text(Decimal(number)) == text


@given(st.decimals("0", "10000", places=4))
def test_no_number_changes_by_being_written(number: Decimal) -> None:
    assert Decimal(number_text(number)) == number
