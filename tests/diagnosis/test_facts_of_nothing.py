"""Facts count as wrong what was judged wrong, and nothing that was not."""

from __future__ import annotations

import numpy as np

from tests.checks import students
from tests.checks.trial import Exercise, verdict_on


def test_nan_on_every_draw_is_not_called_right_on_the_others() -> None:
    exercise = Exercise(problem="two_layer_net", answers=("dW1",), cases=("plain", "single"))
    verdict = verdict_on(students.changed("dW1", lambda dW1, given: dW1 * np.nan), exercise)
    assert "some on every other draw" in verdict.message
    assert "right on all other draws" not in verdict.message
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.name == ""


def test_draws_that_were_right_in_single_precision_are_not_counted_as_wrong() -> None:
    """Computed in float32 and handed back as float64: right, but for one entry of one example."""

    def inside(X, N, **inputs):
        answers = students.in_single_precision(X=X, N=N, **inputs)
        answers = {name: np.float64(value) for name, value in answers.items()}
        answers["dW1"] = answers["dW1"] + (N == 1) * np.linspace(1, 2, answers["dW1"].size).reshape(
            answers["dW1"].shape
        )
        return answers

    exercise = Exercise(problem="two_layer_net", answers=("dW1",), cases=("plain", "single"))
    verdict = verdict_on(inside, exercise)
    assert verdict.message.startswith("In case single")
    assert "dW1 is wrong on 1 of 3 draws (in single), in every entry" in verdict.message
