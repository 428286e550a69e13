"""What is the derivative of a wrong loss follows from it; of what is no loss at all, nothing does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

import reference
from grader.checks.by_reference import ByReference
from grader.checks.draws import keys_of
from reference.activations import sigmoid as expit
from reference.losses import softmax_loss
from tests.checks import students
from tests.checks.trial import Exercise, plan_of, verdict_on


def carried(problem: str, answer: str, **options: object) -> Exercise:
    return Exercise(
        problem=problem,
        answers=(answer,),
        cases=("plain",),
        has_loss=True,
        carried="0.5",
        options=tuple(options.items()),
    )


def summed(N, **inputs):
    answers = students.vectorised(N=N, **inputs)
    return {name: N * np.asarray(value) for name, value in answers.items()}


@pytest.mark.parametrize("answer", ["dW1", "db1", "dW2", "db2"])
def test_the_sum_for_the_mean_is_carried(answer: str) -> None:
    assert verdict_on(summed, carried("two_layer_net", answer)).credit == Decimal("0.5")


LOG_DETERMINANT = carried("gplvm", "dL1_dX")


def test_an_answer_that_only_depends_on_settings_is_carried_too() -> None:
    """The log-determinant of the latent positions: no observation moves it, alpha and beta do."""

    def without_the_half(X, Y, alpha, beta, **sizes):
        K = alpha * X @ X.T + np.eye(len(X)) / beta
        D = Y.shape[1]
        return {
            "loss": -D * np.linalg.slogdet(K)[1],
            "dL1_dX": -2 * alpha * D * np.linalg.solve(K, X),
        }

    assert verdict_on(without_the_half, LOG_DETERMINANT).credit == Decimal("0.5")


@pytest.mark.parametrize("size", [1.0, 1e-200])
def test_the_sum_of_the_latent_positions_is_no_likelihood(size: float) -> None:
    def trivial(X, **others):
        return {"loss": size * X.sum(), "dL1_dX": size * np.ones_like(X)}

    assert verdict_on(trivial, LOG_DETERMINANT).credit == 0


def test_the_sum_of_the_weights_is_no_error_of_a_reconstruction() -> None:
    def trivial(W, **others):
        return {"loss": W.sum(), "dW": np.ones_like(W)}

    assert verdict_on(trivial, carried("autoencoder", "dW")).credit == 0


WITH_LARGE_INPUTS = replace(carried("two_layer_net", "dW1"), cases=("plain", "wide"))


@pytest.mark.parametrize("seed", [2025, 1])
def test_a_net_that_saturates_on_one_draw_follows_its_loss_if_another_draw_shows_it(
    seed: int,
) -> None:
    """A sigmoid for the ReLU: on inputs of 300, other data move the loss by next to nothing."""

    def sigmoid_for_relu(X, y, W1, b1, W2, b2, N, **others):
        hidden = expit(X @ W1 + b1)
        loss, dscores = softmax_loss(hidden @ W2 + b2, y)
        return {"loss": loss, "dW1": X.T @ (dscores @ W2.T * hidden * (1 - hidden))}

    exercise = replace(WITH_LARGE_INPUTS, seed=seed)
    assert verdict_on(sigmoid_for_relu, exercise).credit == Decimal("0.5")


def test_a_gradient_that_is_next_to_nothing_on_one_draw_only_does_not_follow() -> None:
    def nine_tenths_where_large(X, y, W1, b1, W2, b2, N, **others):
        hidden = expit(X @ W1 + b1)
        loss, dscores = softmax_loss(hidden @ W2 + b2, y)
        dW1 = X.T @ (dscores @ W2.T * hidden * (1 - hidden))
        return {"loss": loss, "dW1": 0.9 * dW1 if np.abs(X).max() > 100 else dW1}

    assert verdict_on(nine_tenths_where_large, WITH_LARGE_INPUTS).credit == 0


def test_a_loss_that_the_data_move_by_next_to_nothing_on_every_draw_is_none() -> None:
    def trivial(X, W1, **others):
        grain = 1e-9 * X.sum(axis=0)[:, None]
        return {"loss": np.sum((1 + grain) * W1), "dW1": np.ones_like(W1) + grain}

    assert verdict_on(trivial, WITH_LARGE_INPUTS).credit == 0


def test_other_data_are_what_nothing_is_differentiated_by() -> None:
    plan = plan_of(carried("two_layer_net", "dW1"))
    probe = plan.rubric.probes["probe"]
    draw = plan.draw(next(keys_of(probe)))
    other = ByReference().other_data(probe.source, draw, "dW1")
    assert other is not None
    others = other.inputs
    changed = {name for name in others if not np.array_equal(others[name], draw.inputs[name])}
    assert changed <= {"X", "y"}
    assert "X" in changed


@pytest.mark.parametrize("problem_id", reference.problem_ids())
def test_every_gradient_has_other_data_that_fit_it(problem_id: str) -> None:
    """Or depends on nothing else; then nothing can be said, and nothing is asked."""
    problem = reference.problem(problem_id)
    if not problem.gradients:
        return
    answer = next(iter(problem.gradients))
    plan = plan_of(Exercise(problem=problem_id, answers=(answer,), cases=("plain",), draws=1))
    probe = plan.rubric.probes["probe"]
    draw = plan.draw(next(keys_of(probe)))
    other = ByReference().other_data(probe.source, draw, answer)
    assert other is not None
    others = other.inputs
    wrt = problem.gradients[answer].wrt
    assert np.array_equal(others[wrt], draw.inputs[wrt])
    for name, value in others.items():
        assert np.shape(value) == np.shape(draw.inputs[name])
