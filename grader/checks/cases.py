"""What do the draws of all cases say together about one item?

The common course of the checks that compare with the reference: every answer on every draw, doubt
answered by further draws, credit by the weights of cases and answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from grader.checks.comparison import Comparison, compare
from grader.checks.registry import NeedMore, Question
from grader.records import DrawKey, Evidence, Item, Outcome, Verdict

MORE_DRAWS = 3
"""How many further draws a case in doubt is given before a person has to look."""

Results = Mapping[str, Mapping[str, Mapping[DrawKey, Comparison]]]
"""Answer -> case -> draw -> comparison."""


def judge(question: Question, noun: str) -> Verdict | NeedMore:
    """Return the verdict on an item whose answers have right values.

    Parameters
    ----------
    question
        The item with its draws and answers.
    noun
        What the answers are, for the message: "value", "gradient".
    """
    results = _compare_all(question)
    more = list(_draws_wanted(results))
    if more:
        return NeedMore(keys=more)
    outcomes = {
        (answer, case): _of_case(comparisons)
        for answer, cases in results.items()
        for case, comparisons in cases.items()
    }
    credit = credit_of(question.item, outcomes)
    return Verdict(
        outcome=_overall(question.item, outcomes, credit),
        credit=credit,
        message=_message(results, outcomes, noun),
        evidence=tuple(_evidence(results)),
        notes=tuple(sorted(_notes(results))),
    )


def _compare_all(question: Question) -> Results:
    results: dict[str, dict[str, dict[DrawKey, Comparison]]] = {}
    for answer in question.item.answers:
        cases = results.setdefault(answer, {})
        for key, draw in question.draws.items():
            right = draw.expected[question.convention][answer]
            came = question.answers[key][answer]
            cases.setdefault(key.case, {})[key] = compare(answer, came, right)
    return results


def _draws_wanted(results: Results) -> Iterable[DrawKey]:
    """Yield the next draw of every case that is in doubt and may have another one."""
    wanted = set()
    for cases in results.values():
        for case, comparisons in cases.items():
            unsure = sum(c.outcome is Outcome.UNSURE for c in comparisons.values())
            if _of_case(comparisons) is Outcome.UNSURE and unsure <= MORE_DRAWS:
                probe = next(iter(comparisons)).probe
                index = max(key.index for key in comparisons) + 1
                wanted.add(DrawKey(probe, case, index))
    return sorted(wanted)


def _of_case(comparisons: Mapping[DrawKey, Comparison]) -> Outcome:
    """Return one outcome for all draws of a case.

    A draw that fails decides. A draw in doubt is outvoted once more draws than are in doubt have
    been found right.
    """
    decided = [c.outcome for c in comparisons.values() if c.outcome is not Outcome.UNSURE]
    for outcome in decided:
        if outcome is not Outcome.CORRECT:
            return outcome
    doubtful = len(comparisons) - len(decided)
    return Outcome.CORRECT if len(decided) > doubtful else Outcome.UNSURE


def credit_of(item: Item, outcomes: Mapping[tuple[str, str], Outcome]) -> Decimal:
    """Return the share of an item's points that its outcomes earn, 0 to 1.

    Parameters
    ----------
    item
        With the weights of its cases and of its answers, each summing to 1, or none.
    outcomes
        (answer, case) -> outcome.

    Notes
    -----
    An answer earns the weights of the cases that it is right in. A case without a weight is a
    guard: failing it fails the first-named part. Without weights all cases stand together, and
    without weights of answers all answers do.
    """
    cases = list(dict.fromkeys(case for _, case in outcomes))
    case_weights = item.case_weights or {cases[0]: Decimal(1)}
    first = next(iter(case_weights))
    guards = [case for case in cases if case not in case_weights]
    answer_groups: list[tuple[Decimal, tuple[str, ...]]] = (
        [(weight, (answer,)) for answer, weight in item.answer_weights.items()]
        if item.answer_weights
        else [(Decimal(1), item.answers)]
    )
    credit = Decimal(0)
    for answer_weight, answers in answer_groups:
        for case, weight in case_weights.items():
            needed = [case, *guards] if case == first else [case]
            if all(outcomes[a, c] is Outcome.CORRECT for a in answers for c in needed):
                credit += answer_weight * weight
    return credit


def _overall(item: Item, outcomes: Mapping[tuple[str, str], Outcome], credit: Decimal) -> Outcome:
    """Return the item's outcome; a doubt that could not change the credit is none."""
    found = list(outcomes.values())
    if all(outcome is Outcome.CORRECT for outcome in found):
        return Outcome.CORRECT
    hoped = {
        where: Outcome.CORRECT if outcome is Outcome.UNSURE else outcome
        for where, outcome in outcomes.items()
    }
    if credit_of(item, hoped) != credit:
        return Outcome.UNSURE
    if credit > 0:
        return Outcome.PARTIAL
    failures = (Outcome.CORRECT, Outcome.UNSURE)
    return next(outcome for outcome in found if outcome not in failures)


def _message(results: Results, outcomes: Mapping[tuple[str, str], Outcome], noun: str) -> str:
    """Say in a sentence what is wrong, where, and where it is right."""
    right = [where for where, outcome in outcomes.items() if outcome is Outcome.CORRECT]
    failed = [where for where, outcome in outcomes.items() if outcome is not Outcome.CORRECT]
    if not failed:
        return f"The {noun} is right on all {_count(results)} draws."
    answer, case = failed[0]
    comparisons = results[answer][case]
    worst = next(c for c in comparisons.values() if c.outcome is outcomes[answer, case])
    sentence = f"In case {case}: {worst.detail}."
    also = sorted({f"{a} in case {c}" for a, c in failed[1:]})
    if also:
        sentence += f" Not right either: {', '.join(also)}."
    if right:
        sentence += f" Right: {', '.join(f'{a} in case {c}' for a, c in right)}."
    return sentence


def _count(results: Results) -> int:
    return len({key for cases in results.values() for drawn in cases.values() for key in drawn})


def _evidence(results: Results) -> Iterable[Evidence]:
    for answer, cases in results.items():
        for comparisons in cases.values():
            for key, comparison in comparisons.items():
                yield Evidence(
                    draw=str(key),
                    answer=answer,
                    outcome=comparison.outcome,
                    deviation=comparison.deviation,
                    detail=comparison.detail,
                )


def _notes(results: Results) -> set[str]:
    return {
        f"{answer}: {comparison.note}"
        for answer, cases in results.items()
        for comparisons in cases.values()
        for comparison in comparisons.values()
        if comparison.note
    }
