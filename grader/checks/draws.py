"""Which inputs is a submission tried on, and what is right there? Certified, seeded draws.

A draw is accepted only if the reference's own gradients pass a numeric check on it, no kink or tie
is near, and rounding alone cannot move an answer far: so right code cannot fail on it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

import reference
from grader.errors import UsageError
from grader.records import Array, Case, DatasetRef, Draw, DrawKey, Expected, Probe, ProblemRef
from reference.problem import Problem

EPS = 2.0**-52
EPS32 = 2.0**-23
JITTERS = 4
LEAST_MARGIN = 1e-4
MOST_SPREAD = 1e-11
LEAST_BLOCK = 1e-6
CERTIFIED_WITHIN = 1e3
"""Units within which a gradient must agree with the complex step."""
_ATTEMPTS = 60
_STEP = 1e-200

Convention = Mapping[str, str]


def convention_name(options: Convention) -> str:
    """Return a combination of options as one word, ``"scaling=sum"``.

    >>> convention_name({"scaling": "sum", "penalty": "half"})
    'penalty=half scaling=sum'
    """
    return " ".join(f"{name}={options[name]}" for name in sorted(options))


def combinations(accepted: Mapping[str, tuple[str, ...]]) -> list[Convention]:
    """Return every combination of accepted options, the first-named ones first.

    >>> combinations({"scaling": ("sum", "mean")})
    [{'scaling': 'sum'}, {'scaling': 'mean'}]
    >>> combinations({})
    [{}]
    """
    return [
        dict(zip(accepted, chosen, strict=True)) for chosen in itertools.product(*accepted.values())
    ]


def keys_of(probe: Probe) -> Iterator[DrawKey]:
    """Yield the draws that a probe is called on at first, case by case."""
    for case in probe.cases:
        for index in range(case.draws):
            yield DrawKey(probe.id, case.name, index)


def make_draw(probe: Probe, key: DrawKey, seed: int, conventions: Iterable[Convention]) -> Draw:
    """Return the certified draw of that name.

    Parameters
    ----------
    probe
        Says which problem or data set, and which options.
    key
        Case and number of the draw.
    seed
        The run's seed; the same seed, probe and key give the same bits.
    conventions
        Combinations of options beside the probe's own, each with right answers of its own.

    Raises
    ------
    UsageError
        If no inputs of this case can be certified; the message counts the reasons.
    """
    if isinstance(probe.source, DatasetRef):
        return _dataset_draw(probe.source, key, seed)
    case = next(case for case in probe.cases if case.name == key.case)
    return _problem_draw(probe.source, probe.answers, case, key, seed, list(conventions))


def _generator(*words: object) -> np.random.Generator:
    """Return a generator whose seed depends on every word, the same on every machine."""
    digest = hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))


def _dataset_draw(source: DatasetRef, key: DrawKey, seed: int) -> Draw:
    """Return three disjoint sets of one data set; the labels of the third are withheld."""
    from reference.datasets import DATASETS

    rng = _generator(seed, source.id, dict(source.parameters), key.case, key.index)
    counts = (source.train, source.validation, source.test)
    X, y = DATASETS[source.id](rng, sum(counts), **source.parameters)
    order = rng.permutation(len(y))
    train, validation, test = np.split(order, np.cumsum(counts)[:-1])
    return Draw(
        key=key,
        inputs={
            "X_train": X[train],
            "y_train": y[train],
            "X_val": X[validation],
            "y_val": y[validation],
            "X_test": X[test],
        },
        expected={},
        withheld={"y_test": y[test]},
    )


def _problem_draw(
    source: ProblemRef,
    answers: Iterable[str],
    case: Case,
    key: DrawKey,
    seed: int,
    conventions: list[Convention],
) -> Draw:
    problem = reference.problem(source.id)
    full = {
        convention_name(convention): problem.resolve_options({**source.options, **convention})
        for convention in conventions
    }
    # The inputs must not depend on the convention, which only says what is right for them.
    drawn_with = next(iter(full.values()))
    refused: Counter[str] = Counter()
    for attempt in range(_ATTEMPTS):
        rng = _generator(seed, source.id, dict(source.options), key.case, key.index, attempt)
        inputs = problem.inputs(
            rng, index=key.index, regime=case.name, overrides=case.overrides, options=drawn_with
        )
        certified = [_certify(problem, inputs, options, rng) for options in full.values()]
        reasons = [reason for reason, _, _ in certified if reason]
        if reasons:
            refused[reasons[0]] += 1
            continue
        wanted = frozenset(answers)
        return Draw(
            key=key,
            inputs=inputs,
            expected={
                name: {answer: right[answer] for answer in right.keys() & wanted}
                for name, (_, right, _) in zip(full, certified, strict=True)
            },
            certificate=certified[0][2],
        )
    told = ", ".join(f"{reason} ({count} times)" for reason, count in refused.most_common())
    raise UsageError(f"probe {key.probe}, case {key.case}: no inputs can be certified: {told}")


def _certify(
    problem: Problem, inputs: Mapping[str, Any], options: Convention, rng: np.random.Generator
) -> tuple[str, dict[str, Expected], dict[str, float]]:
    """Return why a draw is refused (or nothing), the right answers, and the evidence."""
    margin = problem.margin(inputs, options)
    if not margin >= LEAST_MARGIN:
        return "too near a kink or a tie", {}, {}
    answers = problem.solve(inputs, options)
    expected = {
        name: Expected(value=value, unit=unit, unit32=unit32)
        for (name, value), unit, unit32 in zip(
            answers.items(),
            _units(problem, inputs, options, answers, rng, EPS),
            _units(problem, inputs, options, answers, rng, EPS32),
            strict=True,
        )
    }
    gradients = {name for name in problem.gradients if name in answers}
    largest = max((float(np.abs(answers[name]).max()) for name in gradients), default=0.0)
    for name in gradients:
        top = float(np.abs(answers[name]).max())
        is_zero = problem.gradients[name].zero
        if expected[name].unit - EPS * top > MOST_SPREAD * max(top, 1e-3 * largest):
            return "ill-conditioned", {}, {}
        if not is_zero and top < LEAST_BLOCK * largest:
            return f"{name} is almost zero", {}, {}
    evidence = {"margin": margin}
    for name, distance in _complex_step(problem, inputs, options, answers, gradients):
        unit = expected[name].unit + EPS * 1e-3 * largest
        evidence[name] = distance / unit if distance else 0.0
        if not evidence[name] <= CERTIFIED_WITHIN:
            return f"{name} disagrees with the complex step", {}, {}
    return "", expected, evidence


def _units(
    problem: Problem,
    inputs: Mapping[str, Any],
    options: Convention,
    answers: Mapping[str, Array],
    rng: np.random.Generator,
    eps: float,
) -> list[float]:
    """Return how far jitters of one unit in the last place move each answer, in its own unit."""
    spread = dict.fromkeys(answers, 0.0)
    for _ in range(JITTERS):
        jittered = {name: _jitter(value, rng, eps) for name, value in inputs.items()}
        with np.errstate(all="ignore"):
            moved = problem.solve(jittered, options)
        for name, value in answers.items():
            spread[name] = max(spread[name], _largest(moved[name] - value))
    return [spread[name] + eps * _largest(value) for name, value in answers.items()]


def _jitter(value: Any, rng: np.random.Generator, eps: float) -> Any:
    """Move each entry of a float array by eps · max(\\|v\\|, rms of the array)."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return value
    rms = float(np.sqrt(np.mean(value**2))) if value.size else 0.0
    size = np.maximum(np.abs(value), rms) if rms > 0 else np.ones_like(value)
    return value + eps * size * rng.choice((-1.0, 1.0), size=value.shape)


