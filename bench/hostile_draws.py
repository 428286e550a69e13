"""Draws that no certificate would allow: bad scales, exact kinks and ties, saturation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.checks.certificate import Certified, certify, right_answers
from grader.checks.units import largest
from grader.records import Draw, DrawKey
from reference.problem import Array, Problem

Inputs = Mapping[str, Any]
Spoil = Callable[[np.random.Generator, Array], Array]


def _scaled(rng: np.random.Generator, array: Array) -> Array:
    """Return an array on a scale of its own, 1e-6 to 1e3."""
    return array * 10.0 ** rng.uniform(-6.0, 3.0)


def _rounded(rng: np.random.Generator, array: Array) -> Array:
    """Return multiples of ½, so that kinks, ties and zeros are met exactly."""
    return np.round(2.0 * array) / 2.0


def _saturated(rng: np.random.Generator, array: Array) -> Array:
    """Return an array that is a hundred times too large."""
    return 100.0 * array


def _tiny(rng: np.random.Generator, array: Array) -> Array:
    """Return weights as small as a course's own initialiser draws them."""
    return 1e-4 * array


HOSTILE: Mapping[str, Spoil] = {
    "scaled": _scaled,
    "kinked": _rounded,
    "saturated": _saturated,
    "tiny": _tiny,
}
"""What is done to every array of floats of a draw."""


def hostile_inputs(kind: str, rng: np.random.Generator, drawn: Inputs) -> dict[str, Any]:
    """Return a draw's inputs spoilt; labels, masks, binary data and numbers stay as they are."""
    return {
        name: HOSTILE[kind](rng, value) if _may_change(name, value) else value
        for name, value in drawn.items()
    }


def _may_change(name: str, value: Any) -> bool:
    is_floats = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return is_floats and not np.all((value == 0.0) | (value == 1.0))


def hostile_draw(
    problem: Problem, kind: str, options: Mapping[str, str], index: int, seed: int
) -> Draw | None:
    """Return an uncertified draw with its units, or None where the right answer is not finite."""
    rng = np.random.default_rng([seed, index])
    inputs = hostile_inputs(kind, rng, problem.inputs(rng, index=index, options=options))
    with np.errstate(all="ignore"):
        try:
            expected = right_answers(problem, inputs, options, rng)
        except np.linalg.LinAlgError:
            return None
    numbers = [n for e in expected.values() for n in (largest(e.value), e.unit, e.unit32)]
    if not np.all(np.isfinite(numbers)):
        return None
    with np.errstate(all="ignore"):
        is_certified = isinstance(certify(problem, inputs, options, rng), Certified)
    return Draw(
        key=DrawKey("hostile", kind, index),
        inputs=inputs,
        expected={"": expected},
        certificate={"certified": float(is_certified)},
    )
