"""May a draw be judged on? Not near a kink, well conditioned, and right by a second calculation.

A draw is certified only if the reference's own values and gradients pass a numeric check on it, no
kink or tie is near, and rounding alone cannot move an answer far: so right code cannot fail on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.checks.comparison import compare
from grader.checks.units import CERTIFIED_WITHIN, in_units, largest
from grader.records import Array, Expected, Outcome, Returned
from reference.problem import Problem

EPS = 2.0**-52
EPS32 = 2.0**-23
JITTERS = 4
LEAST_MARGIN = 1e-4
MOST_SPREAD = 1e-11
LEAST_BLOCK = 1e-6
MOST_UNIT32 = 5e-6
"""Share of an answer's largest entry that rounding in single precision may come to: the judge
allows a hundred times as much, which stays under the least mistake that must not pass, 0.1 %."""
_STEP = 1e-200
_MOST_STACKED = 1 << 16
"""Entries of the trial inputs that a problem is given at once."""

Inputs = Mapping[str, Any]
Options = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """The right answers on a draw, and the evidence that they are.

    Parameters
    ----------
    expected
        Answer -> its right value with the units of rounding.
    margin
        Relative distance to the nearest kink or tie.
    distances
        Answer -> units between the reference and the second calculation.
    """

    expected: Mapping[str, Expected]
    margin: float
    distances: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A draw that may not be judged on, and why, in a few words that do not name its numbers."""

    reason: str


def certify(
    problem: Problem, inputs: Inputs, options: Options, rng: np.random.Generator
) -> Certified | Refused:
    """Return the right answers on a draw, or why it is refused.

    Parameters
    ----------
    problem
        Whose draw it is.
    inputs, options
        What was drawn, and the full options under which it is solved.
    rng
        For the jitters.

    Notes
    -----
    Every condition is written as acceptance, so that a NaN is refused.
    """
    margin = problem.margin(inputs, options)
    if not margin >= LEAST_MARGIN:
        return Refused(reason="too near a kink or a tie")
    expected = right_answers(problem, inputs, options, rng)
    distances: dict[str, float] = {}
    for reason in _objections(problem, inputs, options, expected, distances):
        return Refused(reason=reason)
    capped = {name: _with_capped_unit32(right) for name, right in expected.items()}
    if not _holds_in_single(problem, inputs, options, capped):
        return Refused(reason="ill-conditioned in single precision")
    return Certified(expected=capped, margin=margin, distances=distances)


def right_answers(
    problem: Problem, inputs: Inputs, options: Options, rng: np.random.Generator
) -> dict[str, Expected]:
    """Return the right answers on inputs that need not be certified, with their units.

    Parameters
    ----------
    problem, inputs, options, rng
        As for ``certify``.
    """
    answers = problem.solve(inputs, options)
    units = _units(problem, inputs, options, answers, rng, EPS)
    units32 = _units(problem, inputs, options, answers, rng, EPS32)
    apart = _apart_in_single(problem, inputs, options, answers)
    with np.errstate(all="ignore"):
        stabilised = problem.stabilised(inputs, options)
    # What jitters of the inputs do not show: intermediates that cancel, or saturate.
    hidden = problem.rounding(inputs, options)
    return {
        name: Expected(
            value=value,
            unit=units[name] + EPS * hidden.get(name, 0.0),
            unit32=float(np.fmax(units32[name], apart[name])) + EPS32 * hidden.get(name, 0.0),
            stabilised=stabilised.get(name, {}),
        )
        for name, value in answers.items()
    }


def _with_capped_unit32(expected: Expected) -> Expected:
    """Return an answer whose allowance for single precision is a small share of its size.

    Jitters say too much where an array holds large and small entries side by side: they move each
    by what rounding may do to a sum of all.
    """
    size = largest(expected.value)
    if size == 0.0:
        return expected
    return replace(expected, unit32=min(expected.unit32, MOST_UNIT32 * size))


