"""What would the usual notebook check say? Central differences of the student's own loss, entry by
entry, and the largest relative error of any entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from reference.problem import Array, Gradient, Problem

STEP = 1e-5
LEAST_SIZE = 1e-8
THRESHOLDS = (1e-7, 1e-5)
"""A stricter and a laxer bound on the largest relative error; both are in use."""

Inputs = Mapping[str, Any]
Solve = Callable[[Inputs, Mapping[str, str]], Mapping[str, Any]]


def largest_relative_error(analytic: Array, numeric: Array) -> float:
    """Return the largest ``|a − n| / max(|a| + |n|, 1e-8)`` over all entries.

    Infinite where the shapes differ, or an entry is no number.
    """
    analytic = np.asarray(analytic, dtype=np.float64)
    if analytic.shape != numeric.shape:
        return np.inf
    sizes = np.maximum(np.abs(analytic) + np.abs(numeric), LEAST_SIZE)
    errors = np.abs(analytic - numeric) / sizes
    return float(np.max(errors, initial=0.0)) if np.all(np.isfinite(errors)) else np.inf


def central_differences(
    solve: Solve, inputs: Inputs, options: Mapping[str, str], gradient: Gradient
) -> Array:
    """Return the numeric derivative of a solver's own value, two evaluations an entry."""
    base = np.asarray(inputs[gradient.wrt], dtype=np.float64)
    along = 1.0 if gradient.along is None else inputs[gradient.along]
    derivative = np.zeros(base.shape)

    def moved(entry: tuple[int, ...], step: float) -> float:
        there = base.copy()
        there[entry] += step
        placed = there if base.ndim else float(there)
        answers = solve({**inputs, gradient.wrt: placed}, options)
        return float(np.sum(np.asarray(answers[gradient.of]) * along))

    for entry in np.ndindex(base.shape):
        derivative[entry] = (moved(entry, STEP) - moved(entry, -STEP)) / (2.0 * STEP)
    return derivative


def errors_of(
    problem: Problem, solve: Solve, inputs: Inputs, options: Mapping[str, str]
) -> Iterator[tuple[str, float, int]]:
    """Yield each gradient's name, its largest relative error, and the evaluations that it took.

    Parameters
    ----------
    problem
        Says which answers are derivatives of what.
    solve
        The code that is checked, with its own value and its own gradients.
    inputs, options
        The draw.
    """
    with np.errstate(all="ignore"):
        answers = solve(inputs, options)
        for name, gradient in problem.gradients.items():
            if name in answers:
                numeric = central_differences(solve, inputs, options, gradient)
                yield name, largest_relative_error(answers[name], numeric), 2 * numeric.size


def worst_error(
    problem: Problem, solve: Solve, inputs: Inputs, options: Mapping[str, str]
) -> float:
    """Return the largest error of any gradient, infinite where the code breaks down.

    It stops at the first gradient that is beyond the laxer bound.
    """
    worst = 0.0
    try:
        for _, error, _ in errors_of(problem, solve, inputs, options):
            worst = max(worst, error)
            if worst > THRESHOLDS[-1]:
                break
    except Exception:  # noqa: BLE001 - a wrong variant may break down in any way
        return np.inf
    return worst
