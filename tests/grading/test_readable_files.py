"""May submissions read the files that a rubric names, and does it get the walls that it demands?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import IsolationError
from grader.grading.digests import digest_of_probe
from grader.grading.isolation import Demand, isolation
from grader.records import Rubric
from grader.rubric import load_rubric
from grader.sandbox import landlock
from grader.sandbox.levels import available_level
from tests.grading.classroom import BACKWARD, TANH, Classroom, put, write_rubric

READABLE = TANH.replace("[act.py]}", "[act.py], readable: [data, notes.txt]}")
READING = f"""
import numpy as np
SCALE = np.loadtxt("data/train/scale.csv")

def forward(z):
    return float(open("notes.txt").read()) * SCALE * np.tanh(z)
{BACKWARD}"""

needs_files = pytest.mark.skipif(
    available_level() < 2 or (available_level() == 2 and not landlock.version()),
    reason="files need level 3, or level 2 with Landlock",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A homework with files to read: a half in one, a two in the other."""
    put(tmp_path / "tiny" / "data" / "train" / "scale.csv", "0.5\n")
    put(tmp_path / "tiny" / "data" / ".hidden", "no work")
    put(tmp_path / "tiny" / "notes.txt", "2")
    return write_rubric(tmp_path, READABLE)


def demanding(home: Path, level: int) -> Rubric:
    put(home / "rubric.yaml", READABLE + f"isolation: {{level: {level}}}\n")
    return load_rubric(home)


@needs_files
def test_a_submission_reads_what_the_rubric_lets_it_read(home: Path) -> None:
    room = Classroom(home.parent, READABLE)
    try:
        assert room.outcomes(READING) == {"out": "correct", "dz": "correct"}
        closed = READING.replace('"notes.txt"', repr(str(home / "notes.txt")))
        assert room.outcomes(closed)["out"] in ("blocked", "raised")
        beside = READING.replace('"notes.txt"', '"rubric.yaml"')
        assert room.outcomes(beside)["out"] in ("blocked", "raised")
    finally:
        room.examiner.close()


def test_files_are_told_by_their_paths_from_the_rubric(home: Path) -> None:
    found = load_rubric(home).readable

    assert [(file.path, file.data) for file in found] == [
        ("data/train/scale.csv", b"0.5\n"),
        ("notes.txt", b"2"),
    ]


def test_answers_are_asked_again_where_a_file_has_changed(home: Path) -> None:
    before = load_rubric(home)
    put(home / "notes.txt", "3")
    after = load_rubric(home)

    assert before.digest != after.digest
    first, second = (digest_of_probe(r, r.probes["out"]) for r in (before, after))
    assert first != second


def test_a_folder_that_is_too_large_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.rubric.readable.MOST_BYTES", 4)

    with pytest.raises(Exception, match="makes the readable files more than 0 MB in all"):
        load_rubric(home)


@needs_files
def test_a_level_that_is_had_changes_nothing(home: Path) -> None:
    found = isolation(Demand(), demanding(home, available_level()))

    assert (found.level, found.demanded) == (available_level(), available_level())
    assert found.warning == ""


@pytest.mark.skipif(available_level() < 2, reason="no walls on this machine")
def test_a_level_that_is_not_had_is_refused_unless_it_is_overridden(home: Path) -> None:
    # No machine has level 4, and no rubric can ask for it.
    rubric = replace(demanding(home, 3), level=4, readable=())

    with pytest.raises(IsolationError, match="4 is demanded by the rubric tiny; run as root"):
        isolation(Demand(), rubric)
    with pytest.raises(IsolationError, match="demanded by the rubric tiny"):
        isolation(Demand(level=1), rubric)
    overridden = isolation(Demand(is_unsafe=True), rubric)
    assert overridden.warning.endswith("below the 4 that is demanded by the rubric tiny")


def test_a_command_may_demand_more_than_the_rubric(home: Path) -> None:
    rubric = replace(demanding(home, 2), readable=())

    assert isolation(Demand(level=3, is_unsafe=True), rubric).demanded == 3
    assert isolation(Demand(level=1, is_unsafe=True), rubric).demanded == 2
