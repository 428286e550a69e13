"""Worked numbers, properties and claims, asked of real submissions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grading.classroom import HEAD, Classroom, outcomes, points, submission

RUBRIC = (
    HEAD
    + """\
probes:
  notes:
    draws: none
    answers: {dW: stated("dW"), best: 'recorded("accuracy: ([0-9.]+)")'}
  weights:
    problem: he_normal
    code: |
      from act import initial
      W = initial(300, 200)
    answers: {W: W}
items:
  - {id: dW, title: "By hand", points: 2, check: number, probe: notes, answer: dW, value: -1/16}
  - {id: best, title: "Tuned", points: 4, check: recorded, probe: notes, answer: best, accuracy: 0.5, zero_at: 0.3}
  - {id: W, title: "Weights", points: 3, check: property, probe: weights, answer: W, holds: ["W.shape == (300, 200)", "abs(std(W) - sqrt(2 / 300)) < 0.005"]}
"""
)
STARTER = {"act.py": "dW = None\n\n\ndef initial(D, H):\n    pass\n"}
INITIAL = "import numpy as np\n\n\ndef initial(D, H):\n    return np.random.randn(D, H) * np.sqrt(2 / D)\n"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("stated"), RUBRIC, STARTER)
    yield made
    made.examiner.close()


def notebook(*outputs: str, text: str = "") -> str:
    cells: list[dict[str, object]] = [{"cell_type": "markdown", "source": text, "metadata": {}}]
    for output in outputs:
        shown = [{"output_type": "stream", "name": "stdout", "text": output}]
        cells.append(
            {
                "cell_type": "code",
                "source": "",
                "metadata": {},
                "outputs": shown,
                "execution_count": 1,
            }
        )
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def test_each_is_judged_where_it_stands(room: Classroom) -> None:
    files = {
        "act.py": INITIAL,
        "answers.txt": "dW = -1/16\n",
        "hw.ipynb": notebook("accuracy: 0.42\n"),
    }

    sheet, _ = room.examiner.examine(submission(files))

    assert points(sheet) == {"dW": "2", "best": "2.4", "W": "3"}
    assert [flag for flag in sheet.flags if "claim" in flag] == [
        "the student's claim: read from stored output, nothing was run for it: best"
    ]


def test_random_weights_are_not_unstable_and_are_asked_once(room: Classroom) -> None:
    sheet, transcript = room.examiner.examine(submission({"act.py": INITIAL}))

    assert outcomes(sheet) == {"dW": "not_implemented", "best": "not_implemented", "W": "correct"}
    assert transcript.children == 1
    assert {key.probe for key in transcript.repeats} <= {"notes"}


def test_a_modules_name_and_a_markdown_cell_state_numbers(room: Classroom) -> None:
    by_name, _ = room.examiner.examine(submission({"act.py": INITIAL + "\ndW = '1/16'\n"}))
    in_text, _ = room.examiner.examine(
        submission({"act.py": INITIAL, "hw.ipynb": notebook(text="So **dW = -0.0625**.")})
    )

    assert outcomes(by_name)["dW"] == "wrong"
    assert outcomes(in_text)["dW"] == "not_implemented"
    fixed, _ = room.examiner.examine(
        submission({"act.py": INITIAL, "hw.ipynb": notebook(text="So\n\n**dW = -0.0625**.")})
    )
    assert outcomes(fixed)["dW"] == "correct"


def test_the_untouched_starter_earns_nothing(room: Classroom) -> None:
    assert set(room.outcomes(act=STARTER["act.py"]).values()) == {"not_implemented"}


def test_an_answers_file_is_found_in_a_folder_and_among_files(tmp_path: Path) -> None:
    from grader.submission import discover, one_submission

    (tmp_path / "all" / "ant").mkdir(parents=True)
    (tmp_path / "all" / "ant" / "Answers.txt").write_text("dW = 1\n")
    (tmp_path / "all" / "answers.txt").write_text("nobody's\n")

    found = discover(tmp_path / "all", ("act.py",))

    assert [(one.id, list(one.files)) for one in found] == [("ant", ["Answers.txt"])]
    assert one_submission([tmp_path / "all" / "answers.txt"]).files
