"""The check ``update``: an optimiser's walk, and the first step that departs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.records import Outcome
from tests.checks.trial import Exercise, verdict_on

ADAM = Exercise(
    problem="adam", answers=("path",), check="update", cases=("plain", "fresh", "square"), draws=2
)
Step = Callable[..., Any]


def walked(given: dict[str, Any], step: Step) -> dict[str, Any]:
    """Walk with a step ``(w, dw, m, v, t, rates)`` that returns the new w, m, v and t."""
    w, m, v, t = given["w"], given["m"], given["v"], given["t"]
    rates = (given["learning_rate"], given["beta1"], given["beta2"], given["epsilon"])
    path = []
    for dw in given["dws"]:
        w, m, v, t = step(w, dw, m, v, t, *rates)
        path.append(np.array(w))
    return {"path": np.array(path)}


def adam(w, dw, m, v, t, rate, beta1, beta2, epsilon):  # type: ignore[no-untyped-def]
    t = t + 1
    m, v = beta1 * m + (1 - beta1) * dw, beta2 * v + (1 - beta2) * dw * dw
    return w - rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v, t


def adam_by_the_other_formula(w, dw, m, v, t, rate, beta1, beta2, epsilon):  # type: ignore[no-untyped-def]
    t = t + 1
    m, v = m + (1 - beta1) * (dw - m), v + (1 - beta2) * (dw**2 - v)
    scale = np.sqrt(1 - beta2**t)
    return w - rate * scale / (1 - beta1**t) * m / (np.sqrt(v) + epsilon * scale), m, v, t


def adam_in_lists(w, dw, m, v, t, *rates):  # type: ignore[no-untyped-def]
    w, m, v, t = adam(np.array(w), dw, m, v, t, *rates)
    return w.tolist(), m, v, t


@pytest.mark.parametrize("step", [adam, adam_by_the_other_formula, adam_in_lists])
def test_accepts_a_right_walk(step: Step) -> None:
    verdict = verdict_on(lambda **given: walked(given, step), ADAM)

    assert (verdict.outcome, verdict.credit) == (Outcome.CORRECT, 1)


def without_correction(w, dw, m, v, t, rate, beta1, beta2, epsilon):  # type: ignore[no-untyped-def]
    m, v = beta1 * m + (1 - beta1) * dw, beta2 * v + (1 - beta2) * dw * dw
    return w - rate * m / (np.sqrt(v) + epsilon), m, v, t


def uphill(w, dw, m, v, t, *rates):  # type: ignore[no-untyped-def]
    new, m, v, t = adam(w, dw, m, v, t, *rates)
    return 2 * w - new, m, v, t


def forgets_m(w, dw, m, v, t, *rates):  # type: ignore[no-untyped-def]
    new, _, v, t = adam(w, dw, m, v, t, *rates)
    return new, m, v, t


def never_counts(w, dw, m, v, t, *rates):  # type: ignore[no-untyped-def]
    new, m, v, _ = adam(w, dw, m, v, t, *rates)
    return new, m, v, t


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (without_correction, "the first one is wrong already"),
        (uphill, "the first one is wrong already"),
        (forgets_m, "the first one is right; step 2 departs"),
        (never_counts, "the first one is right; step 2 departs"),
    ],
)
def test_rejects_a_wrong_walk_and_names_the_first_step_that_departs(step: Step, told: str) -> None:
    verdict = verdict_on(lambda **given: walked(given, step), ADAM)

    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)
    assert told in verdict.message


def test_a_later_step_is_named_too() -> None:
    def turns_back(**given: Any) -> dict[str, Any]:
        path = walked(given, adam)["path"]
        path[3:] = path[2]
        return {"path": path}

    verdict = verdict_on(turns_back, ADAM)

    assert "steps in path the first 3 are right; step 4 departs" in verdict.message


def test_a_walk_of_another_length_is_told_by_its_shape() -> None:
    verdict = verdict_on(lambda **given: {"path": walked(given, adam)["path"][1:]}, ADAM)

    assert verdict.outcome is Outcome.WRONG
    assert "has shape" in verdict.message
    assert "steps in path" not in verdict.message
