"""``grader grade``: what it refuses, what it writes where, and what its options change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import grader, scores
from tests.grading.classroom import RIGHT, TANH, put

# --- what it refuses -------------------------------------------------------------------------


def refused(*arguments: object, cwd: Path) -> str:
    """Return what is told on stderr; nothing may be written, on stdout or in a run."""
    before = sorted(cwd.rglob("*"))
    done = grader(*arguments, cwd=cwd)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(cwd.rglob("*")) == before
    return done.stderr


def test_refuses_a_path_that_is_not_there(home: Path) -> None:
    told = refused("grade", "none", "--rubric", "tiny", cwd=home)
    assert told == "none: no such file or folder\n"


def test_refuses_an_empty_folder(home: Path) -> None:
    (home / "empty").mkdir()
    told = refused("grade", "empty", "--rubric", "tiny", cwd=home)
    assert told == "empty: the folder is empty\n"


def test_refuses_a_folder_without_any_code(home: Path) -> None:
    put(home / "texts" / "ant" / "essay.txt", "x")
    told = refused("grade", "texts", "--rubric", "tiny", cwd=home)
    assert told.startswith("texts: no Python file or notebook in it")


def test_refuses_one_submission_in_place_of_all(home: Path) -> None:
    told = refused("grade", "all/ant", "--rubric", "tiny", cwd=home)
    assert told.startswith("all/ant: this is one submission (act.py lies in it); ")


def test_refuses_an_unknown_rubric_and_suggests_a_near_one(home: Path) -> None:
    told = refused("grade", "all", "--rubric", "elec576a1", cwd=home)
    assert "no rubric 'elec576a1'; did you mean 'elec576-a1'?" in told


def test_refuses_a_broken_rubric_with_every_mistake_at_its_place(home: Path) -> None:
    broken = TANH.replace("points: 4", "pionts: 4").replace("probe: dz,", "probe: dy,")
    put(home / "tiny" / "rubric.yaml", broken)
    lines = refused("grade", "all", "--rubric", "tiny", cwd=home).splitlines()
    number = {text: n for n, line in enumerate(broken.splitlines(), 1) for text in [line]}
    first = next(n for line, n in number.items() if "pionts" in line)
    second = next(n for line, n in number.items() if "probe: dy" in line)
    assert any(line.startswith(f"tiny/rubric.yaml:{first}:") and "pionts" in line for line in lines)
    assert any(line.startswith(f"tiny/rubric.yaml:{second}:") and "'dy'" in line for line in lines)


def test_refuses_an_item_that_is_not_there_and_names_those_that_are(home: Path) -> None:
    told = refused("grade", "all", "--rubric", "tiny", "--only", "q9", cwd=home)
    assert told == "rubric tiny has no item 'q9' (it has: out, dz)\n"


@pytest.mark.parametrize("place", ["taken", "taken/run"])
def test_refuses_a_file_in_the_place_of_its_folder(home: Path, place: str) -> None:
    put(home / "taken", "x")
    told = refused("grade", "all", "--rubric", "tiny", "-o", place, cwd=home)
    assert "taken" in told


@pytest.mark.parametrize("place", ["all", "all/run", "all/ant/run"])
def test_refuses_to_write_among_the_submissions(home: Path, place: str) -> None:
    told = refused("grade", "all", "--rubric", "tiny", "-o", place, cwd=home)
    assert told == (
        f"{place}: the results would lie among the submissions; choose a folder outside all with -o\n"
    )


def test_a_rubric_whose_draws_cannot_be_certified_names_the_case(home: Path) -> None:
    """A net without any weight has no gradient to speak of."""
    text = (home / "tiny" / "rubric.yaml").read_text().replace("problem: tanh", "problem: relu", 1)
    put(home / "tiny" / "rubric.yaml", text.replace("{draws: 2}", "{draws: 2, scale: 0.0}", 1))
    told = refused("grade", "all", "--rubric", "tiny", cwd=home)
    assert told.startswith("probe out, case plain: no inputs can be certified: ")


# --- what it writes --------------------------------------------------------------------------


def test_grades_a_class_with_the_table_on_stdout_and_all_else_on_stderr(home: Path) -> None:
    done = grader("grade", "all", "--rubric", "tiny", cwd=home)
    assert done.returncode == 0, done.stderr
    rows = scores(home / "runs" / "tiny")
    assert {name: row["total"] for name, row in rows.items()} == {
        "ant": "10",
        "bee": "6",
        "cow": "10",
    }
    for line in ("A tiny homework", "wrong: out", "3 submissions: 5 correct, 1 wrong"):
        assert line in done.stdout
        assert line not in done.stderr
    for line in (
        "tiny: 3 submissions in all",
        "graded 3 of 3",
        "written: runs/tiny/scores.csv",
        "grader report runs/tiny",
    ):
        assert line in done.stderr
        assert line not in done.stdout


def test_a_link_among_the_submissions_is_told_of_and_the_others_are_graded(home: Path) -> None:
    (home / "all" / "bee" / "stolen.py").symlink_to("/etc/passwd")
    (home / "all" / "elk").symlink_to(home / "all" / "ant", target_is_directory=True)
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", cwd=home)
    rows = scores(home / "run")
    assert done.returncode == 1
    assert "bee: stolen.py: a link, not followed\n" in done.stderr
    assert "elk: the folder is a link, not followed\n" in done.stderr
    assert {name: row["total"] for name, row in rows.items() if name != "elk"} == {
        "ant": "10",
        "bee": "6",
        "cow": "10",
    }
    assert "stolen.py: a link, not followed" in rows["bee"]["flags"]


def test_odd_names_of_students_and_folders_harm_nothing(home: Path) -> None:
    names = ["=cmd|calc", "two\nlines", "-rf", "[bold]x", "\x1b[2J", "Ána 学生", "\udcff"]
    for name in names:
        put(home / "[/red] class" / name / "act.py", RIGHT)
    done = grader("grade", "[/red] class", "--rubric", "tiny", "-o", "[/x] run", cwd=home)
    assert done.returncode == 0, done.stderr
    assert f"{len(names)} submissions in [/red] class" in done.stderr
    assert "written: [/x] run/scores.csv" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    rows = scores(home / "[/x] run").values()
    assert {row["total"] for row in rows} == {"10"}
    told = {row["student"] for row in rows}
    assert {"'=cmd|calc", "two lines", "'-rf", "[bold]x", "Ána 学生", "\\udcff"} <= told


def test_a_terminal_that_knows_no_unicode_gets_escapes(home: Path) -> None:
    done = grader("grade", "all", "--rubric", "tiny", cwd=home, PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 0, done.stderr
    assert "10" in done.stdout
    shown = grader("rubric", "show", "tiny", cwd=home, PYTHONIOENCODING="ascii:strict")
    assert shown.returncode == 0, shown.stderr


# --- what its options change -----------------------------------------------------------------


def test_only_some_items_are_judged_where_that_is_asked(home: Path) -> None:
    arguments = ("grade", "all", "--rubric", "tiny", "-o", "run", "--only", "d*")
    assert grader(*arguments, cwd=home).returncode == 0
    row = scores(home / "run")["bee"]
    assert (row["dz"], row["total"], row["maximum"]) == ("6", "6", "6")
    assert "out" not in row


def test_several_items_may_be_named_in_any_order(home: Path) -> None:
    arguments = ("grade", "all", "--rubric", "tiny", "-o", "run", "--only", "dz", "--item", "out")
    assert grader(*arguments, cwd=home).returncode == 0
    header = (home / "run" / "scores.csv").read_text().splitlines()[0]
    assert "out,dz,out.outcome,dz.outcome" in header


def test_another_seed_draws_other_inputs_and_the_same_seed_the_same(home: Path) -> None:
    """A wrong answer's message quotes the numbers of its draw."""

    def told(*seed: object) -> str:
        done = grader("check", "all/bee", "--rubric", "tiny", "--only", "out", *seed, cwd=home)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert told() == told("--seed", 11) != told("--seed", 12) == told("--seed", 12)


def test_a_reader_that_goes_away_gets_no_traceback(home: Path) -> None:
    command = f"{sys.executable} -m grader rubric show tiny | true"
    done = subprocess.run(
        ["bash", "-c", command], cwd=home, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
