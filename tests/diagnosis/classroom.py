"""Samples for a diagnosis: certified draws of a real problem, and answers made by a function."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

import reference
from grader.checks.certificate import Certified, certify
from grader.diagnosis import Background, Sample, diagnose
from grader.diagnosis.background import background
from grader.diagnosis.edits import Edit, edited
from grader.records import Diagnosis, Expected
from tests.checks.trial import returned

Options = tuple[tuple[str, str], ...]
Function = Callable[..., Mapping[str, Any]]

SETTINGS: Mapping[str, Mapping[str, float]] = {"single": {}, "square": {"reg": 0.1}}


@cache
def certified(
    problem_id: str, case: str, index: int, options: Options, seed: int
) -> tuple[Mapping[str, Any], Mapping[str, Expected], Background]:
    """Return a draw's inputs, what is right there, and its background."""
    problem = reference.problem(problem_id)
    full = problem.resolve_options(dict(options))
    for attempt in range(60):
        rng = np.random.default_rng([seed, index, len(case), attempt])
        overrides = {
            name: value
            for name, value in SETTINGS.get(case, {}).items()
            if name in problem.settings
        }
        inputs = problem.inputs(rng, index=index, regime=case, overrides=overrides, options=full)
        found = certify(problem, inputs, full, rng)
        if isinstance(found, Certified):
            return inputs, found.expected, background(problem_id, inputs, full)
    raise AssertionError(f"no draw of {problem_id}/{case} can be certified")


def draws(problem_id: str) -> list[tuple[str, int]]:
    """Return the cases of a problem's draws: two plain ones, and one of every regime."""
    regimes = (name for name in reference.problem(problem_id).regimes if name != "published")
    return [("plain", 0), ("plain", 1), *((name, 0) for name in regimes)]


def samples(
    problem_id: str, function: Function, options: Options = (), seed: int = 1
) -> list[Sample]:
    """Return what a function answers on the draws of a problem; it takes the inputs by name."""
    made = []
    for case, index in draws(problem_id):
        inputs, right, known = certified(problem_id, case, index, options, seed)
        given = {n: v.copy() if hasattr(v, "copy") else v for n, v in inputs.items()}
        with np.errstate(all="ignore"):
            came = function(**given)
        answers = {name: returned(came[name]) for name in right if name in came}
        made.append(
            Sample(case=case, inputs=inputs, right=right, answers=answers, background=known)
        )
    return made


def reference_with(problem_id: str, edits: Sequence[Edit] = (), options: Options = ()) -> Function:
    """Return the reference, with edits of its text, as a function that takes the inputs by name."""
    problem = edited(problem_id, edits)
    full = problem.resolve_options(dict(options))
    return lambda **inputs: problem.solve(inputs, full)


def wrong_names(made: Sequence[Sample]) -> list[str]:
    """Return the answers that are not right on every draw."""
    return [
        name
        for name, expected in made[0].right.items()
        if any(
            name in one.answers and not _is_right(one.answers[name].value, one.right[name])
            for one in made
        )
    ]


def _is_right(value: Any, expected: Expected) -> bool:
    if value.shape != expected.value.shape:
        return False
    with np.errstate(all="ignore"):
        distance = np.abs(value.astype(float) - expected.value).max(initial=0.0)
    return bool(distance <= 1e3 * expected.unit)


def diagnosis_of(
    problem_id: str,
    function: Function,
    names: Sequence[str] | None = None,
    options: Options = (),
    seed: int = 1,
) -> Diagnosis | None:
    """Return the diagnosis of a function's wrong answers, or of those that are named."""
    made = samples(problem_id, function, options, seed)
    return diagnose(wrong_names(made) if names is None else list(names), made)
