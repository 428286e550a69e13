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
    expected = {Outcome.CORRECT}
    if right is students.in_single_precision:
        expected.add(Outcome.UNSURE)  # a loss as coarse as that proves nothing, and fails nobody
    assert verdict.outcome in expected, verdict.message


def test_accepts_any_scale_as_long_as_loss_and_gradient_agree() -> None:
    def summed(N, **inputs):
        answers = students.vectorised(N=N, **inputs)
        return {name: N * np.asarray(value) for name, value in answers.items()}

    assert verdict_on(summed, BY_NUMBERS).outcome is Outcome.CORRECT


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
