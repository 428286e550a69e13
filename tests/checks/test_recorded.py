"""The check ``recorded``: an accuracy that stored output claims, on the course's curve."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from grader.checks.recorded import CLAIM, step
from grader.checks.registry import Question
from grader.records import Draw, DrawKey, Failed, Item, Outcome, Verdict
from tests.checks.trial import returned

KEY = DrawKey("outputs", "plain", 0)
UCLA = {"accuracy": 0.5, "zero_at": 0.28}


def verdict_on(*given: Any, **parameters: Any) -> Verdict:
    names = tuple(f"claim{i}" for i in range(len(given)))
    item = Item(
        id="item",
        title="A tuned net",
        section="",
        points=Decimal(10),
        check="recorded",
        probe="outputs",
        answers=names,
        group=None,
        case_weights={},
        answer_weights={},
        parameters={**UCLA, **parameters},
        hint="",
        visibility="visible",
    )
    answers = {
        name: one if isinstance(one, Failed) else returned(one)
        for name, one in zip(names, given, strict=True)
    }
    draw = Draw(key=KEY, inputs={}, expected={})
    verdict = step(Question(item=item, draws={KEY: draw}, answers={KEY: answers}))
    assert isinstance(verdict, Verdict)
    return verdict


@pytest.mark.parametrize("claim", [0.5, 0.512, 1, np.array([0.7])])
def test_accepts_what_reaches_the_accuracy(claim: Any) -> None:
    verdict = verdict_on(claim)

    assert (verdict.outcome, verdict.credit) == (Outcome.CORRECT, 1)
    assert verdict.notes == (CLAIM,)


@pytest.mark.parametrize(
    ("claim", "credit"),
    [(0.39, Decimal(11) / 22), (0.499, Decimal(21) / 22), (0.29, Decimal(1) / 22)],
)
def test_what_is_below_has_its_points_by_whole_percent(claim: float, credit: Decimal) -> None:
    verdict = verdict_on(claim)

    assert (verdict.outcome, verdict.credit) == (Outcome.PARTIAL, credit)


@pytest.mark.parametrize("claim", [0.0, 0.1, 0.28, 0.2899])
def test_rejects_what_is_at_the_foot_of_the_curve(claim: float) -> None:
    verdict = verdict_on(claim)

    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)


def test_without_a_curve_there_is_all_or_nothing() -> None:
    assert verdict_on(0.49, zero_at=-1.0).outcome is Outcome.WRONG
    assert verdict_on(0.5, zero_at=-1.0).outcome is Outcome.CORRECT


def test_percent_are_shares_of_a_hundred() -> None:
    assert verdict_on(51.2, unit="percent").outcome is Outcome.CORRECT
    assert verdict_on(39, unit="percent").credit == Decimal(11) / 22
    assert verdict_on(0.512, unit="percent").outcome is Outcome.WRONG


@pytest.mark.parametrize("claim", [51.2, -0.1, np.nan, [0.5, 0.6]])
def test_what_is_no_accuracy_is_left_to_a_person(claim: Any) -> None:
    verdict = verdict_on(claim)

    assert (verdict.outcome, verdict.credit, verdict.notes) == (Outcome.UNSURE, 0, ())


def test_the_best_of_several_claims_counts() -> None:
    missing = Failed(outcome=Outcome.NOT_IMPLEMENTED, message="no stored output says it")

    assert verdict_on(missing, 0.39, 0.51).outcome is Outcome.CORRECT
    assert verdict_on(missing).outcome is Outcome.NOT_IMPLEMENTED


def test_what_is_told_says_that_it_is_a_claim() -> None:
    assert verdict_on(0.39).message == "The stored output says 39.0%; 50.0% is asked for."
