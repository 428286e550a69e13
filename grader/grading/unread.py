"""On which inputs do the right answers of a probe depend, although its code does not read them?

Whoever takes another value there, the default of their own signature for one, is wrong on every
draw: nearly always the rubric's mistake.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

import numpy as np

import reference
from grader.checks.draws import keys_of
from grader.errors import Complaint
from grader.grading.plan import Plan
from grader.records import Draw, Item, Probe, ProblemRef
from grader.rubric.outline import Outline
from grader.rubric.python_names import names_of
from reference.problem import Array

_CHANGE = 1.25
"""Factor that leaves a share a share and what is positive positive."""


def unread_inputs(plan: Plan, outline: Outline) -> Iterator[Complaint]:
    """Yield the probes whose code leaves an input aside on which an answer depends.

    Parameters
    ----------
    plan
        A rubric's items with all their draws.
    outline
        Where everything stands.
    """
    for probe in plan.probes:
        read = _read(probe)
        items = [item for item in plan.asked if item.probe == probe.id and _is_by_code(item)]
        if read is None or not items or not isinstance(probe.source, ProblemRef):
            continue
        for name, answers in _depending(plan, probe, items, read).items():
            told = f"the code does not read {name}, on which {_listed(list(answers))}: "
            told += "whoever has another value is wrong; hand it in, or set it in each case"
            yield outline.of_probe(probe.id, told)


def _is_by_code(item: Item) -> bool:
    """Whether code answers an item: a formula reads all inputs where it is evaluated, outside."""
    return bool(item.answers) and item.check != "formula"


def _listed(answers: list[str]) -> str:
    """Return answers that depend on something: ``out and dx depend``."""
    *some, last = answers
    return f"{', '.join(some)} and {last} depend" if some else f"{last} depends"


def _read(probe: Probe) -> set[str] | None:
    """Return the names that a probe's code reads, or None where nobody can tell."""
    names = [names_of(variant.code, "exec") for variant in probe.variants]
    if any(one is None or one.is_open for one in names):
        return None
    texts = [variant.code for variant in probe.variants] + list(probe.answers.values())
    return {node.id for text in texts for node in ast.walk(ast.parse(text)) if _is_read(node)}


def _is_read(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _depending(
    plan: Plan, probe: Probe, items: list[Item], read: set[str]
) -> dict[str, dict[str, None]]:
    """Return the inputs that are left aside, each with the asked answers that it changes."""
    asked = {name for item in items for name in item.answers}
    source = plan.problem(items[0], plan.conventions(items[0])[0])
    assert source is not None, "only probes with a problem are looked at"
    sizes = reference.problem(source.id).sizes[0]
    fixed = frozenset.intersection(*(frozenset(case.overrides) for case in probe.cases))
    found: dict[str, dict[str, None]] = {}
    for draw in (plan.draw(key) for key in keys_of(probe)):
        for name in frozenset(draw.inputs) - read - fixed - frozenset(sizes):
            changed = sorted(asked & _changed(source, draw, name))
            found.setdefault(name, {}).update(dict.fromkeys(changed))
    return {name: found[name] for name in sorted(found) if found[name]}


def _changed(source: ProblemRef, draw: Draw, name: str) -> set[str]:
    """Return the answers that another value of an input changes."""
    value = draw.inputs[name]
    if np.asarray(value).dtype.kind != "f" or not np.any(value) or _is_published(source, draw):
        return set()
    problem = reference.problem(source.id)
    with np.errstate(all="ignore"):
        before, after = (
            problem.solve({**draw.inputs, name: factor * value}, source.options)
            for factor in (1, _CHANGE)
        )
    return {answer for answer in before if _differ(before[answer], after.get(answer))}


def _is_published(source: ProblemRef, draw: Draw) -> bool:
    """Whether a case has no chance in it: its numbers stand in the homework's text."""
    drawn = [
        reference.problem(source.id).inputs(
            np.random.default_rng(seed), regime=draw.key.case, options=source.options
        )
        for seed in (1, 2)
    ]
    return all(
        not _differ(np.asarray(drawn[0][name]), np.asarray(drawn[1][name])) for name in drawn[0]
    )


def _differ(before: Array, after: Array | None) -> bool:
    return after is not None and not np.array_equal(before, after)
