"""Who is on a roster, who of them has handed in, and what is wrong with the file?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.records import Person
from grader.submission import Census, census, read_roster
from grader.submission.joining import MISSING
from grader.submission.roster import Roster, name_forms
from tests.submission.exports import CANVAS, GRADESCOPE, MOODLE_FOLDERS, Files, put_export

GRADESCOPE_GRADES = """\
First Name,Last Name,SID,Email,Sections,section_name,Total Score,Max Points,Status,
Amber,Fox,0100,amber@example.edu,Mon,,9,10,Graded,
Birch,Swan,0200,birch@example.edu,Mon,,9,10,Graded,
Calm,Badger,0300,calm@example.edu,Tue,,,10,Missing,
Dusk,Heron,0400,dusk@example.edu,Tue,,,10,Missing,
Elder,Mole,0500,elder@example.edu,Tue,,,10,Missing,
Fern,Otter,0600,fern@example.edu,Tue,,,10,Missing,
"""
CANVAS_GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,HW3 (12345),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,100.0,(read only)
"Fox, Amber",1001,U1,afox,Section A,,
"Swan, Birch",1002,U2,bswan,Section A,,
"Badger, Calm",1003,,cbadger,Section B,,
"Heron, Dusk",1004,U4,dheron,Section B,,
"Mole, Elder",1005,U5,emole,Section B,,
"Otter, Fern",1006,U6,fotter,Section B,,
"Lark, Hazel",1009,U9,hlark,Section B,,
"Student, Test",9999,,,Section A,,
"""
MOODLE_WORKSHEET = """\
\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade
"Participant 501","Amber Fox",M1,amber@example.edu,"Submitted",
"Participant 502","Birch de la Swan",M2,birch@example.edu,"Submitted",
"Participant 503","Caña Badger",,cana@example.edu,"No submission",
"Participant 504","Dusk Heron",M4,dusk@example.edu,"No submission",
"""


def roster_of(folder: Path, text: str | bytes) -> Roster:
    path = folder / "roster.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_roster(path)


def joined(folder: Path, files: Files, text: str) -> Census:
    return census(put_export(folder / "all", files), ("act.py",), roster=roster_of(folder, text))


def people(seen: Census) -> dict[str, tuple[Person, ...]]:
    return {one.id: one.people for one in seen.found}


