"""The check ``value``, tried on losses and activations that students hand in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from grader.records import Outcome
from tests.checks import students
from tests.checks.students import Student, changed
from tests.checks.trial import Exercise, verdict_on

LOSS = Exercise(
    problem="two_layer_net",
    answers=("loss",),
    check="value",
    cases=("plain", "decay", "single", "square", "hot"),
)
SLOPE = Exercise(problem="relu", answers=("derivative",), check="value")


@pytest.mark.parametrize(
    "student",
    [students.vectorised, students.with_loops, students.with_einsum, students.loss_in_a_list],
    ids=["vectorised", "loops", "log_sum_exp", "list_of_one"],
)
def test_accepts_a_right_loss_however_it_is_written(student: Student) -> None:
    verdict = verdict_on(student, LOSS)
    assert (verdict.outcome, verdict.credit) == (Outcome.CORRECT, 1)
    assert verdict.message == "The value is right on all 6 draws."


@pytest.mark.parametrize(
    "student",
    [
        students.loss_of_the_largest,
        students.loss_without_penalty,
        students.loss_with_full_penalty,
        students.loss_summed,
        students.loss_to_base_ten,
        changed("loss", lambda loss, given: np.full(given["N"], loss)),
        changed("loss", lambda loss, given: -loss),
        changed("loss", lambda loss, given: int(loss)),
        changed("loss", lambda loss, given: float("inf")),
        changed("loss", lambda loss, given: loss + 1j),
    ],
    ids=[
        "largest_probability",
        "no_penalty",
        "full_penalty",
        "sum",
        "base_ten",
        "one_per_example",
        "sign",
        "integer",
        "infinite",
        "complex",
    ],
)
def test_rejects_a_loss_that_is_wrong_in(student: Student) -> None:
    verdict = verdict_on(student, LOSS)
    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)


def test_a_loss_without_its_penalty_keeps_the_other_part() -> None:
    exercise = replace(LOSS, case_weights=(("plain", "0.8"), ("decay", "0.2")))
    verdict = verdict_on(students.loss_without_penalty, exercise)
    assert (verdict.outcome, verdict.credit) == (Outcome.PARTIAL, Decimal("0.8"))
    assert "In case decay (N=7, D=5, H=11, C=3, reg=0.3): loss is " in verdict.message
    assert verdict.message.endswith("Right: in plain, single, square, hot.")


@pytest.mark.parametrize(
    "student",
    [students.relu_in_booleans, students.relu_in_integers, students.relu_in_half_precision],
    ids=["booleans", "integers", "half_precision"],
)
def test_accepts_exact_numbers_of_any_type(student: Student) -> None:
    assert verdict_on(student, SLOPE).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    "student",
    [students.relu_of_the_sign, students.relu_not_derived, students.relu_turned_round],
    ids=["sign", "not_derived", "turned_round"],
)
def test_rejects_a_slope_that_is_wrong_in(student: Student) -> None:
    assert verdict_on(student, SLOPE).outcome is Outcome.WRONG


def test_rejects_one_wrong_prediction() -> None:
    def student(**given):
        X, W1, b1, W2, b2, C = (given[name] for name in ("X", "W1", "b1", "W2", "b2", "C"))
        pred = students.probabilities(X, W1, b1, W2, b2).argmax(axis=1)
        pred[0] = (pred[0] + 1) % C
        return {"pred": pred}

    assert verdict_on(student, replace(LOSS, answers=("pred",))).outcome is Outcome.WRONG


@pytest.mark.parametrize("kind", [np.uint8, np.float32, float, list])
def test_accepts_right_predictions_of_any_type(kind: type) -> None:
    def student(X, W1, b1, W2, b2, **rest):
        pred = students.probabilities(X, W1, b1, W2, b2).argmax(axis=1)
        return {"pred": list(pred) if kind is list else pred.astype(kind)}

    assert verdict_on(student, replace(LOSS, answers=("pred",))).outcome is Outcome.CORRECT
