"""A run is judged again from what was answered: nobody's code runs, and nothing is asked."""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.grading import journal, rescoring
from grader.grading.batch import finish_rescore
from grader.grading.rescoring import open_old_run, plan_of
from grader.rubric import load_rubric
from tests.cli.command import grader
from tests.grading.classroom import BACKWARD, RIGHT, TANH, put, write_rubric

WRONG = RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n", 1)
STARTER_AGAIN = "import numpy as np\n\ndef forward(z):\n    return np.zeros_like(z)\n" + BACKWARD


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graded")
    write_rubric(folder, TANH)
    sources = {"ant": RIGHT, "bee": WRONG, "cow": "def (", "doe": STARTER_AGAIN}
    for name, source in sources.items():
        put(folder / "all" / name / "act.py", source)
    (folder / "all" / "elk").mkdir()
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(graded: Path, tmp_path: Path) -> Path:
    """A copy of the graded run without any submission: nothing could be run."""
    import shutil

    shutil.copytree(graded / "run", tmp_path / "run")
    shutil.copytree(graded / "tiny", tmp_path / "tiny")
    return tmp_path


def rescored(folder: Path, *options: str, code: int = 0) -> str:
    done = grader("rescore", "run", "--rubric", "tiny", *options, cwd=folder)
    assert done.returncode == code, done.stderr
    return done.stderr if code else done.stdout


def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "run" / "scores.csv").open(encoding="utf-8") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def change(folder: Path, *pairs: tuple[str, str]) -> None:
    rubric = folder / "tiny" / "rubric.yaml"
    text = rubric.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    rubric.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_unchanged_rubric_gives_the_same_bytes(folder: Path, jobs: str) -> None:
    before = {p.name: p.read_bytes() for p in (folder / "run").glob("*.csv")}
    results = {p.name: p.read_bytes() for p in (folder / "run" / "results").iterdir()}
    rescored(folder, "--jobs", jobs)
    assert {p.name: p.read_bytes() for p in (folder / "run").glob("*.csv")} == before
    assert {p.name: p.read_bytes() for p in (folder / "run" / "results").iterdir()} == results


def test_other_points_and_weights_change_the_scores(folder: Path) -> None:
    change(folder, ("points: 6", "points: 16"), ("points: 4", "points: 0.5"))
    rescored(folder)
    totals = {name: float(row["total"]) for name, row in rows(folder).items()}
    assert totals == {"ant": 16.5, "bee": 16.0, "cow": 0.0, "doe": 16.0, "elk": 0.0}
    assert json.loads((folder / "run" / "run.json").read_text())["rescored"] is True


def test_what_the_starter_answers_is_still_known(folder: Path) -> None:
    assert rows(folder)["doe"]["out.outcome"] == "not_implemented"
    change(folder, ('"tanh"', '"Tanh"'))
    rescored(folder)
    assert rows(folder)["doe"]["out.outcome"] == "not_implemented"


def test_an_item_that_would_need_a_run_says_so_and_costs_nothing(folder: Path) -> None:
    change(folder, ("out = forward(z)", "out = forward(2 * z)"))
    told = rescored(folder, code=1)
    ant = rows(folder)["ant"]
    assert (ant["out.outcome"], ant["dz.outcome"], ant["out"]) == ("unsure", "correct", "")
    message = json.loads((folder / "run" / "results" / "ant.json").read_text())["items"][0][
        "message"
    ]
    assert message == "Not decided: needs a rerun, since nothing is recorded of out/plain/0."
    assert "4 items of 4 submissions need answers that are not recorded" in told


def test_more_draws_need_a_run_too(folder: Path) -> None:
    change(folder, ("cases: {plain: {draws: 2}}", "cases: {plain: {draws: 3}}"))
    rescored(folder, code=1)
    assert rows(folder)["ant"]["out.outcome"] == "unsure"


