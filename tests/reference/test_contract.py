"""One contract, held by every problem in ``reference``."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
import pytest

import reference
from reference.problem import Problem
from tests.reference.contract import (
    ALLOWED,
    Case,
    case_name,
    cases,
    draw,
    gradients,
    gradients_apart,
    oracle_of,
    values_apart,
)

DRAWS = int(os.environ.get("REFERENCE_DRAWS", "20"))
"""Draws of each regime on which its gradients are tried, entry by entry, as the problem is."""

FEW_DRAWS = max(2, DRAWS // 5)
"""The same under each other combination of options; the bench of draws tries as many of all."""

VALUE_DRAWS = 2
"""Draws on which values are compared with two other formulas: enough for two sets of sizes."""

MOST_COMBINATIONS = 16
"""Where a problem's options have more, each value is tried with the others at their default; the
bench of draws tries them all."""

PROVEN_ELSEWHERE = {
    "backprop_by_hand": {"dy", "da", "dW1_12"},  # by the worked number, exactly
    "dropout": {
        "dropped_gradient",
        "share_of_units_kept_is_right",
        "units_are_drawn_one_by_one",
    },  # 0 and 1 by their definition
    "moons_net": {"slope1"},  # the activation's own derivative; dW1 follows from it
}
"""Answers that neither are gradients nor have a second formula here."""


def tried_cases(problem: Problem) -> list[Case]:
    """Return the cases that the tests try: all of them, or those next to the default."""
    found, default = cases(problem), problem.resolve_options({})
    if len(found) <= MOST_COMBINATIONS * (1 + len(problem.regimes)):
        return found
    return [
        (regime, options)
        for regime, options in found
        if sum(options[name] != default[name] for name in default) <= 1
    ]


def draws_of(problem: Problem, options: Mapping[str, str]) -> range:
    """Return the numbers of the draws on which gradients are tried."""
    return range(DRAWS if options == problem.resolve_options({}) else FEW_DRAWS)


PROBLEMS = {problem_id: reference.problem(problem_id) for problem_id in reference.problem_ids()}
CASES = [
    pytest.param(problem.id, regime, options, id=case_name(problem, regime, options))
    for problem in PROBLEMS.values()
    for regime, options in tried_cases(problem)
]

every_problem = pytest.mark.parametrize("problem_id", PROBLEMS)
PLAIN_CASES = [
    case
    for case in CASES
    if case.values[1] == "plain" and "N" in PROBLEMS[str(case.values[0])].sizes[0]
]
"""The cases in which the axis of the examples is known by its size."""

FLAT_ALONE = [case for case in PLAIN_CASES if "single" not in PROBLEMS[str(case.values[0])].regimes]
"""The nets with a batch norm, which makes one example its own mean and most gradients 0."""

every_case = pytest.mark.parametrize(("problem_id", "regime", "options"), CASES)


@every_case
def test_gradients_agree_with_the_complex_step_and_with_automatic_differentiation(
    problem_id, regime, options
):
    problem = reference.problem(problem_id)
    for index in draws_of(problem, options):
        inputs = draw(problem, index, regime, options)
        for oracle, distances in gradients_apart(problem, inputs, options).items():
            for name, distance in distances.items():
                assert distance <= ALLOWED, f"{name} beside {oracle}, draw {index}"


@pytest.mark.parametrize(("problem_id", "regime", "options"), FLAT_ALONE)
def test_one_example_alone_is_right_even_where_it_is_too_flat_to_be_a_case(
    problem_id, regime, options
):
    problem = reference.problem(problem_id)
    for index in draws_of(problem, options):
        inputs = draw(problem, index, regime, options, overrides={"N": 1})
        for oracle, distances in gradients_apart(problem, inputs, options).items():
            for name, distance in distances.items():
                assert distance <= ALLOWED, f"{name} beside {oracle}, draw {index}"
        assert max(values_apart(problem, inputs, options).values()) <= ALLOWED


@every_case
def test_values_agree_between_three_formulas(problem_id, regime, options):
    problem = reference.problem(problem_id)
    for index in range(VALUE_DRAWS):
        inputs = draw(problem, index, regime, options)
        for name, distance in values_apart(problem, inputs, options).items():
            assert distance <= ALLOWED, f"{name}, draw {index}"


@every_case
def test_every_answer_is_a_gradient_or_has_a_second_formula(problem_id, regime, options):
    problem = reference.problem(problem_id)
    inputs = draw(problem, 0, regime, options)
    seen = set(problem.value(inputs, options)) | set(oracle_of(problem_id)(inputs, options))
    answers = set(problem.solve(inputs, options))
    assert answers - seen - set(problem.gradients) <= PROVEN_ELSEWHERE.get(problem_id, set())


@every_case
def test_the_same_seed_gives_the_same_bits(problem_id, regime, options):
    problem = reference.problem(problem_id)
    first, second = (
        problem.inputs(np.random.default_rng(5), regime=regime, options=options) for _ in range(2)
    )
    assert bits(first) == bits(second)
    assert bits(problem.solve(first, options)) == bits(problem.solve(second, options))


@every_case
def test_solving_changes_no_input(problem_id, regime, options):
    problem = reference.problem(problem_id)
    inputs = draw(problem, 0, regime, options)
    before = bits(inputs)
    problem.solve(inputs, options)
    problem.value(inputs, options)
    problem.margin(inputs, options)
    problem.parts(inputs, options)
    assert bits(inputs) == before


@every_case
def test_answers_are_fresh_arrays_of_float64_or_int64(problem_id, regime, options):
    problem = reference.problem(problem_id)
    inputs = draw(problem, 0, regime, options)
    for name, answer in problem.solve(inputs, options).items():
        assert isinstance(answer, np.ndarray), name
        assert answer.dtype in (np.float64, np.int64), name
        assert np.isfinite(answer).all(), name
        assert not any(np.shares_memory(answer, other) for other in arrays(inputs).values()), name


@every_case
def test_shapes_are_those_that_the_problem_names(problem_id, regime, options):
    problem = reference.problem(problem_id)
    for index in range(len(problem.sizes)):
        inputs = draw(problem, index, regime, options)
        for name, shape in problem.shapes(options).items():
            assert np.shape(inputs[name]) == tuple(inputs.get(size, size) for size in shape), name
        answers = problem.solve(inputs, options)
        for name, how in gradients(problem, answers).items():
            assert answers[name].shape == np.shape(inputs[how.wrt]), name
        assert set(arrays(inputs)) <= set(problem.shapes(options))
        assert all(array.dtype in (np.float64, np.int64) for array in arrays(inputs).values())


@every_case
def test_parts_sum_to_their_gradient(problem_id, regime, options):
    problem = reference.problem(problem_id)
    inputs = draw(problem, 0, regime, options)
    answers = problem.solve(inputs, options)
    for name, several in problem.parts(inputs, options).items():
        assert len(several) >= 2, name
        scale = max(np.abs(part).max() for part in several.values())
        np.testing.assert_allclose(sum(several.values()), answers[name], atol=1e-13 * scale)


@pytest.mark.parametrize(("problem_id", "regime", "options"), PLAIN_CASES)
def test_permuting_the_examples_permutes_only_what_belongs_to_them(problem_id, regime, options):
    problem = reference.problem(problem_id)
    inputs = draw(problem, 1, regime, options)
    order = np.random.default_rng(0).permutation(inputs["N"])
    moved = dict(inputs)
    for name, shape in problem.shapes(options).items():
        if "N" in shape:
            moved[name] = np.take(inputs[name], order, axis=shape.index("N"))
    answers, after = problem.solve(inputs, options), problem.solve(moved, options)
    for name, answer in answers.items():
        axes = [axis for axis, length in enumerate(answer.shape) if length == inputs["N"]]
        expected = answer
        for axis in axes:
            expected = np.take(expected, order, axis=axis)
        scale = np.abs(answer).max()
        np.testing.assert_allclose(after[name], expected, rtol=0, atol=1e-10 * scale, err_msg=name)


@every_problem
def test_there_are_two_sets_of_sizes(problem_id):
    problem = reference.problem(problem_id)
    assert len(problem.sizes) >= 2
    assert len({sizes.get("N", index) for index, sizes in enumerate(problem.sizes)}) >= 2


@pytest.mark.parametrize(
    ("problem_id", "regime", "options"), [case for case in CASES if case.values[1] == "plain"]
)
def test_no_two_sizes_are_equal_whether_drawn_or_derived(problem_id, regime, options):
    problem = reference.problem(problem_id)
    for index in range(len(problem.sizes)):
        inputs = draw(problem, index, regime, options)
        axes = {axis for shape in problem.shapes(options).values() for axis in shape}
        sizes = {axis: inputs[axis] for axis in axes | set(problem.sizes[0]) if axis in inputs}
        assert len(set(sizes.values())) == len(sizes), sizes


@every_case
def test_draws_are_rarely_near_a_kink(problem_id, regime, options):
    problem = reference.problem(problem_id)
    rng = np.random.default_rng(11)
    margins = [  # a share needs its twenty draws, however few the gradients are tried on
        problem.margin(problem.inputs(rng, index=index, regime=regime, options=options), options)
        for index in range(20)
    ]
    assert min(margins) >= 0.0
    assert np.mean([margin >= 1e-4 for margin in margins]) >= 0.7


@every_problem
def test_every_named_gradient_is_an_answer_under_some_option(problem_id):
    problem = reference.problem(problem_id)
    found = set()
    for regime, options in cases(problem):
        if regime == "plain":
            found |= set(problem.solve(draw(problem, 0, regime, options), options))
    assert set(problem.gradients) <= found
    assert all(how.of in found for how in problem.gradients.values())


def arrays(named: dict) -> dict[str, np.ndarray]:
    """Return the arrays among named things."""
    return {name: thing for name, thing in named.items() if isinstance(thing, np.ndarray)}


def bits(named: dict) -> dict:
    """Return everything named by its bytes, so that −0.0 is not 0.0."""
    return {
        name: (thing.dtype.str, thing.shape, thing.tobytes())
        if isinstance(thing, np.ndarray)
        else thing
        for name, thing in named.items()
    }
