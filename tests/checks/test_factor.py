"""A small factor on everything is no rounding; arithmetic in single precision has none."""

from __future__ import annotations

import numpy as np
import pytest

from grader.records import Outcome
from tests.checks import students
from tests.checks.trial import Exercise, verdict_on

EXERCISE = Exercise(problem="two_layer_net", answers=("dW1", "db1", "dW2", "db2"))
LOSS = Exercise(problem="two_layer_net", answers=("loss",), check="value")


@pytest.mark.parametrize(
    ("factor", "dtype"),
    [(1 + 1e-6, "f8"), (1 - 1e-5, "f8"), (1 + 1e-4, "f8"), (1 - 1e-5, "f4"), (1 + 1e-4, "f4")],
)
def test_the_same_factor_on_every_draw_is_not_taken_for_single_precision(factor, dtype) -> None:
    wrong = students.changed("dW1", lambda answer, inputs: (factor * answer).astype(dtype))
    verdict = verdict_on(wrong, EXERCISE)
    assert verdict.outcome in (Outcome.UNSURE, Outcome.WRONG)
    if verdict.outcome is Outcome.UNSURE:
        assert f"dW1 is {factor:.6g}" in verdict.message
        assert "times what is right, on every draw" in verdict.message


@pytest.mark.parametrize(
    "right",
    [
        students.in_single_precision,
        students.changed("dW1", lambda answer, inputs: answer * np.float32(1 / 3) * 3),
        students.changed("dW1", lambda answer, inputs: answer.astype(np.float32)),
    ],
)
def test_arithmetic_in_single_precision_has_no_factor(right: students.Student) -> None:
    assert verdict_on(right, EXERCISE).outcome is Outcome.CORRECT


def test_too_few_numbers_tell_no_factor() -> None:
    wrong = students.changed("loss", lambda answer, inputs: answer * (1 + 1e-6))
    assert verdict_on(wrong, LOSS).outcome is Outcome.CORRECT
