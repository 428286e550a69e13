"""The ladder: a derivative with an error that can be believed, and doubt where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.numeric import RUNGS, Slope, points, slope

Function = Callable[[float], float]


def measured(function: Function) -> Slope:
    with np.errstate(all="ignore"):
        return slope(np.array([function(t) for t in points()]))


SMOOTH: dict[str, tuple[Function, float]] = {
    "a line": (lambda t: 3.0 + 2.0 * t, 2.0),
    "a parabola": (lambda t: 1.0 + t - 5.0 * t**2, 1.0),
    "an exponential": (lambda t: math.exp(3.0 * t), 3.0),
    "a sine that turns often": (lambda t: math.sin(40.0 * t), 40.0),
    "a softmax loss": (lambda t: math.log(1.0 + math.exp(-4.0 * t)), -2.0),
    "large beside a small change": (lambda t: 1e6 + math.tanh(t), 1.0),
    "tiny": (lambda t: 1e-9 * math.atan(t), 1e-9),
    "an overflow on the coarse rungs": (
        lambda t: math.exp(9.0 * t) if t < 0.8 else math.inf,
        9.0,
    ),
    "a logarithm with an edge at -0.01": (
        lambda t: math.log(t + 0.01) if t > -0.01 else math.nan,
        100.0,
    ),
    "a kink far away": (lambda t: max(t - 0.4, 0.0) + 2.0 * t, 2.0),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_the_derivative_lies_in_the_interval_that_is_told(name: str) -> None:
    function, right = SMOOTH[name]
    found = measured(function)
    assert found.doubt == ""
    assert abs(found.value - right) <= 4.0 * found.error
    assert found.error <= 1e-3 * abs(right)
    assert found.at == function(0.0)


@settings(max_examples=80, deadline=None)
@given(
    st.floats(-3, 3),
    st.floats(-3, 3),
    st.floats(0.1, 20),
    st.sampled_from([1e-6, 1.0, 1e6]),
    st.floats(-1e3, 1e3),
)
def test_no_smooth_function_gets_a_derivative_outside_ten_times_its_interval(
    slope_at_0: float, bend: float, pace: float, size: float, offset: float
) -> None:
    def function(t: float) -> float:
        return size * (offset + slope_at_0 * t + bend * t**2 + math.sin(pace * t))

    found = measured(function)
    right = size * (slope_at_0 + pace)
    assert found.doubt or abs(found.value - right) <= 40.0 * found.error


@pytest.mark.parametrize(
    ("function", "doubt"),
    [
        (lambda t: abs(t), "the loss has a kink here"),
        (lambda t: max(3.0 * t, t) + math.sin(t), "the loss has a kink here"),
        (lambda t: math.nan, "the loss is not finite"),
        (lambda t: math.inf, "the loss is not finite"),
        (lambda t: math.nan if t else 1.0, "no step size gives an estimate"),
    ],
)
def test_where_nothing_can_be_known_it_says_why(function: Function, doubt: str) -> None:
    assert measured(function).doubt == doubt


@pytest.mark.parametrize("place", [3e-1, 1e-2, 1e-3, 1e-4, 1e-5])
def test_a_kink_nearby_is_left_behind_and_none_of_the_point(place: float) -> None:
    found = measured(lambda t: 2.0 * t + 3.0 * max(t - place, 0.0) + 1.0)
    assert found.doubt == ""
    assert abs(found.value - 2.0) <= 4.0 * found.error


def test_a_function_that_draws_random_numbers_is_found_out() -> None:
    rng = np.random.default_rng(1)
    found = measured(lambda t: t + 1e-9 * rng.normal())
    assert found.doubt == "the loss is not the same when it is asked twice"


@pytest.mark.parametrize("quantum", [1e-3, 2.0**-24])
def test_a_rounded_function_has_an_error_as_wide_as_its_steps_make_it(quantum: float) -> None:
    found = measured(lambda t: round((2.0 + math.sin(t)) / quantum) * quantum)
    assert found.is_quantised
    assert found.doubt or abs(found.value - 1.0) <= 4.0 * found.error


def test_single_precision_is_seen_and_the_interval_still_holds() -> None:
    found = measured(lambda t: float(np.float32(np.float32(2.0) + np.sin(np.float32(t)))))
    assert found.is_quantised
    assert abs(found.value - 1.0) <= 4.0 * found.error


def test_a_constant_has_the_derivative_zero() -> None:
    found = measured(lambda t: 0.7)
    assert abs(found.value) <= found.error
    assert found.span == 0.0


def test_there_is_one_ladder_of_samples_for_every_function() -> None:
    assert points().shape == (2 + 6 + 2 * RUNGS,)
    assert points()[0] == points()[1] == 0.0
    assert np.abs(points()).max() == 1.0
