"""What do the answers of one submission come to? Every check's steps, until each has decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from grader.checks import CHECKS, NeedMore, Question
from grader.checks.draws import Convention, convention_name, keys_of
from grader.grading.plan import Plan
from grader.records import Answer, DrawKey, Failed, Item, Outcome, Returned, Verdict
from grader.scoring.sheet import points_of

Ask = Callable[[DrawKey], Mapping[str, Answer]]
_OPEN_TO_MISSING_FILES = frozenset(
    {Outcome.NOT_SUBMITTED, Outcome.NOT_IMPLEMENTED, Outcome.LOAD_FAILED, Outcome.RAISED}
)
_OPEN_TO_DOUBT = frozenset({Outcome.WRONG, Outcome.RAISED, Outcome.LOAD_FAILED})


def judge_all(plan: Plan, ask: Ask) -> tuple[dict[str, Verdict], dict[str, str]]:
    """Return every item's verdict, and the convention that each group holds to.

    Parameters
    ----------
    plan
        The items with their draws.
    ask
        Gives a submission's answers on a draw, from what it has answered or by asking it.
    """
    verdicts: dict[str, Verdict] = {}
    conventions: dict[str, str] = {}
    for items in _grouped(plan.items):
        group = items[0].group
        name, judged = _under_best_convention(plan, items, ask)
        verdicts.update(judged)
        if group is not None:
            conventions[group] = name
    return verdicts, conventions


def mark_untouched(
    plan: Plan, verdicts: Mapping[str, Verdict], ask: Ask, starter: Ask
) -> dict[str, Verdict]:
    """Return the verdicts with "not implemented" where nothing differs from the starter.

    Parameters
    ----------
    plan, verdicts
        The items and what was found of them.
    ask, starter
        Give the submission's and the untouched starter's answers on a draw.
    """
    return {
        item.id: _not_implemented(verdict)
        if verdict.outcome in _OPEN_TO_DOUBT and _is_untouched(plan, item, ask, starter)
        else verdict
        for item, verdict in ((item, verdicts[item.id]) for item in plan.items)
    }


def _grouped(items: Sequence[Item]) -> list[list[Item]]:
    """Return the items in lists: those of one group together, any other alone."""
    lists: dict[str, list[Item]] = {}
    for item in items:
        name = f"group {item.group}" if item.group else f"item {item.id}"
        lists.setdefault(name, []).append(item)
    return list(lists.values())


def _under_best_convention(
    plan: Plan, items: Sequence[Item], ask: Ask
) -> tuple[str, dict[str, Verdict]]:
    """Judge items under each accepted convention; one of them holds for all.

    The convention that can earn most points is taken: what is undecided could still earn all of
    its points. Of equals it is the one that has earned most, and then the first-named one.
    """
    tried = []
    for convention in plan.conventions(items[0]):
        judged = {item.id: _judge(plan, item, convention, ask) for item in items}
        points = [(item.points, points_of(item, judged[item.id])) for item in items]
        earned = sum((p for _, p in points if p is not None), Decimal(0))
        hoped = sum((most if p is None else p for most, p in points), Decimal(0))
        tried.append(((hoped, earned), convention_name(convention), judged))
    _, name, judged = max(tried, key=lambda trial: trial[0])
    return name, judged


def _judge(plan: Plan, item: Item, convention: Convention, ask: Ask) -> Verdict:
    keys = list(keys_of(plan.rubric.probes[item.probe]))
    while True:
        question = Question(
            item=item,
            draws={key: plan.draw(key) for key in keys},
            answers={key: ask(key) for key in keys},
            convention=convention_name(convention),
        )
        decided = CHECKS[item.check](question)
        if not isinstance(decided, NeedMore):
            return decided
        keys += decided.keys


def leave_open(verdicts: Mapping[str, Verdict], problems: Sequence[str]) -> dict[str, Verdict]:
    """Return the verdicts of a submission of which not all could be read.

    What is missing there may be what an item lacks: nobody loses points by it before a person
    has looked.
    """
    reason = f"Not decided, since not everything could be read: {'; '.join(problems)}."
    return {
        item: replace(verdict, outcome=Outcome.UNSURE, message=f"{reason} {verdict.message}")
        if verdict.outcome in _OPEN_TO_MISSING_FILES
        else verdict
        for item, verdict in verdicts.items()
    }


def _is_untouched(plan: Plan, item: Item, ask: Ask, starter: Ask) -> bool:
    return all(
        _is_same(ask(key)[answer], starter(key)[answer])
        for key in keys_of(plan.rubric.probes[item.probe])
        for answer in item.answers
    )


def _is_same(answer: Answer, other: Answer) -> bool:
    """Return whether two answers are alike: the same bits, or the same failure."""
    match answer, other:
        case Returned(), Returned():
            return bool(
                answer.value.shape == other.value.shape
                and answer.value.tobytes() == other.value.tobytes()
            )
        case Failed(), Failed():
            return (answer.outcome, answer.exception, answer.message) == (
                other.outcome,
                other.exception,
                other.message,
            )
    return False


def _not_implemented(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        outcome=Outcome.NOT_IMPLEMENTED,
        message=f"This part answers just as the untouched template does. {verdict.message}",
    )
