"""``--option`` and ``--course``: what is chosen is kept with the run, and holds for all that follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import grader, scores
from tests.grading.classroom import put

RUBRIC = """\
schema: 1
id: tiny
title: "A tiny homework"
seed: 11
modules: {expected: [act.py]}
options:
  penalty: {default: half, choices: [half, full], title: "How large the penalty is"}
probes:
  loss:
    problem: linear_softmax
    cases: {plain: {reg: 0.4}}
    code: |
      from act import loss
      found = loss(X, y, W, reg)
    answers: {loss: found}
items:
  - {id: loss, title: "Loss", points: 4, check: value, probe: loss, answer: loss}
  - {id: why, title: "Why it is full", points: 1, check: written, only: {penalty: full}}
"""
FULL = """\
import numpy as np


def loss(X, y, W, reg):
    s = X @ W
    s = s - s.max(axis=1, keepdims=True)
    right = s[np.arange(len(y)), y]
    return np.mean(np.log(np.exp(s).sum(axis=1)) - right) + reg * np.sum(W**2)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    put(tmp_path / "tiny" / "rubric.yaml", RUBRIC)
    put(tmp_path / "all" / "ant" / "act.py", FULL)
    put(tmp_path / "course.yaml", "options:\n  tiny: {penalty: full}\n")
    return tmp_path


def test_a_run_keeps_what_was_chosen_and_what_follows_goes_by_it(home: Path) -> None:
    done = grader(
        "grade", "all", "--rubric", "tiny", "--option", "penalty=full", "-o", "run", cwd=home
    )
    assert done.returncode == 0, done.stderr
    row = scores(home / "run")["ant"]
    assert (row["loss"], row["why"], row["maximum"]) == ("4", "", "5")
    assert json.loads((home / "run" / "run.json").read_text())["options"] == {"penalty": "full"}

    again = grader("rescore", "run", cwd=home)
    assert again.returncode == 0, again.stderr
    assert scores(home / "run")["ant"] == row
    assert json.loads((home / "run" / "run.json").read_text())["options"] == {"penalty": "full"}

    resumed = grader("grade", "all", "--rubric", "tiny", "-o", "run", "--resume", cwd=home)
    assert resumed.returncode == 0, resumed.stderr
    assert scores(home / "run")["ant"] == row

    one = grader("replay", "run", "ant", "loss", cwd=home)
    assert one.returncode == 0, one.stderr
    assert "correct" in one.stdout


def test_a_course_that_chooses_otherwise_than_the_run_is_told_so(home: Path) -> None:
    course = ("--rubric", "tiny", "-o", "run", "--course", "course.yaml")
    assert grader("grade", "all", *course[:4], cwd=home).returncode == 0
    more = {"--resume": grader("grade", "all", *course, "--resume", cwd=home)}
    more["--student"] = grader("grade", "all", *course, "--student", "ant", cwd=home)

    told = "course.yaml:2:19: not full: the run's penalty is half and stays so"
    for option, done in more.items():
        assert told in done.stderr, (option, done.stderr)
    same = grader("grade", "all", *course, "--resume", cwd=put_half(home))
    assert "stays so" not in same.stderr


def put_half(home: Path) -> Path:
    """Let the course choose what the run has, and return where it does."""
    put(home / "course.yaml", "options:\n  tiny: {penalty: half}\n")
    return home


def test_a_course_file_chooses_and_the_command_line_wins(home: Path) -> None:
    by_course = grader("check", "all/ant", "--rubric", "tiny", "--course", "course.yaml", cwd=home)
    by_both = grader(
        "check", "all/ant", "--rubric", "tiny", "--option", "penalty=half", cwd=home,
        GRADER_COURSE="course.yaml",
    )  # fmt: skip

    assert "total: 4 of 5 points so far" in by_course.stdout
    assert "wrong" in by_both.stdout


def test_a_rubric_is_shown_with_what_can_be_chosen(home: Path) -> None:
    shown = grader("rubric", "show", "tiny", "--option", "penalty=full", cwd=home)

    told = "option penalty (How large the penalty is) is one of half or full; here full"
    assert told in shown.stdout
    assert "the default is half" in shown.stdout
    assert "5 points" in shown.stdout


def test_an_unknown_choice_ends_the_command(home: Path) -> None:
    wrong = grader("rubric", "show", "tiny", "--option", "penalty=ful", cwd=home)
    bare = grader("rubric", "show", "tiny", "--option", "penalty", cwd=home)

    assert (wrong.returncode, bare.returncode) == (1, 1)
    assert "option penalty of rubric tiny cannot be 'ful'; did you mean 'full'?" in wrong.stderr
    assert "--option takes NAME=CHOICE, not 'penalty'" in bare.stderr
