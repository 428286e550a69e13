"""Scores in the gradebooks of Canvas, Moodle and Gradescope: who is in them, and how it is written."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.records import Adjustment, ScoreSheet
from tests.gradebook.books import (
    AMBER,
    BIRCH,
    CALM,
    CANVAS,
    CANVAS_IN_EUROPE,
    COURSE,
    DUSK,
    FAULT,
    GRADESCOPE,
    MOODLE,
    MOODLE_IN_EUROPE,
    NOTHING,
    OPEN,
    RIGHT,
    WRONG,
    handed_in,
    partly,
    put_run,
)
from tests.grading.classroom import TANH, write_rubric

BOTH = (partly(AMBER, "0.125"), handed_in(BIRCH, RIGHT, RIGHT))


class Desk:
    """A TA's folder, with what the command has left in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "out.csv"

    def fill(
        self,
        system: str,
        book: str | bytes | None,
        *options: str,
        sheets: tuple[ScoreSheet, ...] = BOTH,
        state: str = "finished",
    ) -> Result:
        run = put_run(self.folder / "run", *sheets, state=state)
        arguments = ["gradebook", run, "--for", system, "-o", self.output, *options]
        if book is not None:
            exported = self.folder / "exported.csv"
            exported.write_bytes(book if isinstance(book, bytes) else book.encode())
            arguments += ["--gradebook", exported]
        return CliRunner().invoke(main, list(map(str, arguments)))

    def rows(self, delimiter: str = ",") -> list[list[str]]:
        text = self.output.read_bytes().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- who is in it ----------------------------------------------------------------------------


def test_who_is_not_graded_is_left_out_and_named(desk: Desk) -> None:
    sheets = (
        handed_in(AMBER, RIGHT, OPEN),
        handed_in(BIRCH, RIGHT, WRONG),
        handed_in(CALM, FAULT, FAULT),
        handed_in(DUSK, NOTHING, NOTHING),
    )
    book = CANVAS.replace("EX", "")
    done = desk.fill("canvas", book, "--assignment", "Homework 3", sheets=sheets)
    assert done.exit_code == 0, done.stderr
    assert [row[1] for row in desk.rows()[2:]] == ["1002"]
    assert "left out: 1001 (Fox, Amber): awaits a mark or a decision: dz" in done.stderr
    assert "1003 (Badger, Calm): a fault of the grader left items without" in done.stderr
    assert "left out: 1004 (Heron, Dusk): handed in nothing" in done.stderr
    assert "1 student in the column 'Homework 3 (71)'" in done.stderr


@pytest.mark.parametrize(
    ("included", "expected"),
    [
        ("undecided", {"1001": "4", "1002": "4"}),
        ("missing", {"1002": "4", "1004": "0"}),
        ("fault", {"1002": "4", "1003": "0"}),
    ],
)
def test_what_is_asked_for_is_given_out_too(
    desk: Desk, included: str, expected: dict[str, str]
) -> None:
    sheets = (
        handed_in(AMBER, RIGHT, OPEN),
        handed_in(BIRCH, RIGHT, WRONG),
        handed_in(CALM, FAULT, FAULT),
        handed_in(DUSK, NOTHING, NOTHING),
    )
    options = ("--assignment", "71", "--include", included)
    desk.fill("canvas", CANVAS.replace("EX", ""), *options, sheets=sheets)
    assert {row[1]: row[-1] for row in desk.rows()[2:]} == expected


def test_who_is_in_no_row_or_twice_in_one_is_named_and_exits_with_1(desk: Desk) -> None:
    stranger = replace(AMBER, student_id="9", name="Wren, Glad", email="glad@example.edu")
    sheets = (*BOTH, handed_in(stranger, RIGHT, RIGHT), handed_in(BIRCH, WRONG, RIGHT, name="b2"))
    done = desk.fill("canvas", CANVAS, "--assignment", "71", sheets=sheets)
    assert done.exit_code == 1
    assert [row[1] for row in desk.rows()[2:]] == ["1001"]
    assert "left out: s9: Wren, Glad is not in the gradebook" in done.stderr
    assert "b2 and s1002 belong to the same student (line 5" in done.stderr
    assert "neither is given" in done.stderr


def test_nobody_to_give_out_writes_nothing(desk: Desk) -> None:
    done = desk.fill("canvas", CANVAS, "--assignment", "71", sheets=(handed_in(AMBER, OPEN, OPEN),))
    assert done.exit_code == 1
    assert "nobody of" in done.stderr
    assert not desk.output.exists()


