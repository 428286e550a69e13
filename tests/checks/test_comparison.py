"""One answer against the right one: shape, then type, then finiteness, then numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from grader.checks.comparison import (
    FAIL_UNITS,
    PASS_UNITS,
    PERHAPS_SINGLE,
    Comparison,
    compare,
    has_accepted_shape,
)
from grader.records import Expected, Failed, Outcome, Returned
from tests.checks.trial import returned

EPS, EPS32 = 2.0**-52, 2.0**-23
RIGHT = np.random.default_rng(0).normal(size=(4, 7))


def expected(value: Any = RIGHT) -> Expected:
    """Return a right value whose only uncertainty is the rounding of its largest entry."""
    array = np.asarray(value)
    largest = float(np.abs(array).max()) if array.size else 0.0
    return Expected(value=array, unit=EPS * largest, unit32=EPS32 * largest)


def outcome(value: Any, right: Any = RIGHT) -> Outcome:
    return compare("answer", returned(value), expected(right)).outcome


def compared(value: Any, right: Any = RIGHT) -> Comparison:
    return compare("answer", returned(value), expected(right))


# --- shape -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5,), (1, 5), (5, 1), (1, 5, 1)])
@pytest.mark.parametrize("right", [(5,), (1, 5), (5, 1)])
def test_accepts_a_vector_lying_any_way(shape: tuple[int, ...], right: tuple[int, ...]) -> None:
    vector = np.arange(1.0, 6.0)
    found = compared(vector.reshape(shape), vector.reshape(right))
    assert found.outcome is Outcome.CORRECT
    assert found.note == ("" if shape == right else f"shape {shape} taken for {right}")


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (1, 1, 1)])
def test_accepts_a_number_in_any_wrapping(shape: tuple[int, ...]) -> None:
    assert outcome(np.full(shape, 2.5), np.asarray(2.5)) is Outcome.CORRECT


@pytest.mark.parametrize(
    ("value", "right"),
    [
        (RIGHT.T, RIGHT),
        (RIGHT.ravel(), RIGHT),
        (RIGHT[None], RIGHT),
        (RIGHT[:, :1], RIGHT),
        (np.zeros((0,)), RIGHT),
        (np.zeros((0, 7)), RIGHT),
        (np.ones(5), np.asarray(1.0)),
        (np.asarray(1.0), np.ones(5)),
        (np.ones(4), np.ones(5)),
        (np.ones((5, 5)), np.ones(5)),
        (np.ones((2, 3)), np.ones((3, 2))),
        ([], np.asarray(1.0)),
    ],
)
def test_rejects_any_other_shape_even_if_it_would_broadcast(value: Any, right: Any) -> None:
    found = compared(value, right)
    assert found.outcome is Outcome.WRONG
    assert found.detail == f"answer has shape {np.shape(value)}, {right.shape} is right"


@given(array_shapes(max_dims=4, max_side=4), array_shapes(max_dims=4, max_side=4))
def test_accepted_shapes_hold_the_same_number_of_entries(
    shape: tuple[int, ...], right: tuple[int, ...]
) -> None:
    accepted = has_accepted_shape(shape, right)
    assert accepted == has_accepted_shape(right, shape)
    assert not accepted or np.prod(shape) == np.prod(right)
    assert has_accepted_shape(shape, shape)


def test_accepts_nothing_where_nothing_is_right() -> None:
    assert outcome(np.zeros((0, 3)), np.zeros((0, 3))) is Outcome.CORRECT


# --- type ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "u1", "i8", "u8", "f2", "f4", "f8", "g", "F", "D", "G"]
)
def test_accepts_exact_numbers_of_any_type(dtype: str) -> None:
    assert outcome(np.array([0, 1, 1]).astype(dtype), np.array([0.0, 1.0, 1.0])) is Outcome.CORRECT


def test_accepts_complex_numbers_only_without_an_imaginary_part() -> None:
    assert outcome(RIGHT.astype(complex)) is Outcome.CORRECT
    for imaginary in (1e-300, 1.0, np.nan, np.inf):
        found = compared(RIGHT + np.array(complex(0.0, imaginary)))
        assert (found.outcome, found.detail) == (Outcome.WRONG, "answer is complex")


def test_rejects_integers_that_cut_fractions_off() -> None:
    assert outcome((10 * RIGHT).astype(int), 10 * RIGHT) is Outcome.WRONG
    assert outcome(RIGHT > 0) is Outcome.WRONG


def test_rejects_half_precision_of_numbers_that_it_cannot_hold() -> None:
    found = compared(RIGHT.astype(np.float16))
    assert found.outcome is Outcome.WRONG
    assert found.detail.endswith("; it came back as float16, which holds three digits")


def test_accepts_a_masked_array_that_masks_nothing() -> None:
    found = compared(np.ma.masked_array(RIGHT, mask=np.zeros_like(RIGHT, dtype=bool)))
    assert found.outcome is Outcome.CORRECT


def test_rejects_a_masked_array() -> None:
    found = compared(np.ma.masked_array(RIGHT, mask=RIGHT > 1))
    assert (found.outcome, found.detail) == (
        Outcome.WRONG,
        "answer is a masked array; return a plain one",
    )


def test_an_answer_that_did_not_come_keeps_its_own_outcome() -> None:
    failed = Failed(outcome=Outcome.RAISED, message="ValueError: no", where="net.py:3")
    found = compare("answer", failed, expected())
    assert (found.outcome, found.detail) == (Outcome.RAISED, "ValueError: no (net.py:3)")
    assert found.deviation == np.inf


# --- finiteness ------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_rejects_a_single_entry_that_is_not_finite(bad: float, dtype: type) -> None:
    value = RIGHT.astype(dtype)
    value[2, 3] = bad
    found = compared(value)
    assert found.outcome is Outcome.WRONG
    assert found.detail == "answer has 1 of 28 entries that are NaN or infinite"


def test_rejects_nan_in_a_number() -> None:
    assert outcome(float("nan"), np.asarray(1.0)) is Outcome.WRONG


# --- numbers ---------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.integers(-8, 8),
    st.sampled_from([0.0, 1.0, 0.9 * PASS_UNITS, 1.1 * FAIL_UNITS, 1e9, 1e13]),
    st.integers(0, 27),
)
def test_the_scale_of_an_array_changes_no_verdict(power: int, units: float, place: int) -> None:
    right = RIGHT * 10.0**power
    value = right.copy()
    value.flat[place] += units * expected(right).unit
    found = compared(value, right)
    if units <= PASS_UNITS:
        assert found.outcome is Outcome.CORRECT
    else:
        assert found.outcome is Outcome.WRONG
        assert found.detail.startswith("answer differs in 1 of 28 entries, most at [")
    assert found.deviation == pytest.approx(units, rel=0.01, abs=1.0)


def test_is_unsure_between_rounding_and_mistake() -> None:
    value = RIGHT.copy()
    value[0, 0] += 1e4 * expected().unit
    found = compare("answer", returned(value), expected())
    assert found.outcome is Outcome.UNSURE
    assert found.detail.startswith("answer differs in 1 of 28 entries, most at [0, 0]")


def test_rejects_an_answer_of_zeros_however_small_the_right_one_is() -> None:
    assert outcome(0 * RIGHT, 1e-12 * RIGHT) is Outcome.WRONG


def test_expects_exactly_zero_where_rounding_cannot_move_anything() -> None:
    zeros = Expected(value=np.zeros(3), unit=0.0, unit32=0.0)
    assert compare("answer", returned(np.zeros(3)), zeros).outcome is Outcome.CORRECT
    assert compare("answer", returned(-np.zeros(3)), zeros).outcome is Outcome.CORRECT
    assert compare("answer", returned([0, 1e-300, 0]), zeros).outcome is Outcome.WRONG


def test_names_the_entry_that_is_furthest_off() -> None:
    value = RIGHT.copy()
    value[1, 2], value[3, 6] = 5.0, RIGHT[3, 6] + 0.1
    told = f"most at [1, 2]: 5, where {RIGHT[1, 2]:.6g} is right"
    assert compared(value).detail == f"answer differs in 2 of 28 entries, {told}"


def test_says_what_a_number_is_and_what_is_right() -> None:
    assert compared(2.0, np.asarray(0.25)).detail == "answer is 2, 0.25 is right"


def test_the_largest_numbers_raise_nothing() -> None:
    assert outcome(np.full((4, 7), 1.7e308)) is Outcome.WRONG
    assert outcome(np.full((4, 7), -1.7e308), np.full((4, 7), 1.7e308)) is Outcome.WRONG


# --- single precision ------------------------------------------------------------------------


def test_accepts_float32_that_is_as_exact_as_float32_can_be() -> None:
    found = compared(RIGHT.astype(np.float32))
    assert (found.outcome, found.note) == (Outcome.CORRECT, "single precision")


def test_notes_both_an_odd_shape_and_single_precision() -> None:
    row = RIGHT[0].astype(np.float32).reshape(1, -1)
    assert compared(row, RIGHT[0]).note == "shape (1, 7) taken for (7,); single precision"


def test_accepts_float64_that_was_computed_in_float32() -> None:
    found = compared(RIGHT.astype(np.float32).astype(np.float64))
    assert (found.outcome, found.note) == (Outcome.CORRECT, "single precision")


def test_one_number_may_be_in_single_precision_too() -> None:
    assert outcome(np.float32(0.1), np.asarray(0.1)) is Outcome.CORRECT
    assert outcome(0.1 * (1 + 1e-4), np.asarray(0.1)) is Outcome.WRONG


def test_entries_that_are_exact_in_any_precision_say_nothing() -> None:
    """Ones of an ELU's derivative, or a penalty beside a dead unit."""
    right = np.where(RIGHT > -0.5, 1.0, RIGHT)
    assert np.mean(right == 1.0) > 0.5
    assert outcome(right.astype(np.float32), right) is Outcome.CORRECT


