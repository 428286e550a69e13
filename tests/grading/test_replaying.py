"""One item of one student once more, with all that is known of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import grader
from tests.grading.classroom import RIGHT, TANH, put, write_rubric

WRONG = RIGHT.replace("return np.tanh(z)\n", "print('here', z.shape)\n    return np.sin(z)\n", 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    write_rubric(folder, TANH)
    put(folder / "all" / "ant" / "act.py", RIGHT)
    put(folder / "all" / "bee" / "act.py", WRONG)
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", "--seed", "5", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def replayed(folder: Path, *arguments: str) -> str:
    done = grader("replay", "run", *arguments, "--rubric", "tiny", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_shows_every_draw_what_came_back_and_what_was_printed(folder: Path) -> None:
    told = replayed(folder, "bee", "out")
    assert told.startswith("bee: out, tanh\n0 of 4 points: wrong\n")
    assert "out/plain/0" in told
    assert "out/plain/1" in told
    assert "yours" in told
    assert "printed on out/plain/0:\n  | here (7, 5)\n" in told


def test_the_draws_are_those_of_the_run(folder: Path) -> None:
    import json

    kept = json.loads((folder / "run" / "results" / "bee.json").read_text())["items"][0]
    assert kept["message"] in replayed(folder, "bee", "out")


def test_a_right_item_and_submissions_that_have_moved(folder: Path) -> None:
    (folder / "all").rename(folder / "moved")
    try:
        done = grader("replay", "run", "ant", "dz", "--rubric", "tiny", cwd=folder)
        assert done.returncode == 1
        told = replayed(folder, "ant", "dz", "--submissions", "moved")
        assert "6 of 6 points: correct" in told
    finally:
        (folder / "moved").rename(folder / "all")


@pytest.mark.parametrize(
    ("student", "item", "told"),
    [
        ("cow", "out", "no submission of 'cow' (there are: ant, bee)"),
        ("ant", "outs", "rubric tiny has no item 'outs' (it has: out, dz)"),
    ],
)
def test_unknown_names_are_told(folder: Path, student: str, item: str, told: str) -> None:
    done = grader("replay", "run", student, item, "--rubric", "tiny", cwd=folder)
    assert done.returncode == 1
    assert told in done.stderr
