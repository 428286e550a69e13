"""What a student reads beside the sentence: what was asked, what came back, what is right."""

from __future__ import annotations

import numpy as np

from grader.checks.comparison import Comparison
from grader.checks.messages import all_right, sentence
from grader.records import Draw, DrawKey, Outcome
from tests.checks import students
from tests.checks.trial import Exercise, verdict_on

NET = Exercise(problem="two_layer_net", answers=("dW1",), cases=("plain", "single"))


def test_shows_a_corner_of_the_smallest_draw_that_is_wrong() -> None:
    verdict = verdict_on(students.changed("dW1", lambda answer, inputs: 0 * answer), NET)
    assert verdict.details.splitlines() == [
        "Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).",
        "dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).",
        *verdict.details.splitlines()[2:],
    ]
    heading, first, second, rest = verdict.details.splitlines()[2:]
    assert heading.split() == ["yours", "right"]
    assert [word.lstrip("-") for word in first.split()[:4]] == ["0", "0", "0", "…"]
    assert len(first.split()) == len(second.split()) == 8
    assert rest.split() == ["…", "…"]


def test_shows_an_answer_of_the_wrong_shape_and_one_without_entries() -> None:
    verdict = verdict_on(students.changed("dW1", lambda answer, inputs: answer.T[:2]), NET)
    assert "dW1 came back with shape (2, 3)" in verdict.details
    verdict = verdict_on(students.changed("dW1", lambda answer, inputs: np.zeros((0, 3))), NET)
    assert verdict.outcome is Outcome.WRONG
    assert "(no entries)" in verdict.details


def test_shows_nothing_where_everything_is_right() -> None:
    assert verdict_on(students.vectorised, NET).details == ""


def test_a_case_that_is_only_in_doubt_is_not_called_wrong_beside_one_that_is() -> None:
    def half_right(N, **inputs):
        answers = dict(students.vectorised(N=N, **inputs))
        if N == 7:
            return {**answers, "dW1": 2 * answers["dW1"]}
        answers["dW1"].flat[0] += 1e-11
        return answers

    message = verdict_on(
        half_right, Exercise(problem="two_layer_net", answers=("dW1",), cases=("plain", "single"))
    ).message
    assert " Not decided: in single." in message
    assert "Not right" not in message


def test_a_question_ends_with_one_stop() -> None:
    key = DrawKey("p", "plain", 0)
    doubt = Comparison(outcome=Outcome.UNSURE, deviation=1.0, detail="was it computed by them?")
    draw = Draw(key=key, inputs={"N": 7}, expected={})
    told = sentence({"dW": {"plain": {key: doubt}}}, {("dW", "plain"): Outcome.UNSURE}, {key: draw})
    assert told.endswith("was it computed by them?")


def test_one_draw_is_not_called_all_of_them() -> None:
    assert all_right("value", 1) == "The value is right on the one draw."
    assert all_right("value", 2) == "The value is right on all 2 draws."
