"""What do the draws of all cases say together about one item?

The common course of the checks that compare with the reference: every answer on every draw, doubt
answered by further draws, credit by the weights of cases and answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from grader.checks.comparison import Comparison, compare
from grader.checks.registry import NeedMore, Question
from grader.records import Draw, DrawKey, Evidence, Item, Outcome, Verdict

MORE_DRAWS = 3
"""How many further draws a case in doubt is given before a person has to look."""

Results = Mapping[str, Mapping[str, Mapping[DrawKey, Comparison]]]
"""Answer -> case -> draw -> comparison."""
Outcomes = Mapping[tuple[str, str], Outcome]
"""(Answer, case) -> outcome."""


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
        message=_message(question, results, outcomes, noun),
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


def _message(question: Question, results: Results, outcomes: Outcomes, noun: str) -> str:
    """Say in a sentence what is wrong, where, and where it is right."""
    failed = [where for where, outcome in outcomes.items() if outcome is not Outcome.CORRECT]
    if not failed:
        return f"The {noun} is right on all {_count(results)} draws."
    answer, case = failed[0]
    key, worst = next(
        (key, c) for key, c in results[answer][case].items() if c.outcome is outcomes[answer, case]
    )
    detail = worst.detail.rstrip(".")
    if worst.outcome not in (Outcome.WRONG, Outcome.UNSURE) and len(failed) == len(outcomes):
        return f"{detail}."
    sentence = f"In case {case} ({_sizes(question.draws[key])}): {detail}."
    others = [where for where in failed if where[0] != answer or where[1] != case]
    right = [where for where in outcomes if where not in failed]
    if others:
        sentence += f" Not right either: {_listed(others, outcomes)}."
    if right:
        sentence += f" Right: {_listed(right, outcomes)}."
    return sentence


def _sizes(draw: Draw) -> str:
    """Return a draw's sizes and numbers, ``N=7, D=5, reg=0.3``."""
    shown = ((n, v) for n, v in draw.inputs.items() if isinstance(v, (int, float)))
    return ", ".join(f"{name}={value:g}" for name, value in shown)


def _listed(places: list[tuple[str, str]], outcomes: Outcomes) -> str:
    """Return answers with their cases, cut short where an answer's cases are all there."""
    by_answer: dict[str, list[str]] = {}
    for answer, case in places:
        by_answer.setdefault(answer, []).append(case)
    is_alone = len({answer for answer, _ in outcomes}) == 1
    told = []
    for answer, cases in by_answer.items():
        is_everywhere = len(cases) == sum(1 for other, _ in outcomes if other == answer)
        where = "in all cases" if is_everywhere else f"in {', '.join(cases)}"
        told.append(where if is_alone else f"{answer} {where}")
    return "; ".join(told)


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
