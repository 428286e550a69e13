"""What of a rubric goes into a kit? Its visible items, and the draws that they are judged on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

import numpy as np

import reference
from grader.checks import COMPARED
from grader.checks.draws import convention_name, keys_of
from grader.checks.knowledge import OtherData
from grader.checks.stacks import Stack
from grader.diagnosis import Background
from grader.errors import UsageError
from grader.grading.plan import Plan
from grader.grading.planning import plan_of
from grader.kit.record import Combinations, Kit, options_text
from grader.kitting.choosing import kit_items
from grader.records import (
    Array,
    DatasetRef,
    Draw,
    DrawKey,
    Expected,
    Item,
    Probe,
    ProblemRef,
    Rubric,
    Source,
    Waiver,
)
from reference.stabilisers import Combined

FURTHER_DRAWS = 2
"""Draws of each case beyond those that are always asked for, for answers that leave a doubt."""


def frozen(rubric: Rubric) -> Kit:
    """Return the kit of a rubric, its draws made and certified.

    Parameters
    ----------
    rubric
        As it was read, under the course's choices.

    Raises
    ------
    UsageError
        If it has no visible item, or a draw cannot be made.

    Notes
    -----
    Draws of visible items are the grader's own, so that their verdicts are. Those of a training are
    not: a hidden test set stays hidden, and a kit's is another one of the same kind. What is to be
    learnt by heart hides nothing.
    """
    items = kit_items(rubric).shown
    if not any(item.is_probed for item in items):
        raise UsageError(f"rubric {rubric.id}: no visible item runs anything; a kit would be empty")
    plan = plan_of(rubric, items, rubric.seed)
    trained = plan_of(rubric, items, _other_seed(rubric.seed))
    shown = _shown(rubric, items)
    draws: dict[DrawKey, Draw] = {}
    backgrounds: dict[tuple[DrawKey, str], Background] = {}
    other_data: dict[tuple[DrawKey, str, str], OtherData] = {}
    for probe in plan.probes:
        asked = [item for item in plan.asked if item.probe == probe.id]
        names = _names_of(plan, probe, asked) - _hidden_names(rubric, probe, asked)
        source = trained if has_hidden_set(probe.source) else plan
        first = list(keys_of(probe))
        for key in (*first, *_further(probe, asked)):
            draws[key] = _shown_draw(source.draw(key), names)
            other_data |= _other_data(plan, probe, asked, key)
        for item in asked:
            if item.check in COMPARED:
                backgrounds |= _backgrounds(plan, item, first, names)
    problems = {p.source.id for p in plan.probes if isinstance(p.source, ProblemRef)}
    known = plan.source
    return Kit(
        rubric=shown,
        chosen=dict(rubric.chosen),
        draws=draws,
        options={name: reference.problem(name).resolve_options({}) for name in sorted(problems)},
        gradients={name: dict(known.gradients(name)) for name in sorted(problems)},
        backgrounds=backgrounds,
        other_data=other_data,
    )


def _other_seed(seed: int) -> int:
    """Return the seed of a kit's data sets."""
    digest = hashlib.sha256(f"data sets of the kit, {seed}".encode()).digest()
    return int.from_bytes(digest[:8], "little")


def has_hidden_set(source: Source) -> bool:
    """Whether a probe is judged on examples of a data set that nobody sees."""
    return isinstance(source, DatasetRef) and not source.is_overfit


# --- the rubric ------------------------------------------------------------------------------


def _shown(rubric: Rubric, items: tuple[Item, ...]) -> Rubric:
    """Return a rubric without what its students are not to read."""
    asked = [one for item in items for one in item.asked]
    used = {one.probe for one in asked}
    return replace(
        rubric,
        seed=0,
        items=items,
        probes={
            name: _shown_probe(probe, [one for one in asked if one.probe == name])
            for name, probe in rubric.probes.items()
            if name in used
        },
        groups={
            name: group
            for name, group in rubric.groups.items()
            if any(one.group == name for one in asked)
        },
        waivers=tuple(_shown_waivers(rubric.waivers, items)),
        digest="",
        adapters={},
        options=(),
        chosen={},
        level=0,
    )


def _shown_probe(probe: Probe, asked: Iterable[Item]) -> Probe:
    """Return a probe without answers that only hidden items ask for; its draws are nobody's own."""
    names = {name for item in asked for name in (*item.answers, *item.given)}
    answers = {name: told for name, told in probe.answers.items() if name in names}
    return replace(probe, answers=answers, per_student=False)


