"""A student's function, judged on the certified draws of a real problem, without any sandbox.

What a function returns becomes an answer through the very function that does so in the child.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np

from grader.checks.by_reference import ByReference
from grader.checks.numeric import points
from grader.checks.sweeps import direction
from grader.grading.calling import joined
from grader.grading.judging import judge_all
from grader.grading.plan import Plan
from grader.grading.planning import make_plan
from grader.grading.witness import Witness
from grader.records import (
    Answer,
    Case,
    DatasetRef,
    DrawKey,
    Group,
    Item,
    Limits,
    Modules,
    Probe,
    ProblemRef,
    Returned,
    Rubric,
    SweepKey,
    Verdict,
)
from grader.sandbox.answers import plain

Function = Callable[..., Mapping[str, Any]]

BLOBS = DatasetRef(id="blobs", train=60, validation=15, test=200, parameters={"D": 6, "C": 4})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One item of one problem: what is judged, how and on which cases."""

    problem: str
    answers: tuple[str, ...]
    check: str = "gradient"
    cases: tuple[str, ...] = ("plain", "single", "square", "hot")
    draws: int = 2
    options: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()
    """Case -> settings that it overrides."""
    accept: tuple[tuple[str, tuple[str, ...]], ...] = ()
    case_weights: tuple[tuple[str, str], ...] = ()
    answer_weights: tuple[tuple[str, str], ...] = ()
    is_training: bool = False
    """Whether the source is ``BLOBS`` instead of a problem."""
    accuracy: float = 0.9
    seed: int = 2025
    parameters: tuple[tuple[str, Any], ...] = ()
    """What the check alone reads, beside the accuracy."""
    carried: str = "0"
    given: tuple[str, ...] = ()
    has_loss: bool = False
    """Whether the function's ``loss`` may be asked for along lines."""


def _probe(exercise: Exercise) -> Probe:
    overrides = dict(exercise.settings)
    problem = ProblemRef(id=exercise.problem, options=dict(exercise.options))
    return Probe(
        id="probe",
        source=BLOBS if exercise.is_training else problem,
        cases=tuple(
            Case(
                name=name,
                draws=exercise.draws if name == "plain" else 1,
                overrides=dict(overrides.get(name, ())),
            )
            for name in exercise.cases
        ),
        variants=(),
        answers=dict.fromkeys((*exercise.answers, *exercise.given), ""),
        constants={},
        limits=Limits(),
        loss="loss" if exercise.has_loss else "",
    )


def _item(exercise: Exercise) -> Item:
    return Item(
        id="item",
        title="An item",
        section="",
        points=Decimal(10),
        check=exercise.check,
        probe="probe",
        answers=exercise.answers,
        group="convention" if exercise.accept else None,
        case_weights={name: Decimal(weight) for name, weight in exercise.case_weights},
        answer_weights={name: Decimal(weight) for name, weight in exercise.answer_weights},
        parameters={"accuracy": exercise.accuracy, **dict(exercise.parameters)},
        hint="",
        visibility="visible",
        carried=Decimal(exercise.carried),
        given=exercise.given,
    )


@cache
def plan_of(exercise: Exercise) -> Plan:
    """Return the plan with its certified draws, made once for all tests of an exercise."""
    rubric = Rubric(
        id="trial",
        title="A trial",
        seed=exercise.seed,
        modules=Modules(expected=("net.py",)),
        limits=Limits(),
        probes={"probe": _probe(exercise)},
        groups={"convention": Group(id="convention", accept=dict(exercise.accept))},
        items=(_item(exercise),),
        starter=(),
        digest="",
    )
    return make_plan(rubric)


def verdict_on(function: Function, exercise: Exercise) -> Verdict:
    """Return the verdict on a function that takes a draw's inputs by name."""
    plan = plan_of(exercise)

    def ask(key: DrawKey) -> dict[str, Answer]:
        given = {name: _fresh(value) for name, value in plan.draw(key).inputs.items()}
        came = function(**given)
        return {name: returned(came[name]) for name in (*exercise.answers, *exercise.given)}

    def sweep(key: SweepKey) -> Answer:
        draw = plan.draw(key.draw)
        if key.answer:
            source = plan.rubric.probes["probe"].source
            came = function(**ByReference().other_data(source, draw, key.answer).inputs)
            return joined(returned(came[name]) for name in ("loss", key.answer))
        line = direction(draw, key)
        samples = []
        for point in points():
            given = {name: _fresh(value) for name, value in draw.inputs.items()}
            given[key.wrt] = draw.inputs[key.wrt] + point * line
            samples.append(float(np.asarray(function(**given)["loss"]).reshape(())))
        return returned(np.array(samples))

    verdicts, _ = judge_all(plan, Witness(ask=ask, sweep=sweep))
    return verdicts["item"]


def returned(value: Any) -> Returned:
    """Return a value as the answer that the child would send."""
    array, kind = plain(value)
    return Returned(value=array, kind=kind)


def _fresh(value: Any) -> Any:
    return value.copy() if hasattr(value, "copy") else value
