"""What should the author of a rubric look at once, although nothing is wrong with it?"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

import numpy as np

import reference
from grader.checks.draws import keys_of
from grader.errors import Complaint
from grader.grading.plan import Plan
from grader.grading.unread import unread_inputs
from grader.records import Draw, Item, Probe, ProblemRef, ScoreSheet
from grader.rubric.outline import Outline
from grader.rubric.skeleton import placeholder
from reference.problem import Problem


def advice(plan: Plan, outline: Outline, lost: Container[str]) -> list[Complaint]:
    """Return the warnings about a rubric that can be graded by.

    Parameters
    ----------
    plan
        Its items with all their draws.
    outline
        Where everything stands.
    lost
        Ids of the items of which some mistake or some example is known to lose points.
    """
    return [
        *_unused_answers(plan, outline),
        *_weak_draws(plan, outline),
        *unread_inputs(plan, outline),
        *_without_hint(plan, outline),
        *_hidden(plan, outline),
        *_never_lost(plan, outline, lost),
    ]


def _unused_answers(plan: Plan, outline: Outline) -> Iterator[Complaint]:
    """Yield the probes that ask for more than any item reads."""
    for probe in plan.probes:
        read = {
            name
            for item in plan.asked
            if item.probe == probe.id
            for name in (*item.answers, *item.given)
        }
        unread = [
            name
            for name, expression in probe.answers.items()
            if name not in read and expression != probe.loss
        ]
        if unread:
            told = f"no item uses {_listed('the answer', unread)}"
            yield outline.of_probe(probe.id, told)


# --- draws -----------------------------------------------------------------------------------


def _weak_draws(plan: Plan, outline: Outline) -> Iterator[Complaint]:
    """Yield the probes of gradients that let a typical mistake through."""
    for probe in plan.probes:
        if isinstance(probe.source, ProblemRef) and _gradients(plan.asked, probe):
            draws = [plan.draw(key) for key in keys_of(probe)]
            for told in _weaknesses(reference.problem(probe.source.id), probe.source, draws):
                yield outline.of_probe(probe.id, told)


def _gradients(items: Iterable[Item], probe: Probe) -> list[Item]:
    return [item for item in items if item.probe == probe.id and item.check == "gradient"]


def _weaknesses(problem: Problem, source: ProblemRef, draws: Sequence[Draw]) -> Iterator[str]:
    """Yield what no draw of a gradient's probe has."""
    shapes = problem.shapes(problem.resolve_options(source.options))
    named = {size for shape in shapes.values() for size in shape}
    used = {size for size in problem.sizes[0] if size in named}
    if not any(_are_distinct(draw, used) for draw in draws):
        told = ", ".join(sorted(used))
        yield f"in no case are all sizes different ({told}): a transposed gradient may pass"
    one = {
        name: size
        for name, size in problem.regimes.get("single", {}).items()
        if name in used and size == 1
    }
    if one and not any(all(draw.inputs[name] == 1 for name in one) for draw in draws):
        yield f"no case has {_listed('the size', sorted(one))} at 1: one example alone is not tried"
    zero = [name for name in shapes if all(_is_zero(draw.inputs[name]) for draw in draws)]
    if zero:
        are = "is" if len(zero) == 1 else "are"
        yield f"{_listed('the input', zero)} {are} 0 in every draw: forgetting it costs nothing"


def _are_distinct(draw: Draw, sizes: Iterable[str]) -> bool:
    """Whether all sizes of a draw differ; those at 1 cannot be taken for another one."""
    found = [draw.inputs[name] for name in sizes if draw.inputs[name] != 1]
    return len(set(found)) == len(found)


def _is_zero(value: object) -> bool:
    array = np.asarray(value)
    return array.ndim > 0 and array.dtype.kind == "f" and not np.any(array)


# --- items -----------------------------------------------------------------------------------


def _without_hint(plan: Plan, outline: Outline) -> Iterator[Complaint]:
    missing = [item for item in plan.items if item.is_probed and not item.hint]
    if missing:
        named = _listed("the item", [item.id for item in missing])
        yield outline.of_item(missing[0].id, f"there is no hint for {named}")
    left = [item for item in plan.items if item.hint in map(placeholder, item.answers)]
    if left:
        named = _listed("the item", [item.id for item in left])
        told = f"the hint of {named} is still the skeleton's, and students will read it"
        yield outline.of_item(left[0].id, told)


def _hidden(plan: Plan, outline: Outline) -> Iterator[Complaint]:
    hidden = [item for item in plan.items if item.visibility == "hidden"]
    if hidden:
        named = _listed("the item", [item.id for item in hidden])
        told = f"students are never told what was found of {named}"
        yield outline.of_item(hidden[0].id, told)


def _never_lost(plan: Plan, outline: Outline, lost: Container[str]) -> Iterator[Complaint]:
    kept = [item for item in plan.items if item.is_probed and item.id not in lost]
    if kept:
        named = _listed("the item", [item.id for item in kept])
        told = f"no known mistake and no example loses {named}: nothing shows that anybody can"
        yield outline.of_item(kept[0].id, told)


def lost_in(sheet: ScoreSheet) -> Iterator[str]:
    """Yield the items of which an example loses points; one that has none at all shows nothing."""
    for score in sheet.scores:
        if sheet.total > 0 and score.points is not None and score.points < score.item.points:
            yield score.item.id


def _listed(noun: str, names: Sequence[str]) -> str:
    """Return names in a row behind a noun: ``the answer a``, ``the answers a, b``."""
    return f"{noun} {names[0]}" if len(names) == 1 else f"{noun}s {', '.join(names)}"