def test_students_are_found_by_login_e_mail_or_name_too(desk: Desk) -> None:
    by_login = replace(AMBER, student_id="amber", name="", email="")
    by_name = replace(BIRCH, student_id="birch-swan-2", name="Birch Swan", email="")
    sheets = (handed_in(by_login, RIGHT, RIGHT), handed_in(by_name, RIGHT, WRONG))
    assert desk.fill("canvas", CANVAS, "--assignment", "71", sheets=sheets).exit_code == 0
    assert {row[1]: row[-1] for row in desk.rows()[2:]} == {"1001": "10", "1002": "4"}


def test_a_total_is_the_one_after_adjustments_and_each_of_a_group_has_their_own(
    desk: Desk,
) -> None:
    late = Adjustment(kind="late", points=Decimal("-1.5"), reason="a day", student="1002")
    made = handed_in(AMBER, RIGHT, RIGHT, name="team")
    team = replace(made, people=(AMBER, BIRCH), adjustments=(late,))
    desk.fill("canvas", CANVAS, "--assignment", "71", sheets=(team,))
    assert {row[1]: row[-1] for row in desk.rows()[2:]} == {"1001": "10", "1002": "8.5"}


def test_a_run_that_has_not_finished_says_so(desk: Desk) -> None:
    done = desk.fill("canvas", CANVAS, "--assignment", "71", state="interrupted")
    assert "the run has not finished: go on with --resume" in done.stderr


# --- Canvas ----------------------------------------------------------------------------------


def test_canvas_has_its_identity_columns_the_points_possible_and_one_assignment(
    desk: Desk,
) -> None:
    done = desk.fill("canvas", CANVAS, "--assignment", "homework 3")
    assert done.exit_code == 0, done.stderr
    assert desk.output.read_bytes().decode() == (
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3 (71)\r\n"
        "    Points Possible,,,,,10\r\n"
        '"Fox, Amber",1001,0100,amber,"Lec 1, Dis 2",4.75\r\n'
        '"Swan, Birch",1002,0200,birch,Lec 1,10\r\n'
    )


def test_canvas_with_semicolons_decimal_commas_and_a_mark_is_written_so_too(desk: Desk) -> None:
    done = desk.fill("canvas", b"\xef\xbb\xbf" + CANVAS_IN_EUROPE.encode())
    assert done.exit_code == 0, done.stderr
    assert desk.output.read_bytes().decode() == (
        "\ufeffStudent;ID;SIS Login ID;Section;Homework 3 (71)\n"
        "    Points Possible;;;;10,0\n"
        "Fox, Amber;1001;amber;Lec 1;4,75\n"
        "Swan, Birch;1002;birch;Lec 1;10\n"
    )


def test_canvas_may_give_names_in_two_columns_and_no_points_possible(desk: Desk) -> None:
    book = "LastName,FirstName,ID,SIS Login ID,Section,HW (3)\nFox,Amber,1001,amber,L,\n"
    desk.fill("canvas", book, sheets=BOTH[:1])
    assert desk.rows() == [
        ["LastName", "FirstName", "ID", "SIS Login ID", "Section", "HW (3)"],
        ["Fox", "Amber", "1001", "amber", "L", "4.75"],
    ]


@pytest.mark.parametrize("told", ["EX", "N/A"])
def test_who_is_excused_in_canvas_stays_so(desk: Desk, told: str) -> None:
    sheets = (*BOTH, handed_in(CALM, RIGHT, RIGHT))
    book = CANVAS.replace("EX", told)
    done = desk.fill("canvas", book, "--assignment", "Homework 3 (71)", sheets=sheets)
    assert done.exit_code == 1
    assert [row[1] for row in desk.rows()[2:]] == ["1001", "1002"]
    assert "left out: 1003 (Badger, Calm): is " in done.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "3 assignments: name one of them with --assignment"),
        (("--assignment", "HW3"), "'HW3' is none of the assignments; there are:"),
        (("--assignment", "Final Score"), "'Final Score' is none of the assignments"),
    ],
)
def test_an_assignment_that_is_not_found_is_told_with_the_candidates(
    desk: Desk, options: tuple[str, ...], told: str
) -> None:
    done = desk.fill("canvas", CANVAS, *options)
    assert done.exit_code == 1
    assert told in done.stderr
    for name in ("Warm-up (70)", "Homework 3 (71)", "Homework 3 late (72)"):
        assert f"\n  {name}" in done.stderr
    assert "  Final Score" not in done.stderr.partition("are:")[2]
    assert not desk.output.exists()