def test_a_single_entry_that_is_off_must_be_a_number_of_single_precision() -> None:
    right = np.array([0.3, 0.1, 0.7, 0.9, 0.2])
    value = right.copy()
    value[-1] = np.float32(0.2)
    assert outcome(value, right) is Outcome.CORRECT
    value[-1] = 0.2 + 1e-9
    assert outcome(value, right) is Outcome.WRONG


def test_where_one_entry_alone_could_tell_single_precision_is_believed() -> None:
    right = np.array([1.0, 1.0, 0.5, 0.0, 0.2])
    value = right.copy()
    value[-1] = 0.2 + 1e-9
    assert outcome(value, right) is Outcome.CORRECT
    value[-1] = 0.2 + 1e-4
    assert outcome(value, right) is Outcome.WRONG


# --- stabilisers -----------------------------------------------------------------------------


def stabilised(value: float, **others: float) -> Expected:
    return replace(
        expected(value), stabilised={name: np.asarray(other) for name, other in others.items()}
    )


def test_accepts_a_loss_with_a_known_stabiliser_and_names_all_that_fit() -> None:
    right = stabilised(1.0, one=1.0 + 1e-3, other=1.0 + 2e-3, same=1.0 + 1e-3)
    found = compare("loss", returned(1.0 + 1e-3), right)
    assert found.outcome is Outcome.CORRECT
    assert found.stabilisers == {"one", "same"}
    assert compare("loss", returned(1.0), right).stabilisers == frozenset()


