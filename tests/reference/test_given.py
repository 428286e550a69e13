"""What follows from given answers is right where these are right, and follows them where not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import reference

WITH_GIVEN = [name for name in reference.problem_ids() if reference.problem(name).intermediates]


def test_some_problems_go_on_from_given_answers() -> None:
    assert {"moons_net", "two_layer_net", "swish_net", "sigmoid_mlp", "backprop_by_hand"} <= set(
        WITH_GIVEN
    )


@pytest.mark.parametrize("problem_id", WITH_GIVEN)
def test_right_intermediates_lead_to_the_right_answers(problem_id: str) -> None:
    problem = reference.problem(problem_id)
    for values in itertools.product(*problem.options.values()):
        options = dict(zip(problem.options, values, strict=True))
        inputs = problem.inputs(np.random.default_rng(5), options=options)
        right = problem.solve(inputs, options)
        given = {name: right[name] for name in problem.intermediates}
        one_by_one = ({name: value} for name, value in given.items())
        for own in (given, *one_by_one):
            follows = problem.given(inputs, options, own)
            assert set(follows) & set(right) - set(own)
            for name in set(follows) & set(right):
                np.testing.assert_allclose(follows[name], right[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("problem_id", WITH_GIVEN)
def test_another_intermediate_leads_to_other_answers_behind_it_and_to_the_same_before(
    problem_id: str,
) -> None:
    problem = reference.problem(problem_id)
    options = problem.resolve_options({})
    inputs = problem.inputs(np.random.default_rng(6), options=options)
    right = problem.solve(inputs, options)
    for name in problem.intermediates:
        other = right[name] + np.random.default_rng(7).uniform(0.1, 0.2, size=right[name].shape)
        follows = problem.given(inputs, options, {name: other})
        changed = [
            one
            for one in follows
            if one in right and one != name and not np.allclose(follows[one], right[one])
        ]
        assert changed, name
    first, last = problem.intermediates[0], problem.intermediates[-1]
    if first != last:
        follows = problem.given(inputs, options, {last: right[last] + 1.0})
        np.testing.assert_allclose(follows[first], right[first])


def test_the_gradient_of_the_moons_net_follows_from_an_own_slope() -> None:
    problem = reference.problem("moons_net")
    options = problem.resolve_options({"penalty": "absent"})
    inputs = problem.inputs(np.random.default_rng(8), options=options)
    right = problem.solve(inputs, options)
    slope = np.ones_like(right["slope1"])
    delta = (right["probs"] - np.eye(right["probs"].shape[1])[inputs["y"]]) / inputs["N"]
    follows = problem.given(inputs, options, {"slope1": slope})
    np.testing.assert_allclose(follows["dW1"], inputs["X"].T @ (delta @ inputs["W2"].T))
    np.testing.assert_allclose(follows["dW2"], right["dW2"])
