"""Formulas of real submissions: steps in order, what is flagged, and what a process cannot forge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.grading.mistakes import trials
from grader.grading.unread import unread_inputs
from grader.rubric.outline import Outline
from tests.grading.classroom import HEAD, Classroom, messages, outcomes, points, submission
from tests.grading.test_stated import notebook

RUBRIC = (
    HEAD
    + """\
probes:
  paper:
    problem: sigmoid_mlp
    cases: {plain: {draws: 2}, square: {}}
    answers: {delta2: formula("2.a"), delta1: formula("2.b"), dW1: formula("2.c")}
items:
  - {id: last, title: "Last delta", points: 2, check: formula, probe: paper, answer: delta2}
  - {id: first, title: "First delta", points: 4, check: formula, probe: paper, answer: delta1, credit: {carried: 0.5, given: [delta2]}}
  - {id: dW1, title: "Gradient", points: 1, check: formula, probe: paper, answer: dW1, credit: {carried: 0.5, given: [delta1]}}
"""
)
STARTER = {"act.py": "pass\n"}
RIGHT = r"""
2.a: \delta^{(2)} = (x^{(2)} - y) \odot \phi'(z^{(2)})
2.b: \delta^{(1)} = W^{(2)} \delta^{(2)} \odot \phi'(z^{(1)})
2.c: \frac{\partial J}{\partial W^{(1)}} = x^{(0)} (\delta^{(1)})^T
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("formulas"), RUBRIC, STARTER)
    yield made
    made.examiner.close()


def test_steps_are_judged_one_by_one(room: Classroom) -> None:
    sheet, transcript = room.examiner.examine(submission({"answers.txt": RIGHT}))

    assert points(sheet) == {"last": "2", "first": "4", "dW1": "1"}
    assert {len(reply.answers) for reply in transcript.replies.values()} == {3}


def test_what_follows_from_a_wrong_step_keeps_its_share(room: Classroom) -> None:
    wrong = RIGHT.replace(r"\phi'(z^{(2)})", r"\phi'(x^{(2)})")

    sheet, _ = room.examiner.examine(submission({"hw.ipynb": notebook(text=wrong)}))

    assert points(sheet) == {"last": "0", "first": "2", "dW1": "1"}
    assert "right for your own delta2, which is wrong" in messages(sheet)["first"]


def test_what_cannot_be_read_is_flagged_and_what_is_missing_is_not(room: Classroom) -> None:
    sheet, _ = room.examiner.examine(submission({"answers.txt": "2.a: (x_2 - q)\n2.b: x_2 +\n"}))

    assert outcomes(sheet) == {"last": "raised", "first": "raised", "dW1": "not_implemented"}
    assert "formulas that could not be read: last, first" in sheet.flags


def test_code_cannot_answer_in_a_formulas_place(room: Classroom) -> None:
    own = "import numpy as np\nnp.frombuffer = lambda *given: np.ones(7)\n"

    sheet, _ = room.examiner.examine(submission({"act.py": own, "answers.txt": RIGHT}))

    assert set(outcomes(sheet).values()) == {"correct"}


def test_no_code_has_to_read_what_a_formula_reads(room: Classroom) -> None:
    outline = Outline.of(room.home / "rubric.yaml", {})

    assert list(unread_inputs(room.plan, outline)) == []


def test_known_mistakes_lose_points_of_formulas_too(room: Classroom) -> None:
    (trial,) = trials(room.plan)

    assert len(trial.tried) > 3
    assert trial.lost == {"last", "first", "dW1"}