def test_of_two_assignments_of_one_title_the_number_decides(desk: Desk) -> None:
    book = CANVAS.replace("Homework 3 late (72)", "Homework 3 (72)")
    done = desk.fill("canvas", book, "--assignment", "Homework 3")
    assert "'Homework 3' is more than one of the assignments" in done.stderr
    run = str(desk.folder / "run")
    exported = str(desk.folder / "exported.csv")
    arguments = ["gradebook", run, "--for", "canvas", "--gradebook", exported]
    arguments += ["-o", str(desk.output), "--assignment", "72"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert desk.rows()[0][-1] == "Homework 3 (72)"


def test_another_maximum_is_told_and_points_are_scaled_where_that_is_asked_for(
    desk: Desk, tmp_path: Path
) -> None:
    book = CANVAS.replace(",5,10,10,", ",5,40,10,")
    done = desk.fill("canvas", book, "--assignment", "71")
    assert done.exit_code == 1
    told = "the assignment is worth 40 points, and the homework 10: --scale brings them together"
    assert told in done.stderr
    assert desk.rows()[2][-1] == "4.75"
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    assert other.fill("canvas", book, "--assignment", "71", "--scale").exit_code == 0
    assert [row[-1] for row in other.rows()[1:]] == ["40", "19", "40"]


def test_scaling_to_an_unknown_maximum_is_refused(desk: Desk) -> None:
    book = "Student,ID,SIS Login ID,Section,HW (3)\nx,1001,amber,L,\n"
    done = desk.fill("canvas", book, "--scale")
    assert "--scale: the gradebook does not tell the assignment's maximum" in done.stderr


def test_what_a_spreadsheet_would_compute_is_text_and_numbers_stay_numbers(desk: Desk) -> None:
    book = (
        "Student,ID,SIS Login ID,Section,HW (3)\n"
        '"=HYPERLINK(""x"")",1001,amber,+1,\n"Swan, Birch",1002,@birch,-,\n'
    )
    desk.fill("canvas", book)
    assert desk.rows()[1:] == [
        ['\'=HYPERLINK("x")', "1001", "amber", "+1", "4.75"],
        ["Swan, Birch", "1002", "'@birch", "-", "10"],
    ]


@pytest.mark.parametrize(
    ("book", "told"),
    [
        (None, "--for canvas needs --gradebook FILE: the CSV of Canvas's Grades"),
        (MOODLE, "exported.csv:1: no gradebook of Canvas: it begins with Student, ID, …, Section"),
        ("", "exported.csv: nothing is in it"),
        (b"Student,ID,Section\n\xfc", "exported.csv:2: not UTF-8 text"),
        (CANVAS + "x" * 9 + ",1001" * 12 + "\n", "has 13 cells, and the head of the table 11"),
    ],
)
def test_what_is_no_gradebook_of_canvas_is_refused(
    desk: Desk, book: str | bytes | None, told: str
) -> None:
    done = desk.fill("canvas", book, "--assignment", "71")
    assert done.exit_code == 1
    assert told in done.stderr
    assert not desk.output.exists()


def test_the_export_itself_is_never_written_over(desk: Desk) -> None:
    desk.output = desk.folder / "exported.csv"
    done = desk.fill("canvas", CANVAS, "--assignment", "71")
    assert "is what was exported; write to another file" in done.stderr
    assert desk.output.read_bytes() == CANVAS.encode()


# --- Moodle ----------------------------------------------------------------------------------


def test_moodle_has_the_rows_as_downloaded_with_the_grade_alone_filled_in(desk: Desk) -> None:
    done = desk.fill("moodle", MOODLE)
    assert done.exit_code == 0, done.stderr
    assert desk.output.read_bytes().startswith(b"\xef\xbb\xbfIdentifier,")
    before = list(csv.reader(io.StringIO(MOODLE.removeprefix("\ufeff"))))
    before[1][5], before[2][5] = "4.75", "10.00"
    assert desk.rows() == before[:3]


def test_moodle_with_decimal_commas_is_written_so_too(desk: Desk) -> None:
    by_participant = (
        handed_in(replace(AMBER, student_id="501", name="", email=""), RIGHT, WRONG),
        partly(replace(BIRCH, student_id="502"), "0.5"),
    )
    done = desk.fill("moodle", MOODLE_IN_EUROPE, sheets=by_participant)
    assert done.exit_code == 0, done.stderr
    assert desk.output.read_text(encoding="utf-8") == (
        "Identifier;Full name;Status;Grade;Maximum Grade;Last modified (grade)\n"
        "Participant 501;Amber Fox;Submitted;4,00;10,00;-\n"
        "Participant 502;Birch Swan;Submitted;7,00;10,00;-\n"
    )


def test_a_worksheet_of_quoted_cells_stays_so(desk: Desk) -> None:
    quoted = "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(";")) for line in MOODLE_IN_EUROPE.split("\n")
    ).replace('""', "")
    desk.fill("moodle", quoted.replace('"7,50"', '""').replace(",00", ".00"))
    assert desk.output.read_bytes().startswith(b'"Identifier","Full name"')
    assert b'"4.75","10.00"' in desk.output.read_bytes()