def _shown_waivers(waivers: Iterable[Waiver], items: Iterable[Item]) -> Iterator[Waiver]:
    for waiver in waivers:
        waived = tuple(
            item.id
            for item in items
            if any(fnmatchcase(item.id, pattern) for pattern in waiver.items)
        )
        if waived:
            yield replace(waiver, items=waived)


# --- the draws -------------------------------------------------------------------------------


def _further(probe: Probe, asked: Iterable[Item]) -> Iterator[DrawKey]:
    """Yield the draws that are asked for only where the first ones have left a doubt."""
    if isinstance(probe.source, ProblemRef) and any(item.check in COMPARED for item in asked):
        for case in probe.cases:
            for index in range(case.draws, case.draws + FURTHER_DRAWS):
                yield DrawKey(probe.id, case.name, index)


def _names_of(plan: Plan, probe: Probe, asked: Iterable[Item]) -> frozenset[str]:
    """Return the answers whose right values judging takes: those asked for, and their losses."""
    names: set[str] = set()
    for item in asked:
        names.update((*item.answers, *item.given))
        if isinstance(probe.source, ProblemRef) and _looks_at_loss(item):
            gradients = plan.source.gradients(probe.source.id)
            names.update(gradients[name].of for name in item.answers if name in gradients)
    return frozenset(names)


def _hidden_names(rubric: Rubric, probe: Probe, asked: Iterable[Item]) -> frozenset[str]:
    """Return the answers that only items ask for which are not shown."""
    every = {name for item in rubric.asked if item.probe == probe.id for name in item.answers}
    return frozenset(every - {name for item in asked for name in item.answers})


def _looks_at_loss(item: Item) -> bool:
    return item.carried > 0 or item.parameters.get("method") == "numeric"


def _shown_draw(draw: Draw, names: frozenset[str]) -> Draw:
    expected = {
        convention: {name: _plain(one) for name, one in right.items() if name in names}
        for convention, right in draw.expected.items()
    }
    evidence = {n: value for n, value in draw.certificate.items() if n in names or n == "margin"}
    return replace(draw, expected=expected, certificate=evidence)


def _plain(expected: Expected) -> Expected:
    """Return what is right with its stabilised values in a form that needs no reference."""
    found = expected.stabilised
    if not found:
        return expected
    names = tuple(found)
    others: Mapping[str, Array]
    if isinstance(found, Combined):
        others = Combinations(
            names=names,
            coefficients=found.coefficients,
            basis=found.basis,
            origin=found.origin,
        )
    else:
        others = Stack(names=names, arrays=np.stack(list(found.values())))
    return replace(expected, stabilised=others)


def _other_data(
    plan: Plan, probe: Probe, asked: Iterable[Item], key: DrawKey
) -> dict[tuple[DrawKey, str, str], OtherData]:
    """Return other data for what may be carried forward from the student's own wrong loss."""
    source = probe.source
    if not isinstance(source, ProblemRef) or not probe.loss:
        return {}
    found: dict[tuple[DrawKey, str, str], OtherData] = {}
    gradients = plan.source.gradients(source.id)
    for item in asked:
        for answer in item.answers:
            if not item.carried or answer not in gradients:
                continue
            for convention in ({}, *plan.conventions(item)):
                full = plan.source.options(source, convention)
                other = plan.source.other_data(
                    ProblemRef(id=source.id, options=full), plan.draw(key), answer
                )
                if other is not None:
                    found[key, answer, options_text(full)] = other
    return found


def _backgrounds(
    plan: Plan, item: Item, keys: Iterable[DrawKey], names: frozenset[str]
) -> dict[tuple[DrawKey, str], Background]:
    return {
        (key, convention_name(convention)): _shown_background(
            plan.background(item, key, convention), names
        )
        for key in keys
        for convention in plan.conventions(item)
    }


def _shown_background(known: Background, names: frozenset[str]) -> Background:
    """Return what mistakes make of visible answers."""
    edits = {
        key: {name: array for name, array in answers.items() if name in names}
        for key, answers in known.edits.items()
    }
    edits = {key: answers for key, answers in edits.items() if answers}
    return Background(
        sizes=known.sizes,
        parts={name: parts for name, parts in known.parts.items() if name in names},
        edits=edits,
        examples={name: each for name, each in known.examples.items() if name in names},
        clauses={key: known.clauses[key] for key in edits},
    )
