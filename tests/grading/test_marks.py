"""Written items, marks by hand, waivers: what no program decides."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from grader.grading.waivers import claimed
from grader.records import SourceFile, Waiver
from tests.cli.command import grader
from tests.grading.classroom import RIGHT, TANH, put, write_rubric

WITH_WRITTEN = TANH.replace(
    "items:\n",
    """\
waivers:
  other_course: {phrase: "I am in the other course", items: [why, d*]}
items:
  - {id: why, title: "Why tanh?", points: 3, check: written}
""",
)
NEEDLESS = RIGHT + "\n# i am in the\n# other  course\n"
IN_A_NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["I am in\n", "the other course"]},
        {
            "cell_type": "code",
            "metadata": {},
            "source": RIGHT,
            "outputs": [],
            "execution_count": None,
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 4,
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("marks")
    write_rubric(folder, WITH_WRITTEN)
    put(folder / "all" / "ant" / "act.py", RIGHT)
    put(folder / "all" / "bee" / "act.py", NEEDLESS)
    put(folder / "all" / "cow" / "act.ipynb", json.dumps(IN_A_NOTEBOOK))
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(graded: Path, tmp_path: Path) -> Path:
    import shutil

    for name in ("run", "tiny"):
        shutil.copytree(graded / name, tmp_path / name)
    return tmp_path


def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "run" / "scores.csv").open(encoding="utf-8") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def rescored(folder: Path, marks: str | None = None, code: int = 0) -> str:
    options = []
    if marks is not None:
        put(folder / "given.csv", marks)
        options = ["--marks", "given.csv"]
    done = grader("rescore", "run", "--rubric", "tiny", *options, cwd=folder)
    assert done.returncode == code, done.stderr
    return done.stderr


def test_a_written_item_awaits_its_mark(folder: Path) -> None:
    ant = rows(folder)["ant"]
    assert (ant["why"], ant["why.outcome"], ant["out"], ant["total"]) == (
        "",
        "awaiting_mark",
        "4",
        "10",
    )
    assert ant["maximum"] == "13"


def test_the_phrase_of_a_waiver_gives_the_points_of_its_items_and_is_told(folder: Path) -> None:
    for student in ("bee", "cow"):
        row = rows(folder)[student]
        assert (row["why"], row["why.outcome"]) == ("3", "waived")
        assert (row["dz"], row["dz.outcome"]) == ("6", "waived")
        assert row["out.outcome"] == "correct"
        assert "waiver used: other_course" in row["flags"]
    assert "waiver" not in rows(folder)["ant"]["flags"]


C147 = Waiver(id="c147", phrase="I am a C147 student", items=("q2.*",))


@pytest.mark.parametrize(
    ("text", "is_claimed"),
    [
        ("# I am a C147 student", True),
        ("# I am a\r\n#   c147 Student.", True),
        ('"""Question 2: I am a C147 student"""', True),
        (json.dumps({"source": ["## Question 2\n", "> I am a **C147** student\n"]}), True),
        (json.dumps({"source": ["I am a\tC147\r\n", "`student`"]}), True),
        ("# I am not a C147 student", False),
        ("# Am I a C147 student?", False),
        ("# I am a C247 student", False),
    ],
)
def test_the_phrase_of_a_waiver_may_be_set_in_any_way_but_must_be_there(
    text: str, is_claimed: bool
) -> None:
    file = SourceFile(path="hw.ipynb", data=text.encode())

    assert claimed([C147], [file]) == (("c147",) if is_claimed else ())


def test_a_phrase_that_stands_in_the_starter_waives_nothing(tmp_path: Path) -> None:
    starter = {"act.py": "# Write 'I am in the other course' if you are.\n"}
    write_rubric(tmp_path, WITH_WRITTEN, starter)
    put(tmp_path / "all" / "bee" / "act.py", NEEDLESS)
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path)["bee"]["why.outcome"] == "awaiting_mark"


def test_marks_by_hand_join_the_sheet_and_survive_a_rescore(folder: Path) -> None:
    rescored(
        folder, "Student,Item,Points,Comment\nant,why,2.5,Nearly\nant,out,1,Copied\n\nbee,why,,\n"
    )
    for _ in range(2):
        ant = rows(folder)["ant"]
        assert (ant["why"], ant["why.outcome"]) == ("2.5", "partial")
        assert (ant["out"], ant["total"]) == ("1", "9.5")
        told = json.loads((folder / "run" / "results" / "ant.json").read_text())["items"]
        assert told[0]["message"] == "Nearly"
        assert told[1]["notes"][-1] == "marked by hand; was correct"
        rescored(folder)
    assert rows(folder)["bee"]["why.outcome"] == "waived"


def test_a_run_that_replaces_another_one_has_none_of_its_marks(
    graded: Path, tmp_path: Path
) -> None:
    put(tmp_path / "marks.csv", "student,item,points\nant,why,3\n")
    usual = ("grade", graded / "all", "--rubric", graded / "tiny", "-o", "run")
    for options in (("--marks", "marks.csv"), ("--marks", "run/marks.csv"), ()):
        done = grader(*usual, *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert rows(tmp_path)["ant"]["why"] == ("3" if options else "")
    assert not (tmp_path / "run" / "marks.csv").exists()
    aside = Path("run", "marks.before-1.csv")
    assert f"{aside}: of the run before, not used in this one; --marks takes it back" in done.stderr
    assert (tmp_path / aside).read_bytes() == (tmp_path / "marks.csv").read_bytes()
    done = grader("rescore", "run", "--rubric", graded / "tiny", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path)["ant"]["why.outcome"] == "awaiting_mark"


def test_an_item_can_be_waived_by_hand(folder: Path) -> None:
    rescored(folder, "student,item,points\nant,why,waived\n")
    assert rows(folder)["ant"]["why.outcome"] == "waived"


def test_marks_are_read_while_grading_too(graded: Path, tmp_path: Path) -> None:
    put(tmp_path / "marks.csv", "student,item,points,comment\nant,why,3,Yes\n")
    done = grader(
        "grade",
        graded / "all",
        "--rubric",
        graded / "tiny",
        "-o",
        "run",
        "--marks",
        "marks.csv",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path)["ant"]["total"] == "13"
    assert (tmp_path / "run" / "marks.csv").read_bytes() == (tmp_path / "marks.csv").read_bytes()


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ("student,points\nant,3\n", "given.csv:1: no column item (it has: student, points)"),
        ("student,item,points\nant,wy,3\n", "given.csv:2: no item 'wy' (there are: why, out, dz)"),
        (
            "student,item,points\nant,why,four\n",
            "given.csv:2: points must be a number, 'waived' or nothing, not 'four'",
        ),
        ("student,item,points\nant,why,4\n", "given.csv:2: points must be from 0 to 3, not 4"),
        (
            "student,item,points\nant,why,nan\n",
            "given.csv:2: points must be a number, 'waived' or nothing, not 'nan'",
        ),
        ("student,item,points\nant,why,-1\n", "given.csv:2: points must be from 0 to 3, not -1"),
        (
            "student;item;points\nant;why;2,5\n",
            "given.csv:2: points take a decimal point: write 2.5, not '2,5'",
        ),
        ("student,item,points\n,why,1\n", "given.csv:2: no student"),
        (
            "student,item,points\nant,why,1\nant,why,2\n",
            "given.csv:3: ant and why are in line 2 already",
        ),
    ],
)
def test_mistakes_in_the_marks_are_told_at_their_line(folder: Path, marks: str, told: str) -> None:
    before = rows(folder)
    assert told in rescored(folder, marks, code=1)
    assert rows(folder) == before


def test_marks_of_somebody_unknown_are_told(folder: Path) -> None:
    told = rescored(folder, "student,item,points\nowl,why,1\nant,why,1\n", code=1)
    assert "no submission of owl" in told
    assert rows(folder)["ant"]["why"] == "1"


# --- the template ----------------------------------------------------------------------------


def template(folder: Path, name: str = "todo.csv") -> Path:
    path = folder / name
    done = grader("marks", "template", "run", "--rubric", "tiny", "-o", path.name, cwd=folder)
    assert done.returncode == 0, done.stderr
    return path


def test_a_template_lists_what_awaits_a_mark_and_is_fine_half_filled_in(folder: Path) -> None:
    path = template(folder)
    assert path.read_text() == (
        "student,item,title,maximum,points,comment,outcome\nant,why,Why tanh?,3,,,awaiting_mark\n"
    )
    assert rescored(folder, path.read_text()) == rescored(folder)
    assert rows(folder)["ant"]["why.outcome"] == "awaiting_mark"
    rescored(folder, path.read_text().replace("3,,,", '3,2,"=SUM(1), she says",'))
    assert rows(folder)["ant"]["why"] == "2"
    again = template(folder, "again.csv").read_text()
    assert again.splitlines()[1] == 'ant,why,Why tanh?,3,2,"\'=SUM(1), she says",marked'
    rescored(folder, again)
    told = json.loads((folder / "run" / "results" / "ant.json").read_text())["items"][0]
    assert told["message"] == "=SUM(1), she says"


def test_a_template_never_replaces_a_file_that_may_hold_marks(folder: Path) -> None:
    path = template(folder)
    done = grader("marks", "template", "run", "--rubric", "tiny", "-o", path.name, cwd=folder)
    assert done.returncode == 1
    assert "todo.csv: is there already, and may hold marks" in done.stderr


def test_a_template_of_a_run_that_awaits_nothing_says_so(folder: Path) -> None:
    put(folder / "tiny" / "rubric.yaml", TANH)
    rescored(folder)
    done = grader("marks", "template", "run", "--rubric", "tiny", "-o", "todo.csv", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "nothing in run awaits a mark\n")
    assert not (folder / "todo.csv").exists()


# --- adjustments -----------------------------------------------------------------------------


def test_adjustments_are_traced_and_survive_every_rescore(folder: Path) -> None:
    put(
        folder / "changes.csv",
        "student,kind,amount,item,reason\nant,adjust,-1.5,,no README\nant,waive,,why,broken\n",
    )
    done = grader("rescore", "run", "--rubric", "tiny", "--adjustments", "changes.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    for _ in range(2):
        ant = rows(folder)["ant"]
        assert (ant["total"], ant["raw_total"], ant["why.outcome"]) == ("11.5", "13", "waived")
        assert ant["adjustments"] == "waive: why: broken; adjust -1.5: no README"
        told = json.loads((folder / "run" / "results" / "ant.json").read_text())
        assert (told["total"], told["raw_total"]) == ("11.50", "13.00")
        assert told["adjustments"][1] == {
            "kind": "adjust",
            "points": "-1.5",
            "reason": "no README",
            "student": "",
        }
        rescored(folder, "student,item,points\nant,out,4\n")


def test_adjustments_of_somebody_unknown_are_told(folder: Path) -> None:
    put(folder / "changes.csv", "student,kind,amount,reason\nANT,adjust,1,x\nowl,adjust,1,x\n")
    done = grader("rescore", "run", "--rubric", "tiny", "--adjustments", "changes.csv", cwd=folder)
    assert done.returncode == 1
    assert "changes.csv: no submission of ANT (ant?), owl; all else in it counts" in done.stderr


def test_a_run_that_replaces_another_one_has_none_of_its_adjustments(
    graded: Path, tmp_path: Path
) -> None:
    put(tmp_path / "changes.csv", "student,kind,amount,reason\nant,adjust,2,x\n")
    usual = ("grade", graded / "all", "--rubric", graded / "tiny", "-o", "run", "--student", "ant")
    done = grader(*usual, "--adjustments", "changes.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path)["ant"]["total"] == "12"
    done = grader(*usual, cwd=tmp_path)
    assert rows(tmp_path)["ant"]["total"] == "12", "the run is gone on with"
    done = grader(*usual[:-2], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path)["ant"]["total"] == "10"
    assert not (tmp_path / "run" / "adjustments.csv").exists()
    assert "adjustments.before-1.csv: of the run before, not used" in done.stderr
