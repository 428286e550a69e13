"""A draw on which an own mistake leaves nothing to see neither gives a carried share nor takes it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from tests.checks import students
from tests.checks.trial import Exercise, verdict_on

CASES = ("plain", "single")
LOSS = Exercise(
    problem="moons_net",
    check="value",
    answers=("loss",),
    cases=CASES,
    options=(("penalty", "absent"),),
    carried="0.6",
    given=("probs",),
)


def over_examples(X, y, W1, b1, W2, b2, **sizes):
    """The softmax runs over the examples: with one example every probability is 1."""
    scores = np.tanh(X @ W1 + b1) @ W2 + b2
    probs = np.exp(scores - scores.max(axis=0)) / np.exp(scores - scores.max(axis=0)).sum(axis=0)
    return {"probs": probs, "loss": -np.log(probs[range(len(y)), y]).mean()}


def test_a_loss_of_zero_by_probabilities_of_one_does_not_take_the_share_away() -> None:
    assert verdict_on(over_examples, LOSS).credit == Decimal("0.6")


def test_another_number_than_that_zero_takes_it_away() -> None:
    def off_alone(y, **inputs):
        came = over_examples(y=y, **inputs)
        return {**came, "loss": came["loss"] + 0.1 * (len(y) == 1)}

    assert verdict_on(off_alone, LOSS).credit == 0


def test_a_loss_that_does_not_follow_where_it_can_be_seen_is_not_carried_by_its_zeros() -> None:
    def summed(**inputs):
        came = over_examples(**inputs)
        return {**came, "loss": came["loss"] * len(inputs["y"])}

    assert verdict_on(summed, LOSS).credit == 0


def test_zeros_alone_carry_nothing() -> None:
    assert verdict_on(over_examples, replace(LOSS, cases=("single",))).credit == 0


GRADIENT = Exercise(
    problem="two_layer_net",
    answers=("dW1", "db1", "dW2", "db2"),
    cases=("plain", "decay", "single"),
    case_weights=(("plain", "0.7"), ("decay", "0.3")),
    has_loss=True,
    carried="0.5",
)
NAMES = ("loss", *GRADIENT.answers)


def summed(N, **inputs):
    answers = students.vectorised(N=N, **inputs)
    return {name: N * np.asarray(value) for name, value in answers.items()}


def beside(inner, loss=0.0, slope=0.0):
    """Answer constants for a single example, and as another function does for more of them."""

    def function(N, **inputs):
        came = inner(N=N, **inputs)
        if N > 1:
            return came
        return {n: np.asarray(loss if n == "loss" else slope) + 0 * came[n] for n in NAMES}

    return function


@pytest.mark.parametrize("loss", [0.0, 1.0, 1 / 3])
def test_a_zero_gradient_of_a_loss_that_stands_still_does_not_take_the_share_away(loss) -> None:
    assert verdict_on(beside(summed, loss), GRADIENT).credit == Decimal("0.5")


@pytest.mark.parametrize(
    "function",
    [
        # Of a constant the derivative is 0, and of a loss that moves it is not.
        beside(summed, slope=0.01),
        lambda N, **inputs: {
            **{n: 3 * v for n, v in summed(N=N, **inputs).items()},
            **({} if N > 1 else {n: 0 * inputs[n[1:]] for n in GRADIENT.answers}),
        },
        # Right elsewhere: nothing that can be seen follows from a wrong loss.
        beside(students.vectorised),
        # A wrong gradient of a wrong loss elsewhere.
        beside(lambda **inputs: {n: (2 + (n != "loss")) * v for n, v in summed(**inputs).items()}),
    ],
    ids=["slope of a constant", "zeros of a loss that moves", "right elsewhere", "wrong elsewhere"],
)
def test_nothing_else_is_carried_by_draws_that_tell_nothing(function) -> None:
    assert verdict_on(function, GRADIENT).credit <= Decimal("0.3")


def test_what_follows_in_another_part_carries_no_guard_of_the_first_part() -> None:
    """The penalty is missing in loss and gradients: that follows, and costs ``decay`` alone."""

    def without_penalty(reg, **inputs):
        return students.vectorised(reg=0.0, **inputs)

    assert verdict_on(without_penalty, GRADIENT).credit == Decimal("0.85")
    assert verdict_on(beside(without_penalty), GRADIENT).credit == Decimal("0.15")
