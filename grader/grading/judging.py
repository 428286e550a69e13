"""What do the answers of one submission come to? Every check's steps, until each has decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from grader.checks import CHECKS, NeedMore, Question
from grader.checks.cases import NOT_KNOWN_HERE
from grader.checks.draws import Convention, convention_name, keys_of
from grader.checks.stability import instability
from grader.checks.training import OTHER_DATA_DECIDE
from grader.grading.explaining import explained
from grader.grading.plan import MAY_BE_RANDOM, Plan
from grader.grading.witness import Ask, NotRecordedError, Witness
from grader.records import (
    Answer,
    Diagnosis,
    DrawKey,
    Failed,
    Item,
    Outcome,
    Reply,
    Returned,
    SweepKey,
    Verdict,
)
from grader.scoring.sheet import points_of

_OPEN_TO_MISSING_FILES = frozenset(
    {Outcome.NOT_SUBMITTED, Outcome.NOT_IMPLEMENTED, Outcome.LOAD_FAILED, Outcome.RAISED}
)
_BY_NUMBERS = frozenset({Outcome.CORRECT, Outcome.PARTIAL, Outcome.WRONG, Outcome.UNSURE})
_OPEN_TO_DOUBT = frozenset({Outcome.WRONG, Outcome.RAISED, Outcome.LOAD_FAILED})
_LEFT_TO_THE_COURSE = frozenset({NOT_KNOWN_HERE, OTHER_DATA_DECIDE})
"""Notes of verdicts that a kit leaves open."""

Judged = tuple[Mapping[str, Verdict], Mapping[str, str]]
"""What was asked -> its verdict, and group -> the convention that it holds to."""
Settled = Mapping[tuple[str, str], Verdict]
"""(What was asked, name of a convention) -> its verdict."""


def judge_all(plan: Plan, witness: Witness) -> tuple[dict[str, Verdict], dict[str, str]]:
    """Return the verdict on all that is asked, and the convention that each group holds to.

    Parameters
    ----------
    plan
        The items with their draws.
    witness
        The submission.
    """
    verdicts: dict[str, Verdict] = {}
    conventions: dict[str, str] = {}
    settled = _settle_doubts(plan, witness)
    for items in _grouped(plan.asked):
        group = items[0].group
        convention, judged = _under_best_convention(plan, items, witness, settled)
        judged = {
            item.id: explained(plan, item, judged[item.id], convention, witness) for item in items
        }
        verdicts.update(judged)
        if group is not None:
            conventions[group] = convention_name(convention)
    return verdicts, conventions


def _settle_doubts(plan: Plan, witness: Witness) -> Settled:
    """Ask for all further draws before any loss is looked at along lines.

    A loss that hangs off its point uses up the time that the other items still need. What is
    returned are the verdicts that no look at a loss could change.
    """
    settled: dict[tuple[str, str], Verdict] = {}
    if not any(item.carried > 0 for item in plan.asked):
        return settled
    for item in plan.asked:
        if item.parameters.get("method") == "numeric":
            continue
        alone = replace(item, carried=Decimal(0))
        for convention in plan.conventions(item):
            verdict = _judge(plan, alone, convention, witness)
            is_wrong = any(e.outcome is Outcome.WRONG for e in verdict.evidence)
            if item.carried == 0 or not is_wrong:
                settled[item.id, convention_name(convention)] = verdict
    return settled


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
        if _may_be_untouched(verdict) and _is_untouched(plan, item, ask, starter)
        else verdict
        for item, verdict in ((item, verdicts[item.id]) for item in plan.asked)
    }


def mark_unstable(
    plan: Plan,
    verdicts: Mapping[str, Verdict],
    replies: Mapping[DrawKey, Reply],
    repeats: Mapping[DrawKey, Sequence[Reply]],
) -> dict[str, Verdict]:
    """Return the verdicts with "unstable" where the same question got two answers.

    Parameters
    ----------
    plan, verdicts
        The items and what was found of them.
    replies, repeats
        What was answered at first, and when the first draws were asked again.
    """
    found = {
        key.probe: instability(plan.draw(key), replies[key], again)
        for key, again in repeats.items()
    }
    return {
        item.id: _unstable(verdicts[item.id], item, found.get(item.probe, {}))
        for item in plan.asked
    }


def _unstable(verdict: Verdict, item: Item, found: Mapping[str, Diagnosis]) -> Verdict:
    told = [found[answer] for answer in item.answers if answer in found]
    if not told or verdict.outcome not in _BY_NUMBERS or item.check in MAY_BE_RANDOM:
        return verdict
    return replace(
        verdict,
        outcome=Outcome.UNSTABLE,
        credit=Decimal(0),
        message=told[0].sentence,
        diagnosis=told[0],
    )


def _grouped(items: Sequence[Item]) -> list[list[Item]]:
    """Return the items in lists: those of one group together, any other alone."""
    lists: dict[str, list[Item]] = {}
    for item in items:
        name = f"group {item.group}" if item.group else f"item {item.id}"
        lists.setdefault(name, []).append(item)
    return list(lists.values())


def _under_best_convention(
    plan: Plan, items: Sequence[Item], witness: Witness, settled: Settled
) -> tuple[Convention, dict[str, Verdict]]:
    """Judge items under each accepted convention; one of them holds for all.

    The convention that can earn most points is taken: what is undecided could still earn all of
    its points. Of equals it is the one that has earned most, and then the first-named one.
    """
    tried = []
    for convention in plan.conventions(items[0]):
        name = convention_name(convention)
        judged = {
            item.id: settled.get((item.id, name)) or _judge(plan, item, convention, witness)
            for item in items
        }
        points = [(item.points, points_of(item, judged[item.id])) for item in items]
        earned = sum((p for _, p in points if p is not None), Decimal(0))
        hoped = sum((most if p is None else p for most, p in points), Decimal(0))
        tried.append(((hoped, earned), convention, judged))
    _, chosen, judged = max(tried, key=lambda trial: trial[0])
    return chosen, judged


def _judge(plan: Plan, item: Item, convention: Convention, witness: Witness) -> Verdict:
    if not item.probe:
        told = "Marked by hand, and not marked yet."
        return Verdict(outcome=Outcome.AWAITING_MARK, credit=Decimal(0), message=told)
    probe = plan.rubric.probes[item.probe]
    first = tuple(keys_of(probe))
    keys = list(first)
    sweeps: dict[SweepKey, Answer] = {}
    while True:
        try:
            answers = {key: witness.ask(key) for key in keys}
        except NotRecordedError as error:
            return _needs_a_rerun(error)
        question = Question(
            item=item,
            draws={key: plan.draw(key) for key in keys},
            answers=answers,
            convention=convention_name(convention),
            problem=plan.problem(item, convention),
            has_loss=bool(probe.loss),
            sweeps=sweeps,
            mutated={key: witness.mutated(key) for key in keys},
            further=frozenset(keys).difference(first),
            known=plan.source,
        )
        decided = CHECKS[item.check](question)
        if not isinstance(decided, NeedMore):
            return decided
        keys += decided.keys
        try:
            sweeps |= {key: witness.sweep(key) for key in decided.sweeps}
        except NotRecordedError as error:
            return _needs_a_rerun(error)


def _needs_a_rerun(missing: NotRecordedError) -> Verdict:
    told = f"Not decided: {missing.remedy}, since nothing is recorded of {missing}."
    note = f"{missing.remedy}: nothing is recorded of {missing}"
    return Verdict(outcome=Outcome.UNSURE, credit=Decimal(0), message=told, notes=(note,))


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


def _may_be_untouched(verdict: Verdict) -> bool:
    return verdict.outcome in _OPEN_TO_DOUBT or not _LEFT_TO_THE_COURSE.isdisjoint(verdict.notes)


def _is_untouched(plan: Plan, item: Item, ask: Ask, starter: Ask) -> bool:
    try:
        return all(
            _is_same(ask(key)[answer], starter(key)[answer])
            for key in keys_of(plan.rubric.probes[item.probe])
            for answer in item.answers
        )
    except NotRecordedError:
        # Nobody can tell any more: the verdict stays as it is.
        return False


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
