"""Whichever process of a run is killed, nothing is lost; ``bench/kills.py`` tries it 200 times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.grading.journal import open_run
from tests.cli.command import ROOT, grader, scores
from tests.grading.classroom import RIGHT, TANH, Classroom, outcomes, put, submission, write_rubric

KILLED = RIGHT.replace("import numpy as np", "import numpy as np, os").replace(
    "return np.tanh(z)\n", "os.kill(os.getpid(), 9)\n", 1
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="starts its commands by forking")
def test_a_kill_of_each_kind_at_random_leaves_the_scores_as_they_are() -> None:
    ended = subprocess.run(
        [sys.executable, "bench/kills.py", "--kills", "4", "--seed", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    assert (told["kills"], told["identical"], told["lost"]) == (4, 4, [])
    assert any(told["met"].get(kind) for kind in ("command", "worker", "zygote", "student"))


def test_halves_of_files_that_a_killed_run_has_left_are_swept_up(tmp_path: Path) -> None:
    open_run(tmp_path)
    halves = [
        tmp_path / ".scores.csv.abcd1234",
        tmp_path / "results" / ".ant.json.abcd1234",
        tmp_path / "transcripts" / ".ant.frame.x_y_z_12",
    ]
    kept = [tmp_path / ".notes.csv.mine", tmp_path / "results" / "ant.json"]
    for path in (*halves, *kept):
        path.write_text("x")
    open_run(tmp_path, keep=True)
    assert [path.exists() for path in halves] == [False] * 3
    assert [path.exists() for path in kept] == [True] * 2


def test_marks_and_adapters_are_with_the_run_from_its_beginning(tmp_path: Path) -> None:
    """They came at its end, and who resumed a killed run had to name them again."""
    write_rubric(tmp_path, TANH)
    put(tmp_path / "all" / "ant" / "act.py", RIGHT)
    put(tmp_path / "marks.csv", "student,item,points,comment\nant,out,1,a late hand-in\n")
    (tmp_path / "run" / "scores.csv").mkdir(parents=True)
    arguments = ("grade", "all", "--rubric", "tiny", "-o", "run")
    broken = grader(*arguments, "--marks", "marks.csv", cwd=tmp_path)
    assert broken.returncode == 1
    (tmp_path / "run" / "scores.csv").rmdir()
    assert grader(*arguments, "--resume", cwd=tmp_path).returncode == 0
    assert scores(tmp_path / "run")["ant"]["total"] == "7"


def test_who_kills_himself_is_told_so_and_costs_nobody_a_fault(tmp_path: Path) -> None:
    """A killed process is asked once more, in case somebody else has killed it; then it stands."""
    room = Classroom(tmp_path)
    try:
        sheet, transcript = room.examiner.examine(submission({"act.py": KILLED}))
    finally:
        room.examiner.close()
    assert outcomes(sheet)["out"] in ("crashed", "blocked")
    assert not sheet.has_fault
    assert transcript.children >= 1
