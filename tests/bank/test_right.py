"""Odd but right variants of every problem: none loses anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

import reference
from grader.records import Outcome
from tests.bank.right import (
    FORWARD_IN_SINGLE,
    HABITS,
    ONE_AT_KINKS,
    STABILISED_THROUGH,
    right_variants,
)
from tests.bank.second import SECOND
from tests.bank.trial import outcomes_of

RIGHT = [variant for problem in reference.problem_ids() for variant in right_variants(problem)]


@pytest.mark.parametrize("variant", RIGHT, ids=str)
def test_a_right_variant_is_found_right(variant):
    outcomes = outcomes_of(variant.solve, variant.setting)
    assert set(outcomes.values()) == {Outcome.CORRECT}, outcomes


@pytest.mark.parametrize("way", STABILISED_THROUGH)
def test_a_loss_that_goes_back_through_its_stabiliser_is_found_right_whatever_is_drawn(way):
    name = f"stabilised_{way}_1e-8"
    variant = next(v for v in right_variants("two_layer_net") if v.name == name)
    for seed in range(5):
        outcomes = outcomes_of(variant.solve, replace(variant.setting, seed=seed))
        assert set(outcomes.values()) == {Outcome.CORRECT}, outcomes


def test_a_softmax_by_logarithms_in_single_precision_is_found_right_for_large_scores():
    name = "by_logarithms_in_single_precision"
    variant = next(v for v in right_variants("softmax_loss") if v.name == name)
    for seed in range(3, 12):
        outcomes = outcomes_of(variant.solve, replace(variant.setting, seed=seed))
        assert set(outcomes.values()) == {Outcome.CORRECT}, outcomes


def test_there_are_six_habits_and_ten_problems_implemented_a_second_time():
    assert len(HABITS) >= 6
    assert len(SECOND) >= 10
    assert len(FORWARD_IN_SINGLE) + len(ONE_AT_KINKS) >= 10
