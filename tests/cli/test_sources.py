"""``grader grade`` on exports of a class: groups, rosters, a dry run, one student again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.command import grader
from tests.grading.classroom import RIGHT, TANH, put, write_rubric
from tests.submission.exports import put_export
from tests.submission.packed import put_zip

WRONG = RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n", 1)
METADATA = """\
submission_1:
  :submitters:
  - :name: Amber Fox
    :sid: '100'
    :email: amber@example.edu
submission_2:
  :submitters:
  - :name: Birch Swan
    :sid: '200'
  - :name: Calm Badger
    :sid: '300'
"""
ROSTER = "SID,Name,Email,Section\n100,Amber Fox,a@x.edu,Mon\n200,Birch Swan,b@x.edu,Tue\n"
ROSTER += "300,Calm Badger,c@x.edu,Tue\n400,Dusk Heron,d@x.edu,Tue\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with the rubric ``tiny``, a Gradescope export and a roster."""
    write_rubric(tmp_path, TANH)
    files = {
        "assignment_7_export/submission_metadata.yml": METADATA,
        "assignment_7_export/submission_1/act.py": RIGHT,
        "assignment_7_export/submission_2/hw/act.py": WRONG,
    }
    put_zip(tmp_path / "all.zip", files)
    put(tmp_path / "roster.csv", ROSTER)
    return tmp_path


def rows(run: Path) -> dict[str, dict[str, str]]:
    """Return the rows of a run's scores.csv, by student."""
    with (run / "scores.csv").open(newline="", encoding="utf-8") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def test_a_group_gets_one_grading_and_a_row_each_and_who_is_missing_has_one_too(
    home: Path,
) -> None:
    options = ("--rubric", "tiny", "-o", "run", "--roster", "roster.csv")
    done = grader("grade", "all.zip", *options, cwd=home)
    assert done.returncode == 0, done.stderr
    assert "tiny: 2 submissions in all.zip (a Gradescope export)" in done.stderr
    assert "1 on the roster handed in nothing" in done.stderr

    table = rows(home / "run")
    told = {student: (row["name"], row["section"], row["total"]) for student, row in table.items()}
    assert told == {
        "100": ("Amber Fox", "Mon", "10"),
        "200": ("Birch Swan", "Tue", "6"),
        "300": ("Calm Badger", "Tue", "6"),
        "400": ("Dusk Heron", "Tue", "0"),
    }
    assert {row["submission"] for row in table.values()} == {"submission_1", "submission_2", "400"}
    assert table["400"]["out.outcome"] == table["400"]["dz.outcome"] == "not_submitted"
    assert len(list((home / "run" / "transcripts").iterdir())) == 3

    # Any member of a group is found: by marks, in a replay, and to be graded again.
    put(home / "marks.csv", "student,item,points,comment\n300,out,4,shown in office hours\n")
    again = grader("rescore", "run", "--marks", "marks.csv", cwd=home)
    assert again.returncode == 0, again.stderr
    assert {rows(home / "run")[student]["total"] for student in ("200", "300")} == {"10"}
    (home / "roster.csv").unlink()
    replayed = grader("replay", "run", "300", "out", cwd=home)
    assert replayed.returncode == 0, replayed.stderr
    assert "submission_2" in replayed.stdout


def test_a_dry_run_tells_who_was_found_and_what_was_not_matched(home: Path) -> None:
    put(home / "roster.csv", ROSTER.replace("100,Amber Fox,a@x.edu", "150,Zinc Yak,z@x.edu"))
    put_export(home / "all", {"submission_metadata.yml": METADATA, "stray.py": RIGHT})
    put(home / "all" / "submission_1" / "act.py", RIGHT)
    put(home / "all" / "submission_2" / "notes.txt", "x")
    before = sorted(home.rglob("*"))

    options = ("--rubric", "tiny", "--list", "--roster", "roster.csv")
    done = grader("grade", "all", *options, cwd=home)

    assert done.returncode == 1
    assert sorted(home.rglob("*")) == before
    assert "all: a Gradescope export, by its names; nothing is graded" in done.stderr
    assert "submission_1: Amber Fox is not on the roster (roster.csv)" in done.stderr
    lines = done.stdout.splitlines()
    (second,) = (line for line in lines if line.startswith("submission_2"))
    assert "200, Birch Swan, b@x.edu, Tue; 300, Calm Badger" in second
    assert "no Python file or notebook (only notes.txt)" in second
    assert any(line.startswith("150") and "nothing was handed in" in line for line in lines)
    assert "2 submissions, 1 of them without any code; 2 on the roster without any" in lines
    assert "belongs to nobody: stray.py" in lines


def test_one_student_is_graded_again_and_the_others_stay(home: Path) -> None:
    options = ("--rubric", "tiny", "-o", "run", "--seed", 5)
    first = grader("grade", "all.zip", *options, "--roster", "roster.csv", cwd=home)
    assert first.returncode == 0, first.stderr
    transcripts = {p.name: p.read_bytes() for p in (home / "run" / "transcripts").iterdir()}
    put(home / "roster.csv", ROSTER)
    files = {
        "assignment_7_export/submission_metadata.yml": METADATA,
        "assignment_7_export/submission_1/act.py": WRONG,
        "assignment_7_export/submission_2/hw/act.py": RIGHT,
    }
    put_zip(home / "all.zip", files)

    # The seed and the roster are those of the run.
    options = ("--rubric", "tiny", "-o", "run", "--student", "c@x.edu")
    done = grader("grade", "all.zip", *options, cwd=home)

    assert done.returncode == 0, done.stderr
    assert "of which 1 graded now" in done.stderr
    table = rows(home / "run")
    assert {student: row["total"] for student, row in table.items()} == {
        "100": "10",
        "200": "10",
        "300": "10",
        "400": "0",
    }
    after = {p.name: p.read_bytes() for p in (home / "run" / "transcripts").iterdir()}
    changed = {name for name in after if after[name] != transcripts[name]}
    assert changed == {"submission_2.frame"}
    facts = json.loads((home / "run" / "run.json").read_text())
    assert (facts["seed"], facts["found"], facts["graded"]) == (5, 3, 3)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--student", "900"], "all.zip: no submission of '900' (there are: submission_1, "),
        (["--student", "100", "--seed", "9"], "run: was graded with --seed 11; another one"),
        (["--source", "canvas"], "all.zip: not a Canvas download"),
        (["--roster", "none.csv"], "none.csv: cannot be read"),
    ],
    ids=range(4),
)
def test_what_cannot_be_graded_is_refused_and_the_run_is_left_as_it_is(
    home: Path, options: list[str], told: str
) -> None:
    put(home / "run" / "run.json", '{"format": 1, "rubric": "tiny", "seed": 11, "only": []}')
    before = sorted(home.rglob("*"))

    done = grader("grade", "all.zip", "--rubric", "tiny", "-o", "run", *options, cwd=home)

    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert told in done.stderr
    assert sorted(home.rglob("*")) == before