def complaints(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(UsageError) as raised:
        roster_of(folder, text)
    return [line.removeprefix(f"{folder}/") for line in str(raised.value).splitlines()]


# --- the exports -----------------------------------------------------------------------------


def test_gradescopes_grades_join_a_gradescope_export(tmp_path: Path) -> None:
    seen = joined(tmp_path, GRADESCOPE, GRADESCOPE_GRADES)
    found = people(seen)

    assert found["submission_101"] == (
        Person(student_id="0100", name="Amber Fox", email="amber@example.edu", section="Mon"),
    )
    # By the id, by the e-mail, and by the name.
    assert [person.student_id for person in found["submission_102"]] == ["0200", "0300"]
    assert [person.student_id for person in found["submission_103"]] == ["0400"]
    assert found["0600"][0].name == "Fern Otter"
    assert seen.roster == ()


def test_lateness_in_gradescopes_grades_is_told(tmp_path: Path) -> None:
    text = "SID,Name,Lateness (H:M:S)\n0100,Amber Fox,26:03:10\n0200,Birch Swan,00:00:00\n7,Elk,\n"
    seen = joined(tmp_path, GRADESCOPE, text)

    notes = {one.id: one.notes for one in seen.found}
    assert notes["submission_101"] == ("0100 is late by 26:03:10, by the roster",)
    assert not any("late by" in note for note in notes["submission_102"])
    late = {one.id: [person.late_s for person in one.people] for one in seen.found}
    assert (late["submission_101"], late["submission_102"][0]) == ([93_790], 0)


def test_canvas_gradebook_joins_a_canvas_download(tmp_path: Path) -> None:
    seen = joined(tmp_path, CANVAS, CANVAS_GRADEBOOK)
    found = people(seen)

    assert found["foxamber-1001"] == (
        Person(student_id="U1", name="Fox, Amber", section="Section A"),
    )
    # Without a SIS id the login is the id.
    assert found["badgercalm-1003"][0].student_id == "cbadger"
    assert found["U9"][0].name == "Lark, Hazel"
    assert [one.why for one in seen.roster] == [
        f"wrenglad is not on the roster ({tmp_path}/roster.csv)"
    ]


def test_moodles_worksheet_joins_a_moodle_download(tmp_path: Path) -> None:
    seen = joined(tmp_path, MOODLE_FOLDERS, MOODLE_WORKSHEET)
    found = people(seen)

    assert found["Amber-Fox-501"][0].student_id == "M1"
    assert found["Ca-a-Badger-503"][0] == Person(
        student_id="503", name="Caña Badger", email="cana@example.edu"
    )
    assert found["M4"][0].email == "dusk@example.edu"
    assert seen.roster == ()


def test_who_handed_in_nothing_is_found_without_files(tmp_path: Path) -> None:
    seen = joined(tmp_path, CANVAS, CANVAS_GRADEBOOK)

    (lark,) = (one for one in seen.found if one.id == "U9")
    assert (lark.files, lark.problems, lark.notes) == ((), (), (MISSING,))
    assert sum(MISSING in one.notes for one in seen.found) == 1


# --- how people are called -------------------------------------------------------------------


@pytest.mark.parametrize(
    "folder",
    [
        "0100",
        "amber@example.edu",
        "AMBER@example.edu",
        "amber",
        "Amber Fox",
        "Fox, Amber",
        "amber_fox",
        "fox-amber",
        "AmberFox",
        "foxamber",
    ],
)
def test_a_folder_may_bear_an_id_an_email_or_a_name(tmp_path: Path, folder: str) -> None:
    seen = joined(tmp_path, {f"{folder}/act.py": ""}, GRADESCOPE_GRADES)

    assert seen.roster == ()
    assert [one.people[0].student_id for one in seen.found if one.files] == ["0100"]
    assert len(seen.found) == 6


def test_whoever_is_not_on_the_roster_is_kept_and_told(tmp_path: Path) -> None:
    seen = joined(tmp_path, {"0100/act.py": "", "zinc-yak/act.py": ""}, GRADESCOPE_GRADES)

    (one,) = seen.roster
    assert (one.submission, one.why) == (
        "zinc-yak",
        f"zinc-yak is not on the roster ({tmp_path}/roster.csv)",
    )
    (yak,) = (one for one in seen.found if one.id == "zinc-yak")
    assert yak.notes == (one.why,)


def test_two_people_of_one_name_are_told_apart_by_ids_and_else_not(tmp_path: Path) -> None:
    text = "id,name\n1,Amber Fox\n2,Amber Fox\n3,Birch Swan\n"
    seen = joined(tmp_path, {"1/act.py": "", "Amber Fox/act.py": ""}, text)

    (one,) = seen.roster
    assert one.why == (
        f"Amber Fox fits more than one on the roster (lines 2 and 3 of {tmp_path}/roster.csv)"
    )


def test_two_submissions_of_one_person_are_both_kept_and_told(tmp_path: Path) -> None:
    seen = joined(tmp_path, {"0100/act.py": "", "amber_fox/act.py": ""}, GRADESCOPE_GRADES)

    notes = {one.id: one.notes for one in seen.found if one.files}
    assert notes == {"0100": (), "amber_fox": ("0100 has handed in 0100 too",)}


@given(st.text(max_size=30))
def test_a_name_has_the_same_forms_with_the_last_word_first(name: str) -> None:
    words = name.replace(",", " ").split()
    plain, turned = " ".join(words), ", ".join([" ".join(words[-1:]), " ".join(words[:-1])])

    assert name_forms(plain) <= name_forms(turned)


# --- the file --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "SID;Name;Section\n7;Amber Fox;A\n",
        "student\tname\n7\tAmber Fox\n",
        "Name,Student ID\r\nAmber Fox,7\r\n\r\n",
        "\ufeffid,name\n7,Amber Fox,\n",
        '"ID number","Surname","First name"\n7,Fox,Amber\n',
        "last_name,first_name,id,lms_user_id\nFox,Amber,7,\n",
        "Name,SID\n  Amber Fox  , 7\n,\n",
    ],
)
def test_usual_forms_of_a_table_are_understood(tmp_path: Path, text: str) -> None:
    (row,) = roster_of(tmp_path, text).rows

    assert (row.person.student_id, row.person.name) == ("7", "Amber Fox")


def test_a_table_from_a_spreadsheet_in_utf_16_is_understood(tmp_path: Path) -> None:
    (row,) = roster_of(tmp_path, "id\tname\n7\tCaña\n".encode("utf-16")).rows

    assert row.person.name == "Caña"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "colour,size\nred,3\n",
            "roster.csv:1: no column tells who it is, such as SID, ID, SIS Login ID, Identifier, "
            "Name, First Name, Email (it has: colour, size)",
        ),
        ("", "roster.csv:1: no column tells who it is"),
        ("id,name\n", "roster.csv: nobody is on it"),
        ("id,name\n1,a\n1,b\n", "roster.csv:3: 1 is in line 2 already"),
        ("id,section\n1,a\n,b\n", "roster.csv:3: neither an id, a name nor an e-mail"),
        ("id,name\n1,a,b,c\n", "roster.csv:2: has 4 cells, and the head of the table 2"),
        ("id,name\n1,a\n2,\xff\n".encode("latin-1"), "roster.csv:3: not UTF-8 text"),
    ],
    ids=range(7),
)
def test_a_mistake_in_the_file_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    (line,) = complaints(tmp_path, text)

    assert line.startswith(told)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    told = complaints(tmp_path, "id,name\n1,a\n2,b,c\n1,d\n,,\n3,e\n3,f\n")

    assert [line.partition(": ")[0] for line in told] == [
        "roster.csv:3",
        "roster.csv:4",
        "roster.csv:7",
    ]


def test_a_roster_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv: cannot be read"):
        read_roster(tmp_path / "none.csv")
