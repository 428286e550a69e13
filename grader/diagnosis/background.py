"""What every known mistake would answer on a draw, worked out once and shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.diagnosis.catalogue import clause_of, rows_of
from grader.diagnosis.catalogue.changes import changed_inputs, other_conventions
from grader.diagnosis.material import Background
from grader.diagnosis.symbols import batch_name
from grader.records import Array

if TYPE_CHECKING:
    from reference.problem import Problem

Answers = Mapping[str, Array]
_SUMS = {"gplvm": {"L": {"log-determinant": "L1", "data fit": "L2"}}}
"""Values that are sums of other answers and of a constant."""
_CLOSE = 1e-9
_MOST_ENTRIES = 100_000
"""Larger arrays are not kept for every mistake: a draw of images would fill the memory."""
_ROUNDING = 1e-12
"""Relative difference up to which an edit counts as changing nothing."""


def background(
    problem_id: str, inputs: Mapping[str, Any], options: Mapping[str, str]
) -> Background:
    """Return what is known of a draw under one convention.

    Parameters
    ----------
    problem_id
        As in ``reference.problem``.
    inputs
        The draw's inputs, its sizes among them.
    options
        The convention; options that are not there take their defaults.
    """
    import reference

    problem = reference.problem(problem_id)
    full = problem.resolve_options(options)
    right = problem.solve(inputs, full)
    parts = _parts(problem, inputs, full, right)
    with np.errstate(all="ignore"):
        edits = {key: _changed(right, wrong) for key, wrong in _wrong(problem, inputs, full)}
    edits = {key: answers for key, answers in edits.items() if answers}
    return Background(
        sizes={
            name: float(value)
            for name, value in inputs.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        },
        parts=parts,
        edits=edits,
        clauses={key: clause_of(problem_id, key) for key in edits},
        examples=_examples(problem, inputs, full, right, parts),
    )


def _parts(
    problem: Problem, inputs: Mapping[str, Any], options: Mapping[str, str], right: Answers
) -> dict[str, dict[str, Array]]:
    """Return the additive parts of gradients, and of values that have a penalty or a sum."""
    parts = {name: dict(found) for name, found in problem.parts(inputs, options).items()}
    if options.get("penalty", "absent") != "absent":
        data = problem.solve(inputs, {**options, "penalty": "absent"})
        for name in {gradient.of for gradient in problem.gradients.values()}:
            parts[name] = {"data": data[name], "penalty": right[name] - data[name]}
    for name, named in _SUMS.get(problem.id, {}).items():
        parts[name] = {part: right[other] for part, other in named.items()}
        parts[name]["constant"] = right[name] - sum(parts[name].values())
    return parts


def _wrong(
    problem: Problem, inputs: Mapping[str, Any], options: Mapping[str, str]
) -> Iterator[tuple[str, Answers]]:
    """Yield each mistake of the catalogue with all its answers."""
    for key, changed in changed_inputs(inputs):
        yield key, problem.solve(changed, options)
    for key, others in other_conventions(options, problem.options):
        yield key, problem.solve(inputs, others)
    for key, wrong in _edited_problems(problem.id).items():
        yield key, wrong.solve(inputs, options)


@cache
def _edited_problems(problem_id: str) -> dict[str, Problem]:
    """Return the copies of a problem with each edit of the catalogue, made once."""
    from grader.diagnosis.edits import edited

    return {row.key: edited(problem_id, row.edits) for row in rows_of(problem_id)}


def _changed(right: Answers, wrong: Answers) -> dict[str, Array]:
    """Return the answers that a mistake changes."""
    return {
        name: np.asarray(array)
        for name, array in wrong.items()
        if np.size(array) <= _MOST_ENTRIES and not _is_same(np.asarray(array), right[name])
    }


def _is_same(array: Array, right: Array) -> bool:
    if array.shape != right.shape or not np.isfinite(array).all():
        return False
    return bool(
        np.abs(array - right).max(initial=0.0) <= _ROUNDING * np.abs(right).max(initial=0.0)
    )


def _examples(
    problem: Problem,
    inputs: Mapping[str, Any],
    options: Mapping[str, str],
    right: Answers,
    parts: Mapping[str, Answers],
) -> dict[str, Array]:
    """Return each example's own share of the answers that are sums or means over examples."""
    batch = batch_name({name: 1.0 for name in inputs if isinstance(inputs[name], int)})
    axes = {
        name: shape.index(batch)
        for name, shape in problem.shapes(options).items()
        if batch in shape and name in inputs
    }
    if not batch or not axes:
        return {}
    alone = "absent" if "penalty" in options else None
    plain = {**options, "penalty": alone} if alone else dict(options)
    count = int(inputs[batch])
    singles = []
    for n in range(count):
        taken = {name: np.take(inputs[name], [n], axis=axis) for name, axis in axes.items()}
        singles.append(problem.solve({**inputs, **taken, batch: 1}, plain))
    shares = {}
    for name, whole in right.items():
        if count * whole.size > _MOST_ENTRIES:
            continue
        data = parts.get(name, {}).get("data", whole)
        each = [single[name] for single in singles]
        if all(one.shape == data.shape for one in each) and data.dtype.kind == "f":
            stacked = _shares(np.stack(each), data)
            if stacked is not None:
                shares[name] = stacked
    return shares


def _shares(each: Array, data: Array) -> Array | None:
    """Return single answers scaled so that they sum to that of all, if they do so at all."""
    allowed = _CLOSE * max(float(np.abs(each).max(initial=0.0)), 1e-300)
    for scale in (1.0, 1.0 / len(each)):
        if np.abs(scale * each.sum(axis=0) - data).max(initial=0.0) <= allowed:
            shares: Array = scale * each
            return shares
    return None
