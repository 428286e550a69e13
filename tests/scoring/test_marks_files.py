"""Marks as spreadsheets of several countries save them, and names that they would compute."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.records import Person
from grader.report.marks import RowToMark, marks_csv
from grader.scoring.marks import Marks, marked, read_marks
from tests.scoring.made import item, sheet, verdict

ITEMS = [item("q1", "3"), item("q2", "4")]
PLAIN = "student,item,title,maximum,points,comment,outcome\nfox,q1,Why?,3,2.5,Nearly,awaiting\nowl,q2,How?,4,,,awaiting\n"
GERMAN = PLAIN.replace(",", ";")


def read(folder: Path, data: bytes) -> Marks:
    path = folder / "marks.csv"
    path.write_bytes(data)
    return read_marks(path, ITEMS)


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        GERMAN.encode(),
        b"\xef\xbb\xbf" + GERMAN.replace("\n", "\r\n").encode(),
        ("sep=;\r\n" + GERMAN.replace("\n", "\r\n")).encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("fox,q1", " fox ,q1 ").replace("2.5", "2.5 ").encode(),
        PLAIN.replace("student", "Student ").replace("points", "POINTS").encode(),
        ("\n\n" + PLAIN + ",,,,,,\n\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("fox", '"fox"').replace("Nearly", '"Nearly"').encode(),
    ],
    ids=[
        *("plain", "semicolons", "mark and CRLF", "sep=", "UTF-16 tabs", "blanks", "capitals"),
        *("blank lines", "old Mac", "quotes"),
    ],
)
def test_a_half_filled_template_is_read_however_it_was_saved(tmp_path: Path, data: bytes) -> None:
    rows = read(tmp_path, data).rows
    assert {key: (mark.points, mark.comment) for key, mark in rows.items()} == {
        ("fox", "q1"): (Decimal("2.5"), "Nearly")
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",2.5,", ',"2,5",', "marks.csv:2: points take a decimal point: write 2.5, not '2,5'"),
        (",2.5,", ",3.5,", "marks.csv:2: points must be from 0 to 3, not 3.5"),
        (",2.5,", ",-1,", "marks.csv:2: points must be from 0 to 3, not -1"),
        (",2.5,", ",1e0,", "marks.csv:2: points must be a number, 'waived' or nothing, not '1e0'"),
        (",2.5,", ",1_0,", "marks.csv:2: points must be a number, 'waived' or nothing, not '1_0'"),
        (",2.5,", ",NaN,", "marks.csv:2: points must be a number, 'waived' or nothing, not 'NaN'"),
        (",2.5,", ",5/2,", "marks.csv:2: points must be a number, 'waived' or nothing, not '5/2'"),
        (",2.5,", ",02. Mai,", "marks.csv:2: points must be a number"),
        ("Nearly", "Nearly, yes", "marks.csv:2: has 8 cells, and the head of the table 7"),
        ("owl,q2,How?,4,,", "fox,q1,How?,4,1,", "marks.csv:3: fox and q1 are in line 2 already"),
        ("owl,q2,How?,4,,", " fox,q1,How?,4,1,", "marks.csv:3: fox and q1 are in line 2 already"),
        ("owl,q2,How?,4,,", "owl,q9,How?,4,1,", "marks.csv:3: no item 'q9' (there are: q1, q2)"),
        ("comment", "points", "marks.csv:1: the column points is there twice"),
        ("points,", "", "marks.csv:1: no column points (it has: student, item, title"),
    ],
)
def test_a_mistake_is_told_at_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in PLAIN
    with pytest.raises(UsageError) as caught:
        read(tmp_path, PLAIN.replace(old, new, 1).encode())
    assert told in str(caught.value)


def test_a_mistake_below_a_comment_of_several_lines_is_told_where_its_row_begins(
    tmp_path: Path,
) -> None:
    text = PLAIN.replace("Nearly", '"one\ntwo\nthree"').replace("4,,", '4,9,"a\nb"')
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text.encode())
    assert str(caught.value).startswith(f"{tmp_path / 'marks.csv'}:5: points must be from 0 to 4")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (PLAIN.replace("Nearly", "Schön").encode("cp1252"), ":2: cannot be read: not UTF-8 text"),
        (b"", ":1: no column student, item, points (it has: nothing)"),
        (b"\n\n", ":1: no column student"),
        (b"PK\x03\x04\x00\x00", ": a spreadsheet's own file, not CSV: save it as 'CSV UTF-8'"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, data)
    assert told in str(caught.value)


def test_a_comment_without_points_is_counted_and_marks_nothing(tmp_path: Path) -> None:
    marks = read(tmp_path, PLAIN.replace("4,,,", "4,,Ask her,").encode())
    assert (len(marks.rows), marks.unmarked) == (1, 1)


@pytest.mark.parametrize(
    "name", ["=cmd|calc", "-fox", "@fox", "fox; +owl", "'=fox", "0100", "Ünal"]
)
def test_a_name_that_is_escaped_in_the_template_comes_back_to_its_student(
    tmp_path: Path, name: str
) -> None:
    row = RowToMark(student=name, item="q1", title="=Why", maximum=Decimal(3))
    text = marks_csv([row])
    for cell in (cell for line in csv.reader(io.StringIO(text)) for cell in line):
        assert not cell.startswith(("=", "-", "+", "@"))
    marks = read(tmp_path, text.replace(",3,,,", ",3,2,,").encode())
    made = sheet(
        ITEMS, {one.id: verdict() for one in ITEMS}, "s", people=(Person(student_id=name),)
    )
    assert marked(made, marks).scores[0].points == 2
    assert marked(made, marks).scores[1].points == 4
