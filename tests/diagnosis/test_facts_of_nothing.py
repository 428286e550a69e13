"""NaN in every draw is told as that, and not as right on the others."""

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
