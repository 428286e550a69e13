"""The check ``number``: one worked number, by its sign and its size."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.checks.number import step
from grader.checks.registry import Question
from grader.records import Draw, DrawKey, Failed, Item, Outcome, Verdict
from tests.checks.trial import returned

KEY = DrawKey("worked", "plain", 0)


def verdict_on(given: Any, value: str = "-1/16", within: float = 0.0) -> Verdict:
    item = Item(
        id="item",
        title="A number",
        section="",
        points=Decimal(3),
        check="number",
        probe="worked",
        answers=("dW",),
        group=None,
        case_weights={},
        answer_weights={},
        parameters={"value": value, "within": within},
        hint="",
        visibility="visible",
    )
    answer = given if isinstance(given, Failed) else returned(given)
    question = Question(
        item=item,
        draws={KEY: Draw(key=KEY, inputs={}, expected={})},
        answers={KEY: {"dW": answer}},
    )
    verdict = step(question)
    assert isinstance(verdict, Verdict)
    return verdict


@pytest.mark.parametrize(
    "given",
    [-0.0625, np.float32(-0.0625), np.array([[-0.0625]]), [-0.0625], -0.0625 * (1 + 1e-12)],
    ids=["float", "single", "matrix", "list", "rounded"],
)
def test_accepts_the_number_however_it_comes(given: Any) -> None:
    verdict = verdict_on(given)

    assert (verdict.outcome, verdict.credit) == (Outcome.CORRECT, 1)


@pytest.mark.parametrize("given", [-0.0625, -1, -0.06, 0.0, -0.0625 * (1 + 1e-7), np.nan, np.inf])
def test_rejects_another_number(given: float) -> None:
    verdict = verdict_on(given, value="-0.0626")

    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)


def test_a_third_is_right_as_a_floating_point_number() -> None:
    assert verdict_on(1 / 3, value="1/3").outcome is Outcome.CORRECT
    assert verdict_on(0.3333, value="1/3").outcome is Outcome.WRONG
    assert verdict_on(0.3333, value="1/3", within=0.0001).outcome is Outcome.CORRECT


@pytest.mark.parametrize("given", [0.755, 0.745])
def test_the_edge_of_the_tolerance_is_inside(given: float) -> None:
    assert verdict_on(given, value="0.75", within=0.005).outcome is Outcome.CORRECT


def test_a_wrong_sign_is_told_and_the_right_number_is_not() -> None:
    verdict = verdict_on(0.0625)

    assert verdict.outcome is Outcome.WRONG
    assert verdict.message == "The number dW = 0.0625 has the right size, and the wrong sign."
    assert "-0.06" not in verdict_on(7.0).message
    assert str(Fraction(-1, 16)) not in verdict_on(7.0).message


def test_zero_has_no_sign_to_be_wrong() -> None:
    assert verdict_on(-0.0, value="0").outcome is Outcome.CORRECT
    assert "sign" not in verdict_on(0.5, value="0").message


def test_several_numbers_and_complex_ones_are_none() -> None:
    assert "shape (2,)" in verdict_on([1.0, 2.0]).message
    assert verdict_on(1j).outcome is Outcome.WRONG


def test_what_did_not_come_back_keeps_its_outcome() -> None:
    missing = Failed(outcome=Outcome.NOT_IMPLEMENTED, message="nothing states dW")

    assert verdict_on(missing).outcome is Outcome.NOT_IMPLEMENTED