def _largest(array: Array) -> float:
    return float(np.abs(array).max()) if array.size else 0.0


def _complex_step(
    problem: Problem,
    inputs: Mapping[str, Any],
    options: Convention,
    answers: Mapping[str, Array],
    gradients: Iterable[str],
) -> Iterator[tuple[str, float]]:
    """Yield each gradient's largest distance to the derivative by the complex step."""
    by_input: dict[str, list[str]] = {}
    for name in gradients:
        by_input.setdefault(problem.gradients[name].wrt, []).append(name)
    for wrt, names in by_input.items():
        derivatives = _derivatives(problem, inputs, options, wrt, names)
        for name in names:
            yield name, _largest(derivatives[name] - answers[name])


def _derivatives(
    problem: Problem,
    inputs: Mapping[str, Any],
    options: Convention,
    wrt: str,
    names: Iterable[str],
) -> dict[str, Array]:
    """Return the derivatives of all value answers by one input, entry by entry."""
    base = np.asarray(inputs[wrt], dtype=np.complex128)
    derivatives = {name: np.zeros(base.shape) for name in names}
    for entry in np.ndindex(base.shape):
        moved = base.copy()
        moved[entry] += 1j * _STEP
        values = problem.value({**inputs, wrt: moved}, options)
        for name, derivative in derivatives.items():
            gradient = problem.gradients[name]
            along = 1.0 if gradient.along is None else inputs[gradient.along]
            derivative[entry] = np.sum(values[gradient.of] * along).imag / _STEP
    return derivatives
