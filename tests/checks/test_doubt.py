"""What happens when a comparison is unsure: more draws, and at the end a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pytest

from grader.checks.cases import MORE_DRAWS
from grader.grading.judging import judge_all
from grader.grading.witness import Witness
from grader.records import Answer, DrawKey, Outcome, Returned, Verdict
from tests.checks.trial import Exercise, plan_of

NET = Exercise(
    problem="two_layer_net", answers=("dW1",), cases=("plain", "single"), draws=1, seed=31
)


def judged(
    exercise: Exercise, doubtful: Collection[str] = (), wrong: Collection[str] = ()
) -> tuple[Verdict, list[str]]:
    """Return the verdict on answers that are doubtful or wrong on the draws named so, and right on
    all others; and which draws were asked for, ``case/index``."""
    plan = plan_of(exercise)
    asked: list[str] = []

    def ask(key: DrawKey) -> Mapping[str, Answer]:
        name = f"{key.case}/{key.index}"
        if name not in asked:
            asked.append(name)
        convention = next(reversed(plan.draw(key).expected.values()))
        units = 1e4 if name in doubtful else 1e9 if name in wrong else 0.0
        return {
            answer: Returned(value=_off(right.value, units * right.unit))
            for answer, right in convention.items()
        }

    verdicts, _ = judge_all(plan, Witness(ask=ask))
    return verdicts["item"], asked


def _off(value: np.ndarray, distance: float) -> np.ndarray:
    moved = value.copy()
    moved.flat[0] += distance
    return moved


def test_asks_for_no_further_draw_where_nothing_is_in_doubt() -> None:
    verdict, asked = judged(NET)
    assert verdict.outcome is Outcome.CORRECT
    assert asked == ["plain/0", "single/0"]


def test_two_later_right_draws_outvote_one_in_doubt() -> None:
    verdict, asked = judged(NET, doubtful={"plain/0"})
    assert verdict.outcome is Outcome.CORRECT
    assert asked == ["plain/0", "single/0", "plain/1", "plain/2"]


def test_a_later_wrong_draw_decides_too() -> None:
    verdict, asked = judged(NET, doubtful={"plain/0"}, wrong={"plain/1"})
    assert verdict.outcome is Outcome.WRONG
    assert asked[-1] == "plain/1"


def test_ends_unsure_after_a_few_more_draws_and_costs_no_points_yet() -> None:
    doubtful = {f"plain/{index}" for index in range(50)}
    verdict, asked = judged(NET, doubtful)
    assert verdict.outcome is Outcome.UNSURE
    assert [name for name in asked if name.startswith("plain")] == [
        f"plain/{index}" for index in range(1 + MORE_DRAWS)
    ]
    assert verdict.message.startswith(
        "In case plain (N=7, D=5, H=11, C=3, reg=0): neither right nor wrong by the numbers, "
        "a person has to look: dW1 differs in "
    )
    assert verdict.message.endswith("Right: in single.")


def test_as_many_right_draws_as_doubtful_ones_are_not_enough() -> None:
    verdict, _ = judged(NET, {f"plain/{index}" for index in (0, 2, 4, 6)})
    assert verdict.outcome is Outcome.UNSURE


def test_every_case_in_doubt_gets_draws_of_its_own() -> None:
    verdict, asked = judged(NET, {"plain/0", "single/0"})
    assert verdict.outcome is Outcome.CORRECT
    assert set(asked) == {f"{case}/{index}" for case in ("plain", "single") for index in range(3)}


def test_a_doubt_that_cannot_change_the_credit_is_none() -> None:
    """The first part is lost for sure, whatever a person would say of the guard."""
    doubtful = {f"single/{index}" for index in range(9)}
    verdict, _ = judged(NET, doubtful, wrong={"plain/0"})
    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)


def test_a_doubt_about_a_part_leaves_the_whole_item_open() -> None:
    weighted = replace(NET, case_weights=(("plain", "0.7"), ("single", "0.3")))
    verdict, _ = judged(weighted, {f"single/{index}" for index in range(9)})
    assert verdict.outcome is Outcome.UNSURE


@pytest.mark.parametrize("accept", [("sum", "mean"), ("mean", "sum")])
def test_a_doubt_under_one_convention_is_no_failure_under_another(accept: tuple[str, ...]) -> None:
    """Doubtful as means and surely wrong as sums: a person decides, in whatever order they are
    accepted."""
    exercise = Exercise(
        problem="moons_net",
        answers=("dW1",),
        cases=("plain",),
        options=(("penalty", "absent"),),
        accept=(("scaling", accept),),
    )
    verdict, _ = judged(exercise, {f"plain/{index}" for index in range(9)})
    assert verdict.outcome is Outcome.UNSURE
