"""One contract, held by every problem in ``reference``."""

from __future__ import annotations

import itertools
import os
import zlib
from collections.abc import Callable

import autograd
import numpy as np
import pytest

import reference
from reference.problem import Gradient, Problem
from tests.reference import oracles
from tests.reference.derivation_oracles import ORACLES

DRAWS = int(os.environ.get("REFERENCE_DRAWS", "20"))
"""Draws of each problem, regime and option value that the complex step is taken of."""

FULL_DRAWS = {"conv": 5, "conv_net": 2, "lenet": 1}
"""Draws that get a step for every single entry, of problems with many: the others get one
step for each block, along a random direction."""

ORACLE_DRAWS = 2
"""Draws of each that automatic differentiation sees: enough for two sets of sizes."""

STEP = 1e-30

EQUAL_SIZES: dict[str, str] = {}
"""Problems that need two equal sizes, with the reason."""


def cases(problem: Problem) -> list[tuple[str, dict[str, str]]]:
    """Return every regime with every value of every option, the other options at default."""
    default = problem.resolve_options({})
    chosen = [default] + [
        {**default, name: other} for name, values in problem.options.items() for other in values[1:]
    ]
    return list(itertools.product(["plain", *problem.regimes], chosen))


CASES = [
    pytest.param(
        problem_id, regime, options, id=f"{problem_id}-{regime}-{'-'.join(options.values())}"
    )
    for problem_id in reference.problem_ids()
    for regime, options in cases(reference.problem(problem_id))
]

every_problem = pytest.mark.parametrize("problem_id", reference.problem_ids())
PLAIN_CASES = [
    case
    for case in CASES
    if case.values[1] == "plain" and "N" in reference.problem(str(case.values[0])).sizes[0]
]
"""The cases in which the axis of the examples is known by its size."""

every_case = pytest.mark.parametrize(("problem_id", "regime", "options"), CASES)


def oracle_of(problem_id: str) -> Callable[[dict, dict], dict]:
    """Return the problem's second formula; a problem without one fails its tests."""
    return ORACLES[problem_id] if problem_id in ORACLES else getattr(oracles, problem_id)


def draw(problem: Problem, index: int, regime: str, options: dict[str, str]) -> dict:
    """Draw away from kinks, as the grader does, from a seed that is this draw's own."""
    seed = zlib.crc32(f"{problem.id} {regime} {sorted(options.items())} {index}".encode())
    rng = np.random.default_rng(seed)
    for _ in range(100):
        inputs = problem.inputs(rng, index=index, regime=regime, options=options)
        if problem.margin(inputs, options) >= 1e-6:
            return inputs
    raise AssertionError(f"no draw of {problem.id} keeps away from kinks")


def scalar(answers: dict, gradient: Gradient, inputs: dict):
    """Return the number that is differentiated: the answer, or its product with ``along``."""
    of = answers[gradient.of]
    return of if gradient.along is None else (of * inputs[gradient.along]).sum()


def complex_step(problem: Problem, inputs: dict, options: dict, gradient: Gradient):
    """Return the derivative by one complex step for each entry of the input."""
    at = np.asarray(inputs[gradient.wrt], dtype=complex)
    derivative = np.empty(at.shape)
    for entry in np.ndindex(at.shape):
        moved = at.copy()
        moved[entry] += 1j * STEP
        answers = problem.value({**inputs, gradient.wrt: moved[()]}, options)
        derivative[entry] = np.imag(scalar(answers, gradient, inputs)) / STEP
    return derivative


def assert_same_slopes(problem, inputs, options, answers) -> None:
    """Compare every gradient with one complex step, along one random direction."""
    rng = np.random.default_rng(0)
    for name, how in gradients(problem, answers).items():
        direction = rng.normal(size=answers[name].shape)
        moved = inputs[how.wrt] + 1j * STEP * direction
        values = problem.value({**inputs, how.wrt: moved}, options)
        slope = np.imag(scalar(values, how, inputs)) / STEP
        scale = np.linalg.norm(answers[name]) * np.linalg.norm(direction)
        assert abs(np.sum(direction * answers[name]) - slope) <= 1e-9 * scale, name


def assert_same_gradients(actual: dict, expected: dict, allowed: float = 1e-9) -> None:
    """Compare block by block, relative to the block (or to the largest, for a vanishing one)."""
    largest = max((np.abs(block).max() for block in expected.values()), default=0.0)
    for name, block in expected.items():
        scale = max(np.abs(block).max(), 1e-3 * largest)
        assert actual[name].shape == block.shape, name
        assert np.abs(actual[name] - block).max() <= allowed * scale, name


def gradients(problem: Problem, answers: dict) -> dict[str, Gradient]:
    """Return those of the problem's gradients that these options have."""
    return {name: how for name, how in problem.gradients.items() if name in answers}


@every_case
def test_gradients_agree_with_the_complex_step_of_the_value(problem_id, regime, options):
    problem = reference.problem(problem_id)
    for index in range(DRAWS):
        inputs = draw(problem, index, regime, options)
        answers = problem.solve(inputs, options)
        if index >= FULL_DRAWS.get(problem_id, DRAWS):
            assert_same_slopes(problem, inputs, options, answers)
            continue
        expected = {
            name: complex_step(problem, inputs, options, how)
            for name, how in gradients(problem, answers).items()
        }
        assert_same_gradients(answers, expected)


@every_case
def test_gradients_agree_with_automatic_differentiation_of_another_formula(
    problem_id, regime, options
):
    problem = reference.problem(problem_id)
    oracle = oracle_of(problem_id)
    for index in range(ORACLE_DRAWS):
        inputs = draw(problem, index, regime, options)
        answers = problem.solve(inputs, options)
        expected = {}
        for name, how in gradients(problem, answers).items():

            def at(x, how=how, inputs=inputs):
                return scalar(oracle({**inputs, how.wrt: x}, options), how, inputs)

            expected[name] = np.asarray(autograd.grad(at)(inputs[how.wrt]))
        assert_same_gradients(answers, expected)


@every_case
def test_values_agree_between_three_formulas(problem_id, regime, options):
    problem = reference.problem(problem_id)
    oracle = oracle_of(problem_id)
    for index in range(ORACLE_DRAWS):
        inputs = draw(problem, index, regime, options)
        answers = problem.solve(inputs, options)
        plain, other = problem.value(inputs, options), oracle(inputs, options)
        assert set(plain) <= set(other)
        for name, answer in [*plain.items(), *other.items()]:
            np.testing.assert_allclose(answers[name], answer, rtol=1e-9, atol=1e-12)


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
def test_there_are_two_sets_of_sizes_and_no_two_sizes_in_a_set_are_equal(problem_id):
    problem = reference.problem(problem_id)
    assert len(problem.sizes) >= 2
    assert len({sizes.get("N", index) for index, sizes in enumerate(problem.sizes)}) >= 2
    for sizes in problem.sizes:
        assert len(set(sizes.values())) == len(sizes) or problem_id in EQUAL_SIZES


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