LOST = "need answers that are not recorded, since a probe, the starter, the limits, the draws or"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("rubric.yaml", "cpu_s: 0.6", "cpu_s: 0.7"), ("starter/act.py", "# TODO", "# To do")],
)
def test_a_rescore_that_loses_every_verdict_tells_why_and_what_to_do(
    folder: Path, file: str, old: str, new: str
) -> None:
    changed = folder / "tiny" / file
    changed.write_text(changed.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    told = rescored(folder, code=1)

    assert f"8 items of 4 submissions {LOST}" in told
    assert "grader grade … --resume asks for them" in told
    template = grader("marks", "template", "run", "--rubric", "tiny", cwd=folder)
    assert (template.returncode, template.stdout) == (0, "")
    assert f"not among what awaits a mark: 8 items of 4 submissions {LOST}" in template.stderr
    book = grader(
        "gradebook", "run", "--for", "gradescope", "-o", "up.csv", "--rubric", "tiny", cwd=folder
    )
    assert book.returncode == 1
    way = "(grader grade … --resume asks for them)"
    assert f"left out: ant: needs answers that are not recorded {way}: out, dz" in book.stderr


def test_an_item_that_needs_a_rerun_may_be_marked_by_hand_all_the_same(folder: Path) -> None:
    change(folder, ("out = forward(z)", "out = forward(2 * z)"))
    marks = "".join(f"{name},out,3\n" for name in ("ant", "bee", "cow", "doe"))
    put(folder / "marks.csv", f"student,item,points\n{marks}")
    rescored(folder, "--marks", "marks.csv")
    assert rows(folder)["ant"]["total"] == "9"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda run: (run / "run.json").unlink(), "no run's folder: it holds no run.json"),
        (lambda run: shutil.rmtree(run / "results"), "run: holds no results any more"),
        (lambda run: (run / "run.json").write_text("{"), "run.json: cannot be read"),
        (lambda run: (run / "results" / "ant.json").write_text("[]"), "ant.json: cannot be read"),
    ],
)
def test_a_damaged_run_is_refused_by_the_name_of_the_file(folder: Path, spoil, told: str) -> None:
    spoil(folder / "run")
    done = grader("rescore", "run", "--rubric", "tiny", cwd=folder)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_every_damaged_result_is_named_with_what_makes_it_again(folder: Path) -> None:
    for name in ("ant", "cow"):
        put(folder / "run" / "results" / f"{name}.json", "{")
    put(folder / "marks.csv", "student,item,points\nbee,out,1\n")
    book = ("gradebook", "run", "--for", "gradescope", "-o", "up.csv")
    rubric = ("--rubric", "tiny")
    for command in (
        ("rescore", "run", *rubric),
        ("rescore", "run", *rubric, "--marks", "marks.csv"),
        ("compare", "run", "run"),
        (*book, *rubric),
    ):
        done = grader(*command, cwd=folder)
        assert done.returncode == 1
        assert "ant.json: cannot be read" in done.stderr
        assert "cow.json: cannot be read" in done.stderr
        assert "--resume judges again what was answered" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_result_that_is_gone_is_named_until_it_is_made_again(folder: Path, graded: Path) -> None:
    before = (folder / "run" / "scores.csv").read_bytes()
    (folder / "run" / "results" / "ant.json").unlink()
    gone = "run: 1 of 5 results are gone (ant): grader grade … --resume judges again what was"
    book = ("gradebook", "run", "--for", "gradescope", "-o", "up.csv")
    for command in (("rescore", "run"), ("rescore", "run"), book):
        done = grader(*command, "--rubric", "tiny", cwd=folder)
        assert done.returncode == 1
        assert gone in done.stderr
    assert set(rows(folder)) == {"bee", "cow", "doe", "elk"}

    usual = ("grade", graded / "all", "--rubric", "tiny", "-o", "run")
    again = grader(*usual, "--student", "bee", cwd=folder)
    assert (again.returncode, gone in again.stderr) == (1, True)
    again = grader(*usual, "--resume", cwd=folder)
    assert again.returncode == 0, again.stderr
    assert (folder / "run" / "scores.csv").read_bytes() == before
    rescored(folder)


def test_whoever_is_not_there_any_more_is_not_taken_for_lost(folder: Path, graded: Path) -> None:
    put(folder / "some" / "bee" / "act.py", WRONG)
    usual = ("grade", "some", "--rubric", "tiny", "-o", "run", "--resume")
    assert grader(*usual, cwd=folder).returncode == 0
    assert (folder / "run" / "transcripts" / "ant.frame").exists()
    rescored(folder)


def test_a_damaged_starter_tells_what_to_do_and_is_made_again(folder: Path, graded: Path) -> None:
    before = (folder / "run" / "starter.frame").read_bytes()
    (folder / "run" / "starter.frame").write_bytes(before[:-5])
    done = grader("rescore", "run", "--rubric", "tiny", cwd=folder)
    assert done.returncode == 1
    assert "starter.frame: damaged" in done.stderr
    assert "grader grade … --resume asks the starter again" in done.stderr

    usual = ("grade", graded / "all", "--rubric", "tiny", "-o", "run", "--resume")
    again = grader(*usual, cwd=folder)

    assert again.returncode == 0, again.stderr
    rescored(folder)
    assert rows(folder)["doe"]["out.outcome"] == "not_implemented"


def test_a_damaged_transcript_is_a_fault_of_that_submission_alone(folder: Path) -> None:
    (folder / "run" / "transcripts" / "ant.frame").write_bytes(b"x")
    done = grader("rescore", "run", "--rubric", "tiny", cwd=folder)
    assert done.returncode == 2
    assert "ant.frame: damaged" in done.stderr
    assert "grade it with --resume" in done.stderr
    assert rows(folder)["ant"]["out"] == ""
    assert {row["out"] for id, row in rows(folder).items() if id != "ant"} - {""}


def test_a_submission_without_a_transcript_is_a_fault_and_not_a_zero(folder: Path) -> None:
    (folder / "run" / "transcripts" / "ant.frame").unlink()
    done = grader("rescore", "run", "--rubric", "tiny", cwd=folder)
    assert done.returncode == 2
    assert "nothing was recorded; grade it with --resume" in done.stderr
    assert rows(folder)["ant"]["out"] == ""


def test_a_disk_that_is_full_is_told_of_by_the_name_of_the_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = open_old_run(folder / "run")
    plan = plan_of(old, load_rubric(folder / "tiny"))

    def full(path: Path, value: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(rescoring, "write_json", full)
    monkeypatch.setattr(journal, "write_json", full)
    told = r"run: cannot be written \(No space left on device\); once there is room, "
    with pytest.raises(UsageError, match=f"{told}give the same command again"):
        rescoring.rescore(old, plan, 1)
    with pytest.raises(UsageError, match=f"{told}grader rescore goes on"):
        finish_rescore(folder / "run", plan, old.facts, ())
