"""Two runs side by side: who moves, by how much, and why."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests.cli.command import grader
from tests.grading.classroom import RIGHT, TANH, put, write_rubric

WRONG = RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n", 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    write_rubric(folder, TANH)
    for name, source in {"ant": RIGHT, "bee": WRONG, "cow": RIGHT}.items():
        put(folder / "all" / name / "act.py", source)
    grade(folder, "first")
    return folder


def grade(folder: Path, run: str, *options: str) -> None:
    done = grader("grade", "all", "--rubric", "tiny", "-o", run, *options, cwd=folder)
    assert done.returncode == 0, done.stderr


def compared(folder: Path, first: str, second: str) -> tuple[str, list[dict[str, str]]]:
    done = grader("compare", first, second, "-o", "moves.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    with (folder / "moves.csv").open(encoding="utf-8") as stream:
        return done.stdout, list(csv.DictReader(stream))


def test_two_runs_of_the_same_do_not_differ(folder: Path) -> None:
    grade(folder, "same")
    told, rows = compared(folder, "first", "same")
    assert rows == []
    assert "the same points and outcomes in both runs" in told


def test_an_item_without_its_answers_is_told_to_need_a_rerun(folder: Path, tmp_path: Path) -> None:
    for run in ("first", "more"):
        shutil.copytree(folder / "first", tmp_path / run)
    write_rubric(tmp_path, TANH.replace("draws: 2", "draws: 3", 1))
    done = grader("rescore", "more", "--rubric", "tiny", cwd=tmp_path)
    assert done.returncode == 1, done.stderr

    _, rows = compared(tmp_path, "first", "more")
    _, back = compared(tmp_path, "more", "first")

    told = "needs a rerun: nothing is recorded of out/plain/2"
    assert {row["why"] for row in rows} == {told}
    assert [row["item"] for row in rows] == ["out", "out", "out"]
    assert {row["why"] for row in back} == {f"more {told}"}


def test_a_damaged_transcript_is_told_as_the_cause_of_not_knowing_it(
    folder: Path, tmp_path: Path
) -> None:
    for run in ("first", "other"):
        shutil.copytree(folder / "first", tmp_path / run)
    result = tmp_path / "other" / "results" / "ant.json"
    result.write_text(result.read_text().replace('"correct"', '"wrong"'))
    put(tmp_path / "other" / "transcripts" / "ant.frame", "x")
    _, rows = compared(tmp_path, "first", "other")
    assert {row["student"] for row in rows} == {"ant"}
    assert "of one run the answers cannot be read (" in rows[0]["why"]


def test_a_corrected_submission_and_one_that_is_new_move(folder: Path) -> None:
    put(folder / "all" / "bee" / "act.py", RIGHT)
    put(folder / "all" / "doe" / "act.py", RIGHT)
    grade(folder, "corrected")
    told, rows = compared(folder, "first", "corrected")
    assert rows == [
        {
            "student": "bee",
            "item": "out",
            "before": "0",
            "after": "4",
            "change": "+4",
            "outcome_before": "wrong",
            "outcome_after": "correct",
            "why": "other files were handed in",
        },
        {
            "student": "doe",
            "item": "",
            "before": "",
            "after": "10",
            "change": "",
            "outcome_before": "",
            "outcome_after": "",
            "why": "only in corrected",
        },
    ]
    assert "2 items of 2 submissions differ" in told


def test_a_mark_by_hand_is_told_as_that(folder: Path) -> None:
    for run, points in (("marked", 3), ("again", 1)):
        shutil.copytree(folder / "first", folder / run)
        put(folder / "marks.csv", f"student,item,points\nant,out,{points}\n")
        given = ("rescore", run, "--rubric", "tiny", "--marks", "marks.csv")
        assert grader(*given, cwd=folder).returncode == 0
    whys = [
        [(row["item"], row["change"], row["why"]) for row in compared(folder, *runs)[1]]
        for runs in (("first", "marked"), ("marked", "again"), ("again", "first"))
    ]
    assert whys == [
        [("out", "-1", "marked by hand")],
        [("out", "-2", "marked by hand another time")],
        [("out", "+3", "not marked by hand any more")],
    ]


def test_other_points_are_told_as_that(folder: Path) -> None:
    rubric = folder / "tiny" / "rubric.yaml"
    old = rubric.read_text()
    try:
        rubric.write_text(old.replace("points: 4", "points: 2"))
        grade(folder, "cheaper")
    finally:
        rubric.write_text(old)
    _, rows = compared(folder, "first", "cheaper")
    assert {
        (row["student"], row["change"], row["why"])
        for row in rows
        if row["student"] in ("ant", "cow")
    } == {
        ("ant", "-2", "worth 2 points, not 4"),
        ("cow", "-2", "worth 2 points, not 4"),
    }


def test_what_is_no_run_is_refused_by_name(folder: Path) -> None:
    done = grader("compare", "first", "all", cwd=folder)
    assert done.returncode == 1
    assert "all: no run's folder: it holds no run.json" in done.stderr


def test_another_choice_of_an_option_is_told_as_that(tmp_path: Path) -> None:
    year = (
        'options:\n  year: {default: "2020", choices: {"2015": {worth: 4}, "2020": {worth: 5}}}\n'
    )
    text = TANH.replace("probes:\n", f"{year}probes:\n", 1)
    write_rubric(tmp_path, text.replace("points: 4,", "points: $worth,", 1))
    put(tmp_path / "all" / "ant" / "act.py", RIGHT)
    grade(tmp_path, "old", "--option", "year=2015")
    grade(tmp_path, "new")
    _, rows = compared(tmp_path, "old", "new")
    assert [row["why"] for row in rows] == ["graded with another choice: year=2015 became 2020"]