def _units(
    problem: Problem,
    inputs: Inputs,
    options: Options,
    answers: Mapping[str, Array],
    rng: np.random.Generator,
    eps: float,
) -> dict[str, float]:
    """Return how far jitters of one unit in the last place move each answer, with its rounding."""
    spread = dict.fromkeys(answers, 0.0)
    for _ in range(JITTERS // 2):
        jitters = {
            name: _jitter(value, rng, eps)
            for name, value in inputs.items()
            if isinstance(value, np.ndarray) and value.dtype.kind == "f"
        }
        # To both sides, so that an entry that lies on a kink falls off it to either one.
        for side in (1.0, -1.0):
            jittered = {n: inputs[n] + side * jitter for n, jitter in jitters.items()}
            with np.errstate(all="ignore"):
                moved = problem.solve({**inputs, **jittered}, options)
                for name, value in answers.items():
                    spread[name] = float(np.maximum(spread[name], largest(moved[name] - value)))
    return {name: spread[name] + eps * largest(value) for name, value in answers.items()}


def _apart_in_single(
    problem: Problem, inputs: Inputs, options: Options, answers: Mapping[str, Array]
) -> dict[str, float]:
    """Return how far each answer is from what the reference gives in single precision."""
    with np.errstate(all="ignore"):
        single = problem.solve({n: _as_single(value) for n, value in inputs.items()}, options)
        return {name: largest(single[name] - value) for name, value in answers.items()}


def _as_single(value: Any) -> Any:
    """Return a float array in single precision, anything else as it is."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float32)
    return value


def _jitter(value: Array, rng: np.random.Generator, eps: float) -> Array:
    """Return ± eps · max(abs(v), rms of the array) for each entry v.

    An array of zeros stays as it is, as zeros do in any precision: a state before its first step is
    not known to within 1 · eps but exactly, and its squares are far smaller than that.
    """
    rms = float(np.sqrt(np.mean(value**2))) if value.size else 0.0
    size = np.maximum(np.abs(value), rms)
    jitter: Array = eps * size * rng.choice((-1.0, 1.0), size=value.shape)
    return jitter


# --- objections ------------------------------------------------------------------------------


def _objections(
    problem: Problem,
    inputs: Inputs,
    options: Options,
    expected: Mapping[str, Expected],
    distances: dict[str, float],
) -> Iterator[str]:
    """Yield what speaks against a draw; the distances that were measured are filled in."""
    for name, right in expected.items():
        if not (math.isfinite(largest(right.value)) and math.isfinite(right.unit)):
            yield f"{name} is not finite"
    gradients = [name for name in problem.gradients if name in expected]
    top = max((largest(expected[name].value) for name in gradients), default=0.0)
    yield from _bad_blocks(gradients, expected, top)
    for name, distance in _second_opinion(problem, inputs, options, expected, gradients):
        unit = expected[name].unit + (EPS * 1e-3 * top if name in gradients else 0.0)
        distances[name] = in_units(distance, unit)
        if not distances[name] <= CERTIFIED_WITHIN:
            other = "the complex step" if name in gradients else "its second formula"
            yield f"{name} disagrees with {other}"


def _holds_in_single(
    problem: Problem, inputs: Inputs, options: Options, expected: Mapping[str, Expected]
) -> bool:
    """Return whether the reference is found right in single precision, by the judge's own rules.

    Tried with everything in it, and with one array at a time: in a saturated net a single array
    may show in a single entry, which then looks like a mistake.
    """
    values = {name: right.value for name, right in expected.items()}
    for name, apart in _apart_in_single(problem, inputs, options, values).items():
        # Another formula may lose some digits more than the reference's.
        most = MOST_UNIT32 * largest(values[name])
        if most > 0.0 and not apart <= most:
            return False
    arrays = [n for n, value in inputs.items() if _as_single(value) is not value]
    for narrowed in (arrays, *([name] for name in arrays)):
        single = {n: _as_single(v) if n in narrowed else v for n, v in inputs.items()}
        with np.errstate(all="ignore"):
            answers = problem.solve(single, options)
        for name, right in expected.items():
            value = answers[name].astype(right.value.dtype)
            if compare(name, Returned(value=value), right).outcome is Outcome.WRONG:
                return False
    return True


def _bad_blocks(
    gradients: Iterable[str], expected: Mapping[str, Expected], top: float
) -> Iterator[str]:
    """Yield the gradients that rounding moves too far, and those that are next to nothing."""
    for name in gradients:
        size = largest(expected[name].value)
        spread = expected[name].unit - EPS * size
        if not spread <= MOST_SPREAD * max(size, 1e-3 * top):
            yield "ill-conditioned"
        if not size > LEAST_BLOCK * top:
            yield f"{name} is almost zero"


# --- the second calculation ------------------------------------------------------------------


def _second_opinion(
    problem: Problem,
    inputs: Inputs,
    options: Options,
    expected: Mapping[str, Expected],
    gradients: Iterable[str],
) -> Iterator[tuple[str, float]]:
    """Yield how far each answer is from its second formula, or from its complex-step derivative."""
    for name, value in problem.value(inputs, options).items():
        if name in expected:
            yield name, largest(value - expected[name].value)
    by_input: dict[str, list[str]] = {}
    for name in gradients:
        by_input.setdefault(problem.gradients[name].wrt, []).append(name)
    for wrt, names in by_input.items():
        for name, derivative in _derivatives(problem, inputs, options, wrt, names).items():
            yield name, largest(derivative - expected[name].value)


def _derivatives(
    problem: Problem, inputs: Inputs, options: Options, wrt: str, names: Iterable[str]
) -> dict[str, Array]:
    """Return the derivatives of the named gradients' values by one input, entry by entry."""
    base = np.asarray(inputs[wrt], dtype=np.complex128)
    derivatives = {name: np.zeros(base.size) for name in names}
    together = max(1, _MOST_STACKED // max(base.size, 1)) if problem.stacks else 1
    for first in range(0, base.size, together):
        entries = np.arange(first, min(first + together, base.size))
        moved = np.repeat(base[None], len(entries), axis=0)
        moved.reshape(len(entries), -1)[np.arange(len(entries)), entries] += 1j * _STEP
        values = problem.value({**inputs, wrt: moved if problem.stacks else moved[0]}, options)
        for name, derivative in derivatives.items():
            gradient = problem.gradients[name]
            along = 1.0 if gradient.along is None else inputs[gradient.along]
            sums = np.reshape(values[gradient.of] * along, (len(entries), -1)).sum(axis=1)
            derivative[entries] = sums.imag / _STEP
    return {name: derivative.reshape(base.shape) for name, derivative in derivatives.items()}