def test_single_precision_is_no_stabiliser_of_its_own() -> None:
    right = stabilised(1.0, one=1.0 + 1e-7)
    found = compare("loss", returned(np.float32(1.0 + 1.2e-7)), right)
    assert (found.outcome, found.stabilisers, found.note) == (
        Outcome.CORRECT,
        frozenset(),
        "single precision",
    )


def test_a_loss_between_two_stabilisers_is_wrong() -> None:
    right = stabilised(1.0, one=1.0 + 1e-3, other=1.0 + 2e-3)
    assert compare("loss", returned(1.0 + 1.5e-3), right).outcome is Outcome.WRONG


def test_rejects_float32_with_a_mistake() -> None:
    value = RIGHT.astype(np.float32)
    value[1] *= np.float32(1.001)
    assert outcome(value) is Outcome.WRONG
    assert outcome(-RIGHT.astype(np.float32)) is Outcome.WRONG


def test_rejects_a_small_mistake_of_one_entry_that_only_looks_like_single_precision() -> None:
    """All other entries agree to double precision, as arithmetic in float32 never would."""
    value = RIGHT.copy()
    value[2, 2] *= 1 + 1e-6
    assert outcome(value) is Outcome.WRONG


def test_a_plain_array_is_needed_for_a_verdict_on_kind() -> None:
    answer = Returned(value=RIGHT, kind="subclass")
    assert compare("answer", answer, expected()).outcome is Outcome.CORRECT


def test_what_is_next_to_nothing_is_no_worry_where_nothing_is_right() -> None:
    """As the gradient in a bias before a batch norm, in single precision."""
    zeros = Expected(value=np.zeros(6), unit=1e-17, unit32=1e-7)
    assert compare("db", returned(np.full(6, 1.234567e-9)), zeros).outcome is Outcome.CORRECT
    assert compare("db", returned(np.full(6, 1.234567e-4)), zeros).outcome is Outcome.WRONG


def test_what_meets_a_stabiliser_by_chance_says_that_it_may_be_single_precision() -> None:
    right = stabilised(1.0, one=1.0 + 1e-7)
    found = compare("loss", returned(1.0 + 1e-7), right)
    assert (found.stabilisers, found.as_single) == (frozenset({"one"}), PERHAPS_SINGLE)
    far = compare("loss", returned(1.0 + 1e-3), stabilised(1.0, one=1.0 + 1e-3))
    assert (far.stabilisers, far.as_single) == (frozenset({"one"}), "")


def test_only_what_was_found_by_numbers_says_so() -> None:
    wrong = compare("dW1", returned(2 * RIGHT), expected(RIGHT))
    assert (wrong.outcome, wrong.is_by_numbers) == (Outcome.WRONG, True)
    for value in (RIGHT[:1], np.full_like(RIGHT, np.nan)):
        other = compare("dW1", returned(value), expected(RIGHT))
        assert (other.outcome, other.is_by_numbers) == (Outcome.WRONG, False)
