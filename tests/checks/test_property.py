"""The check ``property``: an initialiser's spread, a dropout's share, a shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from grader.records import Outcome, Verdict
from tests.checks.trial import Exercise, verdict_on

SHAPE = (300, 200)
HE = Exercise(
    problem="he_normal",
    answers=("W",),
    check="property",
    cases=("plain",),
    draws=1,
    parameters=(
        (
            "holds",
            (
                "shape(W) == (300, 200)",
                "abs(mean(W)) < 5 * sqrt(2 / 300 / size(W))",
                "abs(std(W) - sqrt(2 / 300)) < 0.03 * sqrt(2 / 300)",
            ),
        ),
    ),
)
DROPOUT = Exercise(
    problem="dropout",
    answers=("out",),
    check="property",
    cases=("plain",),
    draws=1,
    settings=(("plain", (("N", 60), ("D", 50))),),
    parameters=(
        (
            "holds",
            (
                "abs(mean(out != 0) - p) < 5 * sqrt(p * (1 - p) / size(out))",
                "max(abs(where(out == 0, 0, out - x / p))) < 1e-9",
            ),
        ),
    ),
)
rng = np.random.default_rng


def he(**given: Any) -> dict[str, Any]:
    return {"W": rng(1).normal(scale=np.sqrt(2 / 300), size=SHAPE)}


def he_uniform(**given: Any) -> dict[str, Any]:
    limit = np.sqrt(6 / 300)
    return {"W": rng(2).uniform(-limit, limit, size=SHAPE)}


def he_in_single_precision(**given: Any) -> dict[str, Any]:
    return {"W": (rng(3).standard_normal(SHAPE) * np.sqrt(2 / 300)).astype(np.float32)}


def dropped(x: Any, p: float, **given: Any) -> dict[str, Any]:
    return {"out": x * (rng(4).random(x.shape) < p) / p}


def dropped_by_column_order(x: Any, p: float, **given: Any) -> dict[str, Any]:
    mask = np.asfortranarray(p > rng(5).random(x.shape[::-1]).T)
    return {"out": np.where(mask, x / p, 0.0)}


@pytest.mark.parametrize(
    ("right", "exercise"),
    [
        (he, HE),
        (he_uniform, HE),
        (he_in_single_precision, HE),
        (dropped, DROPOUT),
        (dropped_by_column_order, DROPOUT),
    ],
    ids=lambda one: getattr(one, "__name__", getattr(one, "problem", "")),
)
def test_accepts_what_has_the_property(
    right: Callable[..., dict[str, Any]], exercise: Exercise
) -> None:
    verdict = verdict_on(right, exercise)

    assert (verdict.outcome, verdict.credit) == (Outcome.CORRECT, 1), verdict.message


@pytest.mark.parametrize(
    ("wrong", "exercise"),
    [
        (lambda **given: {"W": he()["W"].T}, HE),
        (lambda **given: {"W": he()["W"] / np.sqrt(2)}, HE),
        (lambda **given: {"W": he()["W"] + 0.01}, HE),
        (lambda **given: {"W": np.zeros(SHAPE)}, HE),
        (lambda **given: {"W": np.full(SHAPE, np.nan)}, HE),
        (lambda x, p, **given: {"out": dropped(x, 1 - p)["out"]}, DROPOUT),
        (lambda x, p, **given: {"out": dropped(x, p)["out"] * p}, DROPOUT),
        (lambda x, p, **given: {"out": x / p}, DROPOUT),
    ],
    ids=[
        "turned",
        "Glorot",
        "shifted",
        "zeros",
        "NaN",
        "p the other way",
        "not raised",
        "kept all",
    ],
)
def test_rejects_what_has_it_not(wrong: Callable[..., dict[str, Any]], exercise: Exercise) -> None:
    verdict = verdict_on(wrong, exercise)

    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)
    assert verdict.message.startswith("This does not hold on draw probe/plain/0: ")


def judged(expression: str, value: Any, **more: Any) -> Verdict:
    exercise = replace(HE, parameters=(("holds", (expression,)),), **more)
    return verdict_on(lambda **given: {"W": value}, exercise)


def test_a_number_is_a_share_of_the_points() -> None:
    verdict = judged("mean(W > 0)", np.array([1.0, -1.0, 2.0, 3.0]))

    assert (verdict.outcome, verdict.credit) == (Outcome.PARTIAL, Decimal("0.75"))
    assert judged("1.5 + 0 * W[0]", np.zeros(1)).credit == 1


def test_the_cases_of_a_property_have_their_weights() -> None:
    exercise = replace(
        DROPOUT,
        cases=("plain", "single"),
        settings=(),
        case_weights=(("plain", "0.75"), ("single", "0.25")),
        parameters=(("holds", ("out.shape[0] > 1",)),),
    )

    verdict = verdict_on(lambda x, **given: {"out": x}, exercise)

    assert (verdict.outcome, verdict.credit) == (Outcome.PARTIAL, Decimal("0.75"))


def test_a_case_without_a_weight_guards_the_first_part() -> None:
    exercise = replace(
        DROPOUT,
        cases=("plain", "single"),
        settings=(),
        case_weights=(("plain", "1"),),
        parameters=(("holds", ("out.shape[0] > 1",)),),
    )

    assert verdict_on(lambda x, **given: {"out": x}, exercise).credit == 0


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("W[7] > 0", "cannot be told of what came back (W (2,)): index 7 is out of bounds"),
        ("W", "it is neither true nor false nor a number"),
        ("sum(W / 0)", "it is not finite"),
    ],
)
def test_what_cannot_be_told_is_wrong_and_says_why(expression: str, told: str) -> None:
    verdict = judged(expression, np.array([1.0, 2.0]))

    assert verdict.outcome is Outcome.WRONG
    assert told in verdict.message
