"""What does the judge say of a variant of a problem, on the covering array of its cases?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

import reference
from grader.checks import CHECKS, NeedMore, Question
from grader.checks.draws import make_draw
from grader.records import (
    Answer,
    Case,
    Draw,
    DrawKey,
    Failed,
    Limits,
    Outcome,
    Probe,
    ProblemRef,
    Verdict,
)
from grader.sandbox.answers import UnsupportedError
from reference.problem import Problem
from tests.checks.trial import returned
from tests.scoring.made import item

Options = tuple[tuple[str, str], ...]
"""Chosen options of a problem, as pairs, so that they can be a key."""
Solve = Callable[[Mapping[str, Any], Mapping[str, str]], Mapping[str, Any]]
"""As ``Problem.solve``: the answers by name, from a draw's inputs and the full options."""
Answers = Mapping[DrawKey, Mapping[str, Answer]]

PLAIN_DRAWS = 2
MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where variants of a problem are tried: its options and the seed of its draws."""

    problem: str
    options: Options = ()
    seed: int = 2025

    @property
    def reference(self) -> Problem:
        """Return the problem."""
        return reference.problem(self.problem)

    @property
    def full_options(self) -> dict[str, str]:
        """Return the chosen options over the defaults."""
        return self.reference.resolve_options(dict(self.options))


@cache
def answers_of(setting: Setting) -> tuple[str, ...]:
    """Return the names of all answers."""
    problem = setting.reference
    inputs = problem.inputs(np.random.default_rng(0), options=dict(setting.options))
    return tuple(problem.solve(inputs, setting.full_options))


@cache
def probe_of(setting: Setting) -> Probe:
    """Return a probe with every case that the problem has a regime for."""
    cases = ("plain", *setting.reference.regimes)
    return Probe(
        id="bank",
        source=ProblemRef(id=setting.problem, options=dict(setting.options)),
        cases=tuple(
            Case(name=name, draws=PLAIN_DRAWS if name == "plain" else 1, overrides={})
            for name in cases
        ),
        variants=(),
        answers=dict.fromkeys(answers_of(setting), ""),
        constants={},
        limits=Limits(),
    )


@lru_cache(maxsize=4096)
def draw_of(setting: Setting, key: DrawKey) -> Draw:
    """Return one certified draw; the last ones made are kept."""
    return make_draw(probe_of(setting), key, setting.seed, [{}])


def keys_of(setting: Setting) -> Iterator[DrawKey]:
    """Yield the draws of the covering array."""
    for case in probe_of(setting).cases:
        for index in range(case.draws):
            yield DrawKey("bank", case.name, index)


def given_to(
    solve: Solve, inputs: Mapping[str, Any], options: Mapping[str, str]
) -> dict[str, Any] | Failed:
    """Return what a variant hands back for fresh copies of some inputs."""
    given = {name: _fresh(value) for name, value in inputs.items()}
    try:
        with np.errstate(all="ignore"):
            return dict(solve(given, options))
    except Exception as error:  # noqa: BLE001 - a variant stands for a student's code
        return Failed(outcome=Outcome.RAISED, message=str(error), exception=type(error).__name__)


def sent(came: Mapping[str, Any]) -> dict[str, Answer]:
    """Return what was handed back as the child would send it."""
    return {name: _sent(value) for name, value in came.items()}


def _sent(value: Any) -> Answer:
    try:
        return returned(value)
    except UnsupportedError as error:
        return Failed(outcome=Outcome.WRONG, message=str(error))


def asked(solve: Solve, setting: Setting, key: DrawKey) -> dict[str, Answer]:
    """Return what a variant answers on one draw."""
    came = given_to(solve, draw_of(setting, key).inputs, setting.full_options)
    return dict.fromkeys(answers_of(setting), came) if isinstance(came, Failed) else sent(came)


def answered(solve: Solve, setting: Setting) -> dict[DrawKey, dict[str, Answer]]:
    """Return what a variant answers on all draws of the covering array."""
    return {key: asked(solve, setting, key) for key in keys_of(setting)}


def verdict_on(name: str, answers: Answers, solve: Solve, setting: Setting) -> Verdict:
    """Return the verdict on one answer of a variant, further draws asked for where in doubt.

    Parameters
    ----------
    name
        The answer.
    answers
        What the variant answered on the covering array.
    solve
        The variant, for further draws.
    setting
        Where it is tried.
    """
    check = "gradient" if name in setting.reference.gradients else "value"
    missing = Failed(outcome=Outcome.NOT_IMPLEMENTED, message=f"{name} did not come back")
    known = {key: {name: came.get(name, missing)} for key, came in answers.items()}
    for _ in range(MOST_ROUNDS):
        question = Question(
            item=item(answers=(name,), check=check),
            draws={key: draw_of(setting, key) for key in known},
            answers=known,
        )
        verdict = CHECKS[check](question)
        if not isinstance(verdict, NeedMore):
            return verdict
        for key in verdict.keys:
            known[key] = {name: asked(solve, setting, key).get(name, missing)}
    raise AssertionError(f"no verdict on {name} of {setting.problem} after {MOST_ROUNDS} rounds")


def outcomes_of(solve: Solve, setting: Setting) -> dict[str, Outcome]:
    """Return the outcome of every answer that a variant gives, each judged as an item of its own."""
    answers = answered(solve, setting)
    given = next(iter(answers.values()))
    return {
        name: verdict_on(name, answers, solve, setting).outcome
        for name in answers_of(setting)
        if name in given
    }


def _fresh(value: Any) -> Any:
    return value.copy() if hasattr(value, "copy") else value
