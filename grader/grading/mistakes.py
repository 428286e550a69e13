"""Which known mistakes would a rubric let through? The catalogue's, answered without any student.

Each mistake of the catalogue is the reference with one thing changed; an additive part that is left
out (a penalty, one of two paths) is a mistake as well. What it answers on the draws of a rubric is
judged as a submission's answers are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

import reference
from grader.checks import COMPARED
from grader.checks.draws import convention_name
from grader.diagnosis import Background
from grader.diagnosis.background import background
from grader.diagnosis.catalogue import clause_of
from grader.diagnosis.guesses import name_of
from grader.grading.judging import judge_all
from grader.grading.plan import Plan
from grader.grading.ways import item_of
from grader.grading.witness import Witness
from grader.records import Answer, Array, DrawKey, Item, ProblemRef, Returned
from grader.scoring.sheet import points_of

_TRIES = 2
"""General draws of each regime on which a mistake may show."""
_SEED = 1
_LEFT_OUT = "part_missing"
_UNFIT = frozenset({"not_transposed", "truncated"})
"""Mistakes that cannot be made on every draw: whole numbers of small inputs are all 0, and a matrix
stands for its transpose where it is square alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the known mistakes in one problem come to.

    Parameters
    ----------
    items
        Those that ask for the problem's answers.
    tried
        Keys of the mistakes that change such an answer.
    free
        Those of them that lose no point of any item, each with its clause.
    lost
        Ids of the items of which some mistake loses points.
    """

    items: tuple[Item, ...]
    tried: tuple[str, ...]
    free: Mapping[str, str]
    lost: frozenset[str]


def trials(plan: Plan) -> Iterator[Trial]:
    """Yield what the known mistakes come to, problem by problem.

    Parameters
    ----------
    plan
        The items with all their draws.

    Notes
    -----
    A mistake is tried where it changes an answer that some item asks for, on general draws of the
    problem in every regime, whether the rubric has such a case or not; it is made in all items of
    that problem. What an accepted convention makes right is no mistake. Items whose answers are
    held against the student's own loss are left out: a mistake here has no loss of its own. One of
    several ways to earn an item is tried as an item of its own: whoever goes another way loses
    nothing, but nobody goes this one for nothing.
    """
    problems: dict[str, list[Item]] = {}
    for item in plan.asked:
        source = plan.rubric.probes[item.probe].source if item.check in COMPARED else None
        if isinstance(source, ProblemRef) and item.parameters.get("method") != "numeric":
            # A formula is judged by what it comes to, as a gradient that a function returns.
            asked = item if item.check != "formula" else replace(item, check="gradient")
            problems.setdefault(f"{source.id} {sorted(source.options.items())}", []).append(asked)
    for items in problems.values():
        yield _trial(plan, tuple(items))


def _trial(plan: Plan, items: tuple[Item, ...]) -> Trial:
    source = _source(plan, items[0])
    tried = tuple(_telling(source, {answer for item in items for answer in item.answers}))
    free: dict[str, str] = {}
    lost: set[str] = set()
    for mistake in tried:
        costs = _costs(plan, items, mistake)
        lost |= {item_of(name) for name in costs or ()}
        if costs is not None and not costs:
            free[mistake] = _clause(source, mistake)
    return Trial(items=items, tried=tried, free=free, lost=frozenset(lost))


def _source(plan: Plan, item: Item) -> ProblemRef:
    """Return an item's problem with all options, under its first convention."""
    source = plan.problem(item, plan.conventions(item)[0])
    assert source is not None, "only items with a problem are tried"
    return source


def _telling(source: ProblemRef, asked: Iterable[str]) -> Iterator[str]:
    """Yield the mistakes that change one of these answers on some draw of the problem."""
    problem, wanted = reference.problem(source.id), set(asked)
    rng = np.random.default_rng(_SEED)
    found: dict[str, None] = {}
    for regime in ("plain", *problem.regimes):
        for index in range(_TRIES):
            inputs = problem.inputs(rng, index=index, regime=regime, options=source.options)
            wrong = _wrong_answers(background(source.id, inputs, source.options))
            found |= dict.fromkeys(key for key in wrong if wanted & set(wrong[key]))
    yield from (key for key in found if name_of(key) not in _UNFIT)


def _wrong_answers(known: Background) -> dict[str, dict[str, Array]]:
    """Return the answers that each mistake changes on a draw, by its key."""
    wrong = {key: dict(changed) for key, changed in known.edits.items()}
    for answer, parts in known.parts.items():
        for left_out in parts:
            if np.any(parts[left_out]):
                rest = [part for name, part in parts.items() if name != left_out]
                wrong.setdefault(f"{_LEFT_OUT}:{left_out}", {})[answer] = np.asarray(sum(rest))
    return wrong


def _clause(source: ProblemRef, mistake: str) -> str:
    if name_of(mistake) == _LEFT_OUT:
        return f"the part “{mistake.partition(':')[2]}” is left out"
    return clause_of(source.id, mistake)


def _costs(plan: Plan, items: tuple[Item, ...], mistake: str) -> set[str] | None:
    """Return the items that lose points by a mistake; None where a convention makes it right."""
    convention = {item.probe: plan.conventions(item)[0] for item in items}

    def ask(key: DrawKey) -> Mapping[str, Answer]:
        item = next(item for item in items if item.probe == key.probe)
        right = plan.draw(key).expected[convention_name(convention[key.probe])]
        wrong = _wrong_answers(plan.background(item, key, convention[key.probe]))
        changed = wrong.get(mistake, {})
        return {
            name: Returned(value=np.asarray(changed.get(name, expected.value)))
            for name, expected in right.items()
        }

    verdicts, chosen = judge_all(replace(plan, items=items), Witness(ask=ask))
    lost = {item.id for item in items if points_of(item, verdicts[item.id]) != item.points}
    first = {item.group: convention_name(convention[item.probe]) for item in items if item.group}
    return None if not lost and chosen != first else lost
