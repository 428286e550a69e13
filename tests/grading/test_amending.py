"""One item of one student is graded again; all else of the run stays as it was."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from grader.grading.transcripts import read_transcript
from grader.records import Transcript
from tests.cli.command import grader
from tests.grading.classroom import BACKWARD, RIGHT, STARTER, TANH, put, write_rubric
from tests.grading.test_carried import NET
from tests.grading.test_carried import RIGHT as RIGHT_NET

WRONG = RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n", 1).replace("1 - np", "2 - np")
ARGUMENTS = ("grade", "all", "--rubric", "tiny", "-o", "run", "--jobs", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a run of three students."""
    write_rubric(tmp_path, TANH)
    for name, source in (("ant", RIGHT), ("bee", WRONG), ("cow", STARTER["act.py"])):
        put(tmp_path / "all" / name / "act.py", source)
    put(tmp_path / "marks.csv", "student,item,points,comment\nbee,out,3.5,nearly\n")
    put(
        tmp_path / "changes.csv",
        "student,kind,amount,item,reason\nbee,adjust,-1,,handed in by mail\n",
    )
    by_hand = ("--marks", "marks.csv", "--adjustments", "changes.csv")
    done = grader(*ARGUMENTS, *by_hand, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def again(folder: Path, *options: str) -> str:
    """Grade some items of bee again and return what is told."""
    done = grader(*ARGUMENTS, "--student", "bee", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stderr


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "run").glob("*.csv")}


def of_others(folder: Path) -> dict[str, bytes]:
    """Return all that the run keeps of everybody but bee."""
    files = [*(folder / "run" / "results").iterdir(), *(folder / "run" / "transcripts").iterdir()]
    return {path.name: path.read_bytes() for path in files if path.stem != "bee"}


def result(folder: Path, student: str = "bee") -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "run" / "results" / f"{student}.json").read_text())
    return told


def outcomes(folder: Path) -> dict[str, str]:
    return {item["id"]: item["outcome"] for item in result(folder)["items"]}


def answered(folder: Path) -> Transcript:
    return read_transcript(folder / "run" / "transcripts" / "bee.frame")


def used(transcript: Transcript, probe: str) -> list[tuple[float, float]]:
    """Return what the calls of a probe have used; one that is made again uses something else."""
    return [
        (r.usage.wall_s, r.usage.cpu_s) for k, r in transcript.replies.items() if k.probe == probe
    ]


def test_one_item_is_asked_again_and_all_else_stays(folder: Path) -> None:
    before, others, first = tables(folder), of_others(folder), answered(folder)

    told = again(folder, "--only", "dz")

    second = answered(folder)
    assert "asked again: dz; all other answers stay" in told
    assert tables(folder) == before
    assert of_others(folder) == others
    assert used(second, "out") == used(first, "out")
    assert used(second, "dz") != used(first, "dz")
    assert (second.files, second.later) == (first.files, {})
    assert set(second.replies) == set(first.replies)
    assert set(second.repeats) == set(first.repeats)
    assert json.loads((folder / "run" / "run.json").read_text())["only"] == []


def test_an_item_of_other_files_changes_alone_and_marks_and_adjustments_stay(folder: Path) -> None:
    others = of_others(folder)
    put(folder / "all" / "bee" / "act.py", RIGHT)

    again(folder, "--only", "dz")

    told = result(folder)
    assert {item["id"]: item["points"] for item in told["items"]} == {
        "out": "3.5",
        "dz": "6.00",
    }
    assert [change["reason"] for change in told["adjustments"]] == ["handed in by mail"]
    assert "graded again by itself, from other files: dz" in told["flags"]
    assert of_others(folder) == others
    with open(folder / "run" / "scores.csv", encoding="utf-8", newline="") as stream:
        totals = {row["student"]: row["total"] for row in csv.DictReader(stream)}
    assert totals == {"ant": "10", "bee": "8.5", "cow": "0"}