def test_what_moodle_would_pass_over_in_silence_is_named(desk: Desk) -> None:
    sheets = (*BOTH, handed_in(CALM, RIGHT, RIGHT))
    done = desk.fill("moodle", MOODLE.replace("10.00", "8.00"), sheets=sheets)
    assert done.exit_code == 1
    assert [row[0] for row in desk.rows()[1:]] == ["Participant 501"]
    assert "1002 (Swan, Birch): 10 is above Moodle's maximum of 8" in done.stderr
    assert "1003 (Badger, Calm): the grade is locked in Moodle" in done.stderr


def test_a_worksheet_in_another_language_is_refused_with_the_way_out(desk: Desk) -> None:
    done = desk.fill("moodle", MOODLE.replace("Identifier", "ID").replace("Grade", "Bewertung"))
    assert done.exit_code == 1
    told = "no column 'identifier': this is no grading worksheet; set Moodle to English"
    assert told in done.stderr


# --- Gradescope ------------------------------------------------------------------------------


def rubric_of(desk: Desk) -> tuple[str, str]:
    return "--rubric", str(write_rubric(desk.folder, TANH))


def test_gradescope_keeps_what_it_tells_of_submissions_and_has_our_points(desk: Desk) -> None:
    done = desk.fill("gradescope", GRADESCOPE, *rubric_of(desk))
    assert done.exit_code == 0, done.stderr
    head, amber, birch = desk.rows()
    assert head == [
        *GRADESCOPE.partition("\n")[0].split(",")[:-1],
        "1: tanh (4 pts)",
        "2: Backwards through tanh (6 pts)",
    ]
    assert amber[6:] == [
        *("4.75", "10", "Graded", "55", "2026-02-02 21:00:00 -0800", "00:00:00", "2", "3"),
        *("4", "0.75"),
    ]
    assert birch[:9] == [
        *("Birch", "Swan", "1002", "birch@example.edu", "Lec 1", "", "10", "10", "Graded")
    ]


def test_gradescope_needs_no_download(desk: Desk) -> None:
    sheets = (*BOTH, handed_in(CALM, RIGHT, OPEN), handed_in(DUSK, NOTHING, NOTHING))
    more = ("--include", "undecided", "--include", "missing")
    done = desk.fill("gradescope", None, *rubric_of(desk), *more, sheets=sheets)
    assert done.exit_code == 0, done.stderr
    head, *rows = desk.rows()
    assert head[:6] == ["Name", "SID", "Email", "Total Score", "Max Points", "Status"]
    assert [(row[1], row[3], row[5], row[-1]) for row in rows] == [
        ("1001", "4.75", "Graded", "0.75"),
        ("1002", "10", "Graded", "6"),
        ("1003", "4", "Ungraded", ""),
        ("1004", "0", "Missing", "0"),
    ]
    assert {len(row) for row in rows} == {len(head)}


def test_gradescope_s_gradebook_of_a_course_has_one_assignment_filled_in(desk: Desk) -> None:
    options = ("--assignment", "HW 3", *rubric_of(desk))
    done = desk.fill("gradescope", COURSE, *options)
    assert done.exit_code == 0, done.stderr
    head, amber, birch = desk.rows()
    assert head == [
        *("First Name", "Last Name", "SID", "Email", "Sections", "HW 3", "HW 3 - Max Points"),
        *("HW 3 - Submission Time", "HW 3 - Lateness (H:M:S)"),
    ]
    assert amber[5:] == ["4.75", "10", "t", "00:10:00"]
    assert birch[5:] == ["10", "10", "", ""]


def test_an_assignment_that_gradescope_does_not_have_is_told_with_the_candidates(
    desk: Desk,
) -> None:
    done = desk.fill("gradescope", COURSE, *rubric_of(desk), "--assignment", "HW 4")
    assert "'HW 4' is none of the assignments; there are:\n  HW 2\n  HW 3\n" in done.stderr
