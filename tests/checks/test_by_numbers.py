"""A gradient judged by numeric derivatives of the student's own loss alone."""

from __future__ import annotations

import numpy as np
import pytest

from grader.records import Outcome
from tests.checks import students
from tests.checks.trial import Exercise, verdict_on

BY_NUMBERS = Exercise(
    problem="two_layer_net",
    answers=("dW1", "db1", "dW2", "db2"),
    cases=("plain", "decay", "single"),
    draws=1,
    settings=(("decay", (("reg", 0.3),)),),
    parameters=(("method", "numeric"),),
    has_loss=True,
)


@pytest.mark.parametrize(
    "right", [students.vectorised, students.with_einsum, students.in_single_precision]
)
def test_accepts_the_derivative_of_the_loss(right: students.Student) -> None:
    verdict = verdict_on(right, BY_NUMBERS)
    assert verdict.outcome is Outcome.CORRECT, verdict.message


SUMS = Exercise(
    problem="moons_net",
    answers=("dW1", "db2"),
    options=(("activation", "relu"), ("penalty", "absent")),
    cases=("plain", "single"),
    draws=1,
    accept=(("scaling", ("mean", "sum")),),
    parameters=(("method", "numeric"),),
    has_loss=True,
)


@pytest.mark.parametrize("factor", [1, 3])
def test_a_loss_may_hold_to_any_accepted_convention_and_to_no_other(factor: int) -> None:
    def summed(N, **inputs):
        answers = students.vectorised(N=N, **inputs)
        return {name: factor * N * np.asarray(value) for name, value in answers.items()}

    verdict = verdict_on(summed, SUMS)
    assert verdict.outcome is (Outcome.CORRECT if factor == 1 else Outcome.WRONG), verdict.message


PARAMETERS = ("W1", "b1", "W2", "b2")


@pytest.mark.parametrize("size", [1.0, 1e-100, 0.0])
def test_the_derivative_of_a_loss_that_is_wrong_itself_is_wrong(size: float) -> None:
    def trivial(**inputs):
        loss = size * sum(inputs[name].sum() for name in PARAMETERS)
        slopes = {f"d{name}": size * np.ones_like(inputs[name]) for name in PARAMETERS}
        return {"loss": loss, **slopes}

    verdict = verdict_on(trivial, BY_NUMBERS)
    assert verdict.outcome is Outcome.WRONG
    assert verdict.credit == 0
    assert "dW1 goes with your own loss, but the loss is " in verdict.message


@pytest.mark.parametrize("factor", [1.0005, 1.001, 1.01])
def test_what_is_a_little_off_does_not_hide_behind_a_loss_in_single_precision(
    factor: float,
) -> None:
    def off(**inputs):
        answers = dict(students.in_single_precision(**inputs))
        return {**answers, "dW1": answers["dW1"] * np.float32(factor)}

    assert verdict_on(off, BY_NUMBERS).outcome in (Outcome.UNSURE, Outcome.WRONG)


@pytest.mark.parametrize(
    "wrong",
    [
        students.mask_without_the_bias,
        students.without_the_penalty,
        students.without_the_mean,
        students.with_swapped_probabilities,
        students.changed("db2", lambda answer, inputs: -answer),
        students.changed("dW2", lambda answer, inputs: 1.001 * answer),
    ],
)
def test_rejects_what_is_not_the_derivative_of_the_loss(wrong: students.Student) -> None:
    verdict = verdict_on(wrong, BY_NUMBERS)
    assert verdict.outcome is Outcome.WRONG
    assert verdict.credit == 0
    assert "along a random line" in verdict.message


def test_says_which_entries_are_wrong() -> None:
    def one_entry(answer, inputs):
        answer = answer.copy()
        answer[2] += 0.5
        return answer

    verdict = verdict_on(students.changed("db1", one_entry), BY_NUMBERS)
    assert "Of db1's entries 1 of 5 that were tried are wrong, as [2]: " in verdict.message


def test_a_failure_is_told_only_after_a_second_draw_has_failed() -> None:
    verdict = verdict_on(students.changed("db2", lambda answer, inputs: 2 * answer), BY_NUMBERS)
    draws = {
        seen.draw
        for seen in verdict.evidence
        if seen.answer == "db2" and seen.draw.startswith("probe/plain")
    }
    assert len(draws) == 2


def test_a_loss_that_cannot_be_looked_at_leaves_it_to_a_person() -> None:
    def noisy(**inputs):
        answers = dict(students.vectorised(**inputs))
        return {**answers, "loss": answers["loss"] + 1e-3 * np.random.default_rng().normal()}

    verdict = verdict_on(noisy, BY_NUMBERS)
    assert verdict.outcome is Outcome.UNSURE
    assert "the loss is not the same when it is asked twice" in verdict.message


def test_a_wrong_shape_is_wrong_without_any_loss() -> None:
    verdict = verdict_on(students.changed("dW1", lambda answer, inputs: answer.T), BY_NUMBERS)
    assert verdict.outcome is Outcome.WRONG
    assert "dW1 has shape (11, 5), (5, 11) is right" in verdict.message


CONFIDENT = Exercise(
    problem="two_layer_net",
    answers=("dW1", "db1", "dW2", "db2"),
    cases=("hot",),
    settings=(("hot", (("scale", 40.0),)),),
    parameters=(("method", "numeric"),),
    has_loss=True,
)


def with_a_stabiliser(X, y, W1, b1, W2, b2, reg, N, **sizes):
    answers = dict(students.vectorised(X, y, W1, b1, W2, b2, reg, N))
    scores = np.maximum(X @ W1 + b1, 0) @ W2 + b2
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    penalty = 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))
    return {**answers, "loss": -np.log(probs[range(N), y] + 1e-8).mean() + penalty}


def test_a_loss_with_a_stabiliser_fails_no_right_gradient_where_it_is_flat() -> None:
    """log(p + 1e-8) hardly moves where p is smaller than that, and the gradient p - 1 is right."""
    verdict = verdict_on(with_a_stabiliser, CONFIDENT)
    assert verdict.outcome is Outcome.CORRECT, verdict.message
    assert any("right up to a stabiliser" in note for note in verdict.notes)

    def doubled(**inputs):
        answers = with_a_stabiliser(**inputs)
        return {**answers, "dW1": 2 * answers["dW1"]}

    assert verdict_on(doubled, CONFIDENT).outcome is Outcome.WRONG
