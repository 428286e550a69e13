"""Which inputs is a submission tried on, and what is right there? Certified, seeded draws."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

import reference
from grader.checks.certificate import Certified, Refused, certify
from grader.checks.draws import OVERFIT, UNSEEN, Convention, convention_name
from grader.errors import UsageError
from grader.records import Case, DatasetRef, Draw, DrawKey, Nothing, Probe, ProblemRef
from reference.problem import Problem

_ATTEMPTS = 60


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
    if isinstance(probe.source, Nothing):
        return Draw(key=key, inputs={}, expected={})
    if isinstance(probe.source, DatasetRef):
        return _dataset_draw(probe.source, key, seed)
    case = next(case for case in probe.cases if case.name == key.case)
    problem = reference.problem(probe.source.id)
    return certified_draw(problem, probe.source, probe.answers, case, key, seed, conventions)


def _generator(*words: object) -> np.random.Generator:
    """Return a generator whose seed depends on every word, the same on every machine."""
    digest = hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))


def _dataset_draw(source: DatasetRef, key: DrawKey, seed: int) -> Draw:
    """Return three disjoint sets of one data set; the labels of the third are withheld.

    Where the first one is to be learnt by heart there is no third, and its own labels are given.
    """
    from reference.datasets import DATASETS

    rng = _generator(seed, source.id, dict(source.parameters), key.case, key.index)
    counts = (source.train, source.validation, source.test)
    try:
        X, y = DATASETS[source.id](rng, sum(counts), **source.parameters)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"probe {key.probe}: the data set {source.id} needs the package {error.name}; "
            "install it with: pip install 'backprop-grader[datasets]'"
        ) from None
    order = rng.permutation(len(y))
    train, validation, test = np.split(order, np.cumsum(counts)[:-1])
    inputs = {
        "X_train": X[train],
        "y_train": y[train],
        "X_val": X[validation],
        "y_val": y[validation],
    }
    if source.is_overfit:
        return Draw(key=key, inputs=inputs, expected={}, withheld={OVERFIT: y[train]})
    inputs["X_test"] = X[test]
    return Draw(key=key, inputs=inputs, expected={}, withheld={UNSEEN: y[test]})


def certified_draw(
    problem: Problem,
    source: ProblemRef,
    answers: Iterable[str],
    case: Case,
    key: DrawKey,
    seed: int,
    conventions: Iterable[Convention],
) -> Draw:
    """Return the first draw of a problem that is certified under every convention.

    Parameters
    ----------
    problem, source
        The problem that ``source`` names.
    answers
        Names of the answers that a probe asks for.
    case, key, seed, conventions
        As for ``make_draw``.

    Raises
    ------
    UsageError
        As for ``make_draw``.
    """
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
        found = {name: certify(problem, inputs, options, rng) for name, options in full.items()}
        certified = {name: one for name, one in found.items() if isinstance(one, Certified)}
        if len(certified) == len(found):
            return _draw(key, inputs, certified, _with_their_losses(problem, answers))
        refused[next(one.reason for one in found.values() if isinstance(one, Refused))] += 1
    told = ", ".join(f"{reason} ({count} times)" for reason, count in refused.most_common())
    raise UsageError(f"probe {key.probe}, case {key.case}: no inputs can be certified: {told}")


def _with_their_losses(problem: Problem, answers: Iterable[str]) -> frozenset[str]:
    """Return the answers, and what the gradients among them are derivatives of."""
    asked = frozenset(answers)
    return asked | {how.of for name, how in problem.gradients.items() if name in asked}


def _draw(
    key: DrawKey,
    inputs: Mapping[str, Any],
    certified: Mapping[str, Certified],
    answers: frozenset[str],
) -> Draw:
    """Return a draw with the right answers to what is asked, and the worst of its evidence."""
    evidence = {"margin": min(one.margin for one in certified.values())}
    for name in answers:
        distances = [one.distances[name] for one in certified.values() if name in one.distances]
        if distances:
            evidence[name] = max(distances)
    return Draw(
        key=key,
        inputs=inputs,
        expected={
            convention: {name: right for name, right in one.expected.items() if name in answers}
            for convention, one in certified.items()
        },
        certificate=evidence,
    )
