"""How far is a reference from second formulas of itself? What the contract test and a bench share.

Three questions on a draw: its gradients beside the complex step of the problem's own second value,
entry by entry; beside automatic differentiation of an oracle; and its values beside both formulas.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import product

import autograd
import numpy as np

from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem
from tests.reference import oracles
from tests.reference.derivation_oracles import ORACLES

STEP = 1e-30
"""Length of a complex step; its square must vanish beside the smallest answer."""

ALLOWED = 1e-9
"""Largest distance that a gradient or value may have, relative to its block."""

LEAST_MARGIN = 1e-6
"""How near a kink a draw may be: nearer than the grader's own certificate allows."""

ATTEMPTS = 100

TOGETHER = 128
"""Moved inputs whose values are computed at once: many more do not fit into a cache."""

Case = tuple[str, dict[str, str]]


def cases(problem: Problem) -> list[Case]:
    """Return every regime under every combination of the options."""
    combinations = product(*problem.options.values())
    chosen = [dict(zip(problem.options, values, strict=True)) for values in combinations]
    return list(product(["plain", *problem.regimes], chosen))


def case_name(problem: Problem, regime: str, options: Options) -> str:
    """Return a case as one word.

    >>> import reference
    >>> case_name(reference.problem("fc_net"), "hot", {"depth": "3", "penalty": "half"})
    'fc_net-hot-3-half'
    """
    return "-".join([problem.id, regime, *options.values()])


def attempts(
    problem: Problem,
    index: int,
    regime: str,
    options: Options,
    overrides: Mapping[str, object] | None = None,
) -> Iterator[dict[str, object]]:
    """Yield inputs, whether near a kink or not, from a seed that is this draw's own."""
    seed = zlib.crc32(f"{problem.id} {regime} {sorted(options.items())} {index}".encode())
    rng = np.random.default_rng(seed)
    for _ in range(ATTEMPTS):
        yield problem.inputs(rng, index=index, regime=regime, overrides=overrides, options=options)


def draw(
    problem: Problem,
    index: int,
    regime: str,
    options: Options,
    overrides: Mapping[str, object] | None = None,
) -> dict:
    """Return the first inputs of this draw that keep away from kinks."""
    for inputs in attempts(problem, index, regime, options, overrides):
        if problem.margin(inputs, options) >= LEAST_MARGIN:
            return inputs
    raise AssertionError(f"no draw of {problem.id} keeps away from kinks")


def oracle_of(problem_id: str) -> Callable[[Inputs, Options], Answers]:
    """Return the problem's second formula; a problem without one fails its tests."""
    return ORACLES[problem_id] if problem_id in ORACLES else getattr(oracles, problem_id)


def gradients(problem: Problem, answers: Answers) -> dict[str, Gradient]:
    """Return those of the problem's gradients that these options have."""
    return {name: how for name, how in problem.gradients.items() if name in answers}


def complex_steps(
    problem: Problem, inputs: Inputs, options: Options, wanted: Mapping[str, Gradient]
) -> Answers:
    """Return the wanted gradients by one complex step for each entry of each input."""
    found = {}
    for wrt in {how.wrt for how in wanted.values()}:
        at = np.asarray(inputs[wrt], dtype=complex)
        moved = at + 1j * STEP * np.eye(at.size).reshape(-1, *at.shape)
        values = values_at(problem, inputs, options, wrt, moved)
        for name, how in wanted.items():
            if how.wrt == wrt:
                of = values[how.of] * (1.0 if how.along is None else inputs[how.along])
                slopes = of.reshape(at.size, -1).sum(axis=1).imag / STEP
                found[name] = slopes.reshape(at.shape)
    return found


def values_at(
    problem: Problem, inputs: Inputs, options: Options, wrt: str, moved: Array
) -> Answers:
    """Return the values with each of several arrays in place of one input, along a first axis."""
    if not problem.stacks:
        each = [problem.value({**inputs, wrt: one}, options) for one in moved]
        return {of: np.stack([values[of] for values in each]) for of in each[0]}
    stacks = [
        problem.value({**inputs, wrt: moved[first : first + TOGETHER]}, options)
        for first in range(0, len(moved), TOGETHER)
    ]
    return {of: np.concatenate([values[of] for values in stacks]) for of in stacks[0]}


def automatic(
    problem: Problem, inputs: Inputs, options: Options, wanted: Mapping[str, Gradient]
) -> Answers:
    """Return the wanted gradients by automatic differentiation, all of one value in one pass."""
    found = {}
    for of, along in {(how.of, how.along) for how in wanted.values()}:
        hows = {n: how for n, how in wanted.items() if (how.of, how.along) == (of, along)}
        names = sorted({how.wrt for how in hows.values()})

        def scalar(*point, names=names, of=of, along=along):
            answer = oracle_of(problem.id)(
                {**inputs, **dict(zip(names, point, strict=True))}, options
            )
            return answer[of] if along is None else (answer[of] * inputs[along]).sum()

        point = [np.asarray(inputs[name], dtype=np.float64) for name in names]
        slopes = autograd.grad(scalar, tuple(range(len(names))))(*point)
        by_input = dict(zip(names, slopes, strict=True))
        found |= {name: np.asarray(by_input[how.wrt]) for name, how in hows.items()}
    return found


def apart(answers: Answers, expected: Answers) -> dict[str, float]:
    """Return how far each gradient is off, relative to the larger of it and 1/1000 of the largest.

    >>> apart({"a": np.array([1.0, 2.0])}, {"a": np.array([1.0, 2.5])})
    {'a': 0.2}
    """
    sizes = {name: float(np.abs(block).max()) for name, block in expected.items()}
    least = max(1e-3 * max(sizes.values(), default=0.0), float(np.finfo(float).tiny))
    return {
        name: float(np.abs(answers[name] - block).max()) / max(sizes[name], least)
        if np.shape(answers[name]) == np.shape(block)
        else float("inf")
        for name, block in expected.items()
    }


def gradients_apart(problem: Problem, inputs: Inputs, options: Options) -> dict[str, dict]:
    """Return how far every gradient is from the complex step, and from automatic differentiation."""
    answers = problem.solve(inputs, options)
    wanted = gradients(problem, answers)
    return {
        "complex step": apart(answers, complex_steps(problem, inputs, options, wanted)),
        "autograd": apart(answers, automatic(problem, inputs, options, wanted)),
    }


def values_apart(problem: Problem, inputs: Inputs, options: Options) -> dict[str, float]:
    """Return how far the values are from two other formulas: entry by entry, with 1/1000 added."""
    answers = problem.solve(inputs, options)
    plain, other = problem.value(inputs, options), oracle_of(problem.id)(inputs, options)
    if not set(plain) <= set(other):
        raise AssertionError(f"the oracle of {problem.id} lacks {set(plain) - set(other)}")
    distances: dict[str, float] = {}
    for name, value in [*plain.items(), *other.items()]:
        off = np.abs(answers[name] - value) / (np.abs(value) + 1e-3)
        distances[name] = max(distances.get(name, 0.0), float(np.max(off)))
    return distances