def test_answers_of_other_files_survive_a_rescore(folder: Path) -> None:
    put(folder / "all" / "bee" / "act.py", RIGHT)
    again(folder, "--only", "dz")
    before, told = tables(folder), result(folder)

    done = grader("rescore", "run", "--rubric", "tiny", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert tables(folder) == before
    assert result(folder)["items"] == told["items"]


def test_a_run_that_goes_on_asks_all_again_where_the_files_differ(folder: Path) -> None:
    put(folder / "all" / "bee" / "act.py", RIGHT)
    again(folder, "--only", "dz")
    first = answered(folder)
    put(folder / "all" / "bee" / "act.py", WRONG)

    done = grader(*ARGUMENTS, "--resume", cwd=folder)

    assert done.returncode == 0, done.stderr
    second = answered(folder)
    assert outcomes(folder)["dz"] == "wrong"
    assert (second.files, second.later) == (first.files, {})


def test_items_asked_again_one_by_one_are_of_the_same_files_in_the_end(folder: Path) -> None:
    put(folder / "all" / "bee" / "act.py", RIGHT)
    again(folder, "--only", "dz")
    assert set(answered(folder).later) == {"dz"}

    again(folder, "--only", "out")

    assert answered(folder).later == {}
    assert not any("from other files" in flag for flag in result(folder)["flags"])
    first = answered(folder)
    done = grader(*ARGUMENTS, "--resume", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert answered(folder).usage == first.usage


def test_a_way_of_code_that_breaks_costs_the_item_alone(folder: Path) -> None:
    before = {item["id"]: item for item in result(folder)["items"]}
    put(folder / "all" / "bee" / "act.py", "import os\ndef forward(z):\n    os._exit(3)" + BACKWARD)

    again(folder, "--only", "dz")

    after = {item["id"]: item for item in result(folder)["items"]}
    assert after["out"] == before["out"]
    assert after["dz"]["outcome"] == "raised"  # np is not imported there


def test_items_of_the_same_call_are_judged_again_and_told(tmp_path: Path) -> None:
    write_rubric(tmp_path, NET, {})
    put(tmp_path / "all" / "bee" / "net.py", RIGHT_NET.replace("G /= N", "pass"))
    done = grader(*ARGUMENTS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    put(tmp_path / "all" / "bee" / "net.py", RIGHT_NET)

    told = again(tmp_path, "--only", "dW1")

    assert "asked again: dW1; by the same call as well: loss, dW2, db; all other" in told
    assert set(outcomes(tmp_path).values()) == {"correct"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--only", "q9"], "rubric tiny has no item 'q9'"),
        (["--only", "dz", "--resume"], "leave one of them out"),
        (["--only", "dz", "--executor", "dask"], "leave --executor out"),
        (["--only", "dz", "--limit", "cpu_s=0.5"], "bee would have to answer all again"),
        (["--only", "dz", "--seed", "3"], "was graded with --seed 11"),
    ],
    ids=range(5),
)
def test_what_cannot_be_asked_alone_is_refused_and_the_run_is_left_as_it_is(
    folder: Path, options: list[str], told: str
) -> None:
    before = {p: p.read_bytes() for p in sorted((folder / "run").rglob("*")) if p.is_file()}

    done = grader(*ARGUMENTS, "--student", "bee", *options, cwd=folder)

    assert done.returncode == 1
    assert told in done.stderr
    after = {p: p.read_bytes() for p in sorted((folder / "run").rglob("*")) if p.is_file()}
    assert after == before


def test_who_had_handed_in_nothing_is_graded_whole(folder: Path) -> None:
    put(folder / "all" / "dog" / "notes.txt", "later")
    assert grader(*ARGUMENTS, "--resume", cwd=folder).returncode == 0
    put(folder / "all" / "dog" / "act.py", RIGHT)

    done = grader(*ARGUMENTS, "--student", "dog", "--only", "dz", cwd=folder)

    assert done.returncode == 1
    assert "dog had handed in nothing; grade dog whole: --student without --only" in done.stderr


def test_an_item_that_the_run_does_not_hold_is_refused(folder: Path) -> None:
    assert grader(*ARGUMENTS, "--only", "out", cwd=folder).returncode == 0

    done = grader(*ARGUMENTS, "--student", "bee", "--only", "dz", cwd=folder)

    assert done.returncode == 1
    assert "run: holds no dz, but out; grade other items into another folder" in done.stderr
