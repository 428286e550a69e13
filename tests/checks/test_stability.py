"""Is the second answer the first one? Rounding is no difference, and neither is infinity."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.stability import KEPT, RANDOM, differing, instability
from grader.records import Draw, DrawKey, Expected, Failed, Outcome, Reply, Usage
from tests.checks.trial import returned

RIGHT = np.array([1.0, 2.0, 3.0])
DRAW = Draw(
    key=DrawKey("probe", "plain", 0),
    inputs={},
    expected={"": {"a": Expected(value=RIGHT, unit=1e-15, unit32=1e-6)}},
)


def reply(value: object) -> Reply:
    answer = value if isinstance(value, Failed) else returned(value)
    return Reply(answers={"a": answer}, usage=Usage(wall_s=0.0, cpu_s=0.0))


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (RIGHT, RIGHT + 1e-13),
        (RIGHT.astype(np.float32), RIGHT.astype(np.float32) + np.float32(1e-6)),
        (1e11 * RIGHT, 1e11 * RIGHT * (1 + 1e-12)),
        ([np.inf, 1.0, np.nan], [np.inf, 1.0, np.nan]),
        ([np.inf, 1.0, 0.0], [np.inf, 1.0 + 1e-9, -0.0]),
        (RIGHT, RIGHT + 1e-6 * np.array([1.0, -1.1, 0.9])),
        (RIGHT, (RIGHT + 1e-6).reshape(1, 3)),
    ],
)
def test_the_same_up_to_rounding_is_the_same(first: object, again: object) -> None:
    assert differing(DRAW, reply(first).answers, reply(again).answers) == ()


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (RIGHT, 2 * RIGHT),
        (np.pi * RIGHT, np.pi * RIGHT * (1 + 1e-7)),
        (RIGHT, RIGHT * (1 + 1e-3)),
        (RIGHT, RIGHT[:2]),
        ([np.inf, 1.0, 1.0], [-np.inf, 1.0, 1.0]),
        ([np.nan, 1.0, 1.0], [1.0, 1.0, 1.0]),
        (RIGHT, Failed(outcome=Outcome.RAISED, message="ValueError")),
    ],
)
def test_another_answer_is_seen(first: object, again: object) -> None:
    assert differing(DRAW, reply(first).answers, reply(again).answers) == ("a",)


def test_another_seed_that_changes_an_answer_is_randomness_and_not_state() -> None:
    repeats = [reply(2 * RIGHT), reply(2 * RIGHT), reply(3 * RIGHT)]
    assert instability(DRAW, reply(RIGHT), repeats)["a"].name == RANDOM


def test_a_second_call_alone_that_differs_is_state() -> None:
    repeats = [reply(2 * RIGHT), reply(RIGHT), reply(2 * RIGHT)]
    found = instability(DRAW, reply(RIGHT), repeats)["a"]
    assert found.name == KEPT
    assert found.sentence == (
        "a is not the same when it is asked again on probe/plain/0 (3 first, 6 then at [2]): "
        "something is kept from one call to the next, if only how far random numbers have been "
        "drawn."
    )


def test_two_numbers_that_agree_in_six_digits_are_told_with_more() -> None:
    first, then = 2.1 * RIGHT, 2.1 * RIGHT * (1 + 1e-8)
    found = instability(DRAW, reply(first), [reply(then), reply(first), reply(then)])["a"]
    assert "(6.3 first, 6.3000001 then at [2])" in found.sentence


def test_nothing_is_told_that_a_new_process_does_not_confirm() -> None:
    assert instability(DRAW, reply(RIGHT), [reply(2 * RIGHT)]) == {}
    assert instability(DRAW, reply(RIGHT), [reply(2 * RIGHT), reply(RIGHT), reply(RIGHT)]) == {}
