"""What does the reference know beyond the draws? Gradients, what follows, and other data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

import reference
from grader.checks.knowledge import LEAST_SHARE, Derivative, OtherData
from grader.checks.units import largest
from grader.records import Array, Draw, ProblemRef
from reference.problem import Answers, Problem


class ByReference:
    """Works everything out by the reference; see ``Knowledge`` for what each method answers."""

    def options(self, source: ProblemRef, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """Return a problem's full options."""
        return reference.problem(source.id).resolve_options({**source.options, **chosen})

    def gradients(self, problem: str) -> Mapping[str, Derivative]:
        """Return which of a problem's answers are derivatives."""
        return {
            name: Derivative(of=gradient.of, wrt=gradient.wrt, along=gradient.along)
            for name, gradient in reference.problem(problem).gradients.items()
        }

    def given(
        self, source: ProblemRef, inputs: Mapping[str, Any], own: Mapping[str, Array]
    ) -> Mapping[str, Array] | None:
        """Return the answers that follow from a student's own earlier ones."""
        return reference.problem(source.id).given(inputs, source.options, own)

    def other_data(self, source: ProblemRef, draw: Draw, answer: str) -> OtherData | None:
        """Return other data by which a gradient's right value moves."""
        problem = reference.problem(source.id)
        options = problem.resolve_options(source.options)
        fresh = _drawn_again(problem, draw, options)
        own = problem.gradients[answer].wrt
        differentiated = {gradient.wrt for gradient in problem.gradients.values()}
        names = [name for name, value in fresh.items() if _is_replaceable(value, draw.inputs[name])]
        arrays = [name for name in names if isinstance(fresh[name], np.ndarray)]
        data = [name for name in arrays if name not in differentiated]
        before = problem.solve(draw.inputs, options)
        for chosen in (data, [name for name in names if name != own]):
            replaced = {**draw.inputs, **{name: fresh[name] for name in chosen}}
            with np.errstate(all="ignore"):
                after = problem.solve(replaced, options)
            if _moves(before[answer], after[answer]):
                losses = [
                    _loss(problem, answer, inputs, answers)
                    for inputs, answers in ((draw.inputs, before), (replaced, after))
                ]
                moved = (abs(losses[1] - losses[0]), largest(after[answer] - before[answer]))
                return OtherData(inputs=replaced, moved=moved)
        return None

    def has_other_sets(self) -> bool:
        """Return that the examples are those that decide."""
        return False


def _drawn_again(problem: Problem, draw: Draw, options: Mapping[str, str]) -> Mapping[str, Any]:
    """Return inputs of the same sizes and settings, drawn from another seed."""
    known: Iterable[str] = (*problem.sizes[0], *problem.settings)
    seed = hashlib.sha256(f"other data for {draw.key}".encode()).digest()
    drawn = problem.inputs(
        np.random.Generator(np.random.PCG64(int.from_bytes(seed[:16], "little"))),
        index=draw.key.index,
        regime="",
        overrides={name: draw.inputs[name] for name in known if name in draw.inputs},
        options=options,
    )
    return {name: value for name, value in drawn.items() if name in draw.inputs}


def _is_replaceable(fresh: Any, given: Any) -> bool:
    """Whether an input is a number or an array in the same shape, and no size."""
    is_number = isinstance(fresh, (float, np.ndarray)) and isinstance(given, (float, np.ndarray))
    return is_number and np.shape(fresh) == np.shape(given)


def _moves(before: Array, after: Array) -> bool:
    with np.errstate(all="ignore"):
        moved = largest(after - before) if after.shape == before.shape else np.nan
    return bool(LEAST_SHARE * largest(before) < moved < np.inf)


def _loss(problem: Problem, answer: str, inputs: Mapping[str, Any], answers: Answers) -> float:
    """Return what an answer is the derivative of, paired where that is no scalar."""
    gradient = problem.gradients[answer]
    along = 1.0 if gradient.along is None else inputs[gradient.along]
    return float(np.sum(answers[gradient.of] * along))
