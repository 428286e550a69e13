"""Two submissions of one name: a row, an option or a replay means one of them, and never both."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.scoring.naming import must_mean_one_each
from tests.cli.command import grader, scores
from tests.grading.classroom import BACKWARD, RIGHT, TANH, put, write_rubric

WRONG = "import numpy as np\n\ndef forward(z):\n    return np.sin(z)\n" + BACKWARD
TWICE = "two submissions are called ant: name ant or ant-67a33335"
SECOND = "ant-67a33335"
"""The folder, which is called ``ant`` as the file is: a hash of the name is behind it."""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    write_rubric(folder, TANH)
    put(folder / "all" / "ant.py", RIGHT)
    put(folder / "all" / "ant" / "act.py", WRONG)
    put(folder / "all" / "bee" / "act.py", RIGHT)
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", cwd=folder)
    assert done.returncode == 1, done.stderr
    assert TWICE in done.stderr
    assert set(scores(folder / "run")) == {"ant", SECOND, "bee"}
    return folder


@pytest.fixture
def folder(graded: Path, tmp_path: Path) -> Path:
    for name in ("run", "tiny", "all"):
        shutil.copytree(graded / name, tmp_path / name)
    return tmp_path


def rescored(folder: Path, *options: str) -> dict[str, str]:
    """Judge the run again and return the totals; that ``ant`` is there twice is told."""
    done = grader("rescore", "run", "--rubric", "tiny", *options, cwd=folder)
    assert done.returncode == 1, done.stderr
    assert TWICE in done.stderr
    return {name: row["total"] for name, row in scores(folder / "run").items()}


def test_a_mark_counts_for_the_submission_of_that_very_id(folder: Path) -> None:
    put(folder / "marks.csv", f"student,item,points\nant,dz,1\n{SECOND},dz,2\nbee,dz,3\n")
    assert rescored(folder, "--marks", "marks.csv") == {"ant": "5", SECOND: "2", "bee": "7"}
    assert scores(folder / "run")[SECOND]["dz"] == "2"


def test_a_mark_of_the_first_alone_leaves_the_second_as_it_is(folder: Path) -> None:
    put(folder / "marks.csv", "student,item,points\nant,dz,1\n")
    assert rescored(folder, "--marks", "marks.csv") == {"ant": "5", SECOND: "6", "bee": "10"}


def test_an_adjustment_counts_for_the_submission_of_that_very_id(folder: Path) -> None:
    put(folder / "changes.csv", "student,kind,amount,item,reason\nant,adjust,-3,,x\n")
    options = ("--adjustments", "changes.csv")
    assert rescored(folder, *options) == {"ant": "7", SECOND: "6", "bee": "10"}
    put(folder / "changes.csv", f"student,kind,amount,item,reason\n{SECOND},adjust,-1,,x\n")
    assert rescored(folder, *options) == {"ant": "10", SECOND: "5", "bee": "10"}


def test_one_of_the_two_is_graded_again_and_the_other_stays(folder: Path) -> None:
    put(folder / "all" / "ant.py", WRONG)
    put(folder / "all" / "ant" / "act.py", RIGHT)
    options = ("--rubric", "tiny", "-o", "run", "--student", "ant")
    done = grader("grade", "all", *options, cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "of which 1 graded now" in done.stderr
    assert TWICE in done.stderr
    totals = {name: row["total"] for name, row in scores(folder / "run").items()}
    assert totals == {"ant": "6", SECOND: "6", "bee": "10"}


def test_a_replay_tells_of_the_other_one(folder: Path) -> None:
    shown = grader("replay", "run", "ant", "out", "--rubric", "tiny", cwd=folder)
    assert shown.returncode == 0, shown.stderr
    assert f"ant: the same student's, too: {SECOND}" in shown.stderr
    shown = grader("replay", "run", SECOND, "out", "--rubric", "tiny", cwd=folder)
    assert shown.returncode == 0, shown.stderr
    assert "0 of 4 points: wrong" in shown.stdout


def test_the_template_names_each_by_its_own_id(folder: Path) -> None:
    rubric = folder / "tiny" / "rubric.yaml"
    asked = "  - {id: why, title: Why, points: 3, check: written}\n"
    rubric.write_text(rubric.read_text() + asked)
    rescored(folder)
    done = grader("marks", "template", "run", "--rubric", "tiny", cwd=folder)
    named = [line.partition(",")[0] for line in done.stdout.splitlines()]
    assert named == ["student", SECOND, "ant", "bee"]
    put(folder / "marks.csv", done.stdout.replace(f"{SECOND},why,Why,3,", f"{SECOND},why,Why,3,2"))
    assert rescored(folder, "--marks", "marks.csv")[SECOND] == "8"
    again = grader("marks", "template", "run", "--rubric", "tiny", cwd=folder)
    assert f"{SECOND},why,Why,3,2,,marked" in again.stdout
    assert "ant,why,Why,3,,,awaiting_mark" in again.stdout


def test_a_gradebook_has_neither_of_the_two_and_says_so(folder: Path) -> None:
    options = ("--for", "gradescope", "--rubric", "tiny", "-o", "up.csv")
    done = grader("gradebook", "run", *options, cwd=folder)
    assert done.returncode == 1
    assert f"ant has handed in several submissions, ant, {SECOND}" in done.stderr
    assert [line.split(",")[1] for line in (folder / "up.csv").read_text().splitlines()] == [
        "SID",
        "bee",
    ]


@pytest.mark.parametrize("table", ["marks", "adjustments"])
def test_a_name_that_is_nobodys_id_and_means_two_is_refused(tmp_path: Path, table: str) -> None:
    write_rubric(tmp_path, TANH)
    put(tmp_path / "all" / "Ann Ant" / "act.py", RIGHT)
    put(tmp_path / "all" / "Ann Ant.py", WRONG)
    usual = ("grade", "all", "--rubric", "tiny", "-o", "run")
    assert grader(*usual, cwd=tmp_path).returncode == 1
    first, second = sorted(scores(tmp_path / "run"))
    before = (tmp_path / "run" / "scores.csv").read_bytes()
    rows = {
        "marks": "student,item,points\nAnn Ant,dz,1\n",
        "adjustments": "student,kind,amount,item,reason\nAnn Ant,adjust,-3,,x\n",
    }
    put(tmp_path / "given.csv", rows[table])
    told = f"two submissions are called Ann Ant: name {first} or {second}"

    for command in (("rescore", "run", "--rubric", "tiny"), usual):
        done = grader(*command, f"--{table}", "given.csv", cwd=tmp_path)
        assert done.returncode == 1
        assert f"given.csv: {told}" in done.stderr
    done = grader(*usual, "--student", "Ann Ant", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, f"all: {told}\n")
    done = grader("replay", "run", "Ann Ant", "out", "--rubric", "tiny", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, f"run: {told}\n")
    assert (tmp_path / "run" / "scores.csv").read_bytes() == before


def test_a_pair_has_one_submission_by_either_name() -> None:
    called = {"team": ["ant", "bee"], "cow": ["cow"]}
    must_mean_one_each("marks.csv", ["ant", "bee", "team", "cow"], called)
    with pytest.raises(
        UsageError, match=r"^marks.csv: two submissions are called ant: name team or x$"
    ):
        must_mean_one_each("marks.csv", ["ant", "bee"], {**called, "x": ["ant"]})
