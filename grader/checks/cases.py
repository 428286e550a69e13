"""What do the draws of all cases say together about one item?

The common course of the checks that compare with what is right: every answer on every draw, doubt
answered by further draws, a wrong answer that follows from an earlier one looked into, credit by
the weights of cases and answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np

from grader.checks import messages
from grader.checks.carried import carried
from grader.checks.comparison import PERHAPS_SINGLE, SINGLE, Comparison, compare
from grader.checks.factor import common_factor
from grader.checks.messages import Outcomes, Results
from grader.checks.registry import NeedMore, Question
from grader.records import Draw, DrawKey, Evidence, Item, Outcome, Returned, Verdict

MORE_DRAWS = 3
"""How many further draws a case in doubt is given before a person has to look."""

CERTIFIED = "certified"
"""Key of a draw's certificate that is 0 where it has none: such a draw fails nobody."""

NOT_KNOWN_HERE = "left open, since whether it follows from an earlier answer is not known here"
"""Note of a verdict that the reference could decide."""

Cell = tuple[str, str]


def judge(question: Question, noun: str) -> Verdict | NeedMore:
    """Return the verdict on an item whose answers have right values.

    Parameters
    ----------
    question
        The item with its draws and answers.
    noun
        What the answers are, for the message: "value", "gradient".
    """
    return decide(question, noun, compare_all(question))


def decide(question: Question, noun: str, results: Results) -> Verdict | NeedMore:
    """Return the verdict that follows from comparisons, however they were made."""
    results = _forgiving(question, results)
    more = list(_draws_wanted(results))
    if more:
        return NeedMore(keys=more)
    outcomes = {
        (answer, case): _of_case(comparisons)
        for answer, cases in results.items()
        for case, comparisons in cases.items()
    }
    reasons: Mapping[Cell, str] = {}
    unknown: Mapping[Cell, str] = {}
    if question.item.carried > 0:
        wrong = [cell for cell, outcome in outcomes.items() if outcome is Outcome.WRONG]
        known = {cell: question.follows[cell] for cell in wrong if cell in question.follows}
        left = [cell for cell in wrong if cell not in known]
        found = carried(question, left, _wrong_draws(results))
        if found.wanted:
            return NeedMore(sweeps=found.wanted)
        reasons, unknown = {**known, **found.reasons}, found.open
    verdict = _verdict(question, noun, results, outcomes, reasons)
    return _open(question.item, verdict, outcomes, reasons, unknown) if unknown else verdict


def _open(
    item: Item,
    verdict: Verdict,
    outcomes: Outcomes,
    reasons: Mapping[Cell, str],
    unknown: Mapping[Cell, str],
) -> Verdict:
    """Leave a verdict undecided where what follows from earlier answers could earn something."""
    if credit_of(item, outcomes, {**reasons, **unknown}) == credit_of(item, outcomes, reasons):
        return verdict
    (answer, _), named = next(iter(unknown.items()))
    told = (
        f"Not decided here: {answer} may be right for your own {named}, which cannot be told "
        f"without the reference. Mend {named} first."
    )
    return replace(
        verdict,
        outcome=Outcome.UNSURE,
        credit=Decimal(0),
        message=f"{verdict.message} {told}",
        notes=(*verdict.notes, NOT_KNOWN_HERE),
    )


def _verdict(
    question: Question,
    noun: str,
    results: Results,
    outcomes: Outcomes,
    reasons: Mapping[Cell, str],
) -> Verdict:
    credit = credit_of(question.item, outcomes, reasons)
    mutated = sorted({name for names in question.mutated.values() for name in names})
    outcome = _overall(question.item, outcomes, credit, reasons)
    if mutated and question.item.mutated < 1:
        credit *= question.item.mutated
        outcome = Outcome.PARTIAL if outcome is Outcome.CORRECT and credit > 0 else outcome
    return Verdict(
        outcome=outcome,
        credit=credit,
        message=_message(question, noun, results, outcomes, reasons),
        evidence=tuple(_evidence(results)),
        notes=(*sorted(_notes(results)), *_mutations(mutated)),
        details=""
        if question.item.visibility == "hidden"
        else messages.details(results, question.draws, question.answers, question.convention),
    )


# --- comparisons -----------------------------------------------------------------------------


def compare_all(question: Question) -> Results:
    """Return every answer on every draw compared with the reference's."""
    results: dict[str, dict[str, dict[DrawKey, Comparison]]] = {}
    for answer in question.item.answers:
        compared = {
            key: _doubted(
                draw,
                compare(
                    answer,
                    question.answers[key][answer],
                    draw.expected[question.convention][answer],
                ),
            )
            for key, draw in question.draws.items()
        }
        compared = _without_a_factor(question, answer, compared)
        allowed = bool(question.item.parameters.get("stabilised", True))
        cases = results.setdefault(answer, {})
        is_double = question.item.parameters.get("precision") == "double"
        for key, comparison in _with_one_stabiliser(compared, allowed).items():
            settled = _as_exact_as_asked(answer, comparison) if is_double else comparison
            cases.setdefault(key.case, {})[key] = settled
    return results


def _forgiving(question: Question, results: Results) -> Results:
    """Leave in doubt what ran out of time on a draw that was asked for because of the doubt.

    Nobody loses points by being asked more than others.
    """
    return {
        answer: {
            case: {
                key: replace(c, outcome=Outcome.UNSURE)
                if key in question.further and c.outcome is Outcome.TIMED_OUT
                else c
                for key, c in found.items()
            }
            for case, found in cases.items()
        }
        for answer, cases in results.items()
    }


def _doubted(draw: Draw, comparison: Comparison) -> Comparison:
    """Leave numbers that are off on a draw without a certificate to a person: it fails nobody."""
    is_refused = draw.certificate.get(CERTIFIED, 1.0) == 0.0
    is_wrong = comparison.outcome is Outcome.WRONG and comparison.is_by_numbers
    if is_refused and is_wrong:
        return replace(comparison, outcome=Outcome.UNSURE)
    return comparison


def _without_a_factor(
    question: Question, answer: str, compared: dict[DrawKey, Comparison]
) -> dict[DrawKey, Comparison]:
    """Leave to a person what was taken for single precision and has one factor on all draws."""
    taken = (SINGLE, PERHAPS_SINGLE)
    if not all(any(one in c.note for one in taken) for c in compared.values()):
        return compared
    pairs = []
    for key in compared:
        came = question.answers[key][answer]
        assert isinstance(came, Returned), "only numbers are taken for anything"
        right = question.draws[key].expected[question.convention][answer].value
        pairs.append((came.value.real.reshape(right.shape).astype(np.float64), right))
    factor = common_factor(pairs)
    if factor is None:
        return compared
    detail = f"{answer} is {factor:.9g} times what is right, on every draw"
    return {
        key: replace(c, outcome=Outcome.UNSURE, detail=detail, note="")
        for key, c in compared.items()
    }


def _as_exact_as_asked(answer: str, comparison: Comparison) -> Comparison:
    """Refuse what may have come from finite differences, where the rubric says so."""
    if PERHAPS_SINGLE not in comparison.note:
        return comparison
    detail = f"{answer} is {PERHAPS_SINGLE}; here it must be exact"
    return replace(comparison, outcome=Outcome.WRONG, detail=detail, note="")


def _with_one_stabiliser(
    compared: Mapping[DrawKey, Comparison], allowed: bool
) -> dict[DrawKey, Comparison]:
    """Hold an answer that is right up to a stabiliser to the same one on all draws.

    Where none reproduces it on all of them, or where other draws are right to single precision
    only, it is single precision that met a stabiliser by chance, if that explains it as well.
    """
    found = [c.stabilisers for c in compared.values() if c.stabilisers]
    common = sorted(frozenset.intersection(*found)) if found else []
    is_single = any(
        single in c.note
        for c in compared.values()
        if not c.stabilisers
        for single in (SINGLE, PERHAPS_SINGLE)
    )
    settled = {}
    for key, comparison in compared.items():
        may_be_single = comparison.as_single and (is_single or not common)
        if not comparison.stabilisers:
            settled[key] = comparison
        elif may_be_single and not (common and allowed):
            note = f"{comparison.note}; {comparison.as_single}".lstrip("; ")
            settled[key] = replace(comparison, note=note)
        elif common and allowed:
            note = f"{comparison.note}; right up to a stabiliser, {common[0]}".lstrip("; ")
            settled[key] = replace(comparison, note=note)
        else:
            detail = f"it is right only up to a stabiliser, {min(comparison.stabilisers)}"
            settled[key] = replace(comparison, outcome=Outcome.WRONG, detail=detail)
    return settled


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


def _wrong_draws(results: Results) -> dict[Cell, list[DrawKey]]:
    """Return for each answer in each case the draws that are wrong."""
    return {
        (answer, case): [key for key, c in found.items() if c.outcome is Outcome.WRONG]
        for answer, cases in results.items()
        for case, found in cases.items()
    }


# --- credit ----------------------------------------------------------------------------------


def credit_of(item: Item, outcomes: Outcomes, carried: Collection[Cell] = ()) -> Decimal:
    """Return the share of an item's points that its outcomes earn, 0 to 1.

    Parameters
    ----------
    item
        With the weights of its cases and of its answers, each summing to 1, or none.
    outcomes
        (answer, case) -> outcome.
    carried
        Answers in cases that are wrong and follow from an earlier mistake: a part of which all
        others are right earns the item's carried share of its weight.

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
            wrong = {
                (a, c) for a in answers for c in needed if outcomes[a, c] is not Outcome.CORRECT
            }
            if not wrong:
                credit += answer_weight * weight
            elif wrong <= set(carried):
                credit += answer_weight * weight * item.carried
    return credit


def _overall(item: Item, outcomes: Outcomes, credit: Decimal, carried: Collection[Cell]) -> Outcome:
    """Return the item's outcome; a doubt that could not change the credit is none."""
    found = list(outcomes.values())
    if all(outcome is Outcome.CORRECT for outcome in found):
        return Outcome.CORRECT
    hoped = {
        where: Outcome.CORRECT if outcome is Outcome.UNSURE else outcome
        for where, outcome in outcomes.items()
    }
    if credit_of(item, hoped, carried) != credit:
        return Outcome.UNSURE
    if credit > 0:
        return Outcome.PARTIAL
    failures = (Outcome.CORRECT, Outcome.UNSURE)
    return next(outcome for outcome in found if outcome not in failures)


# --- words -----------------------------------------------------------------------------------


def _message(
    question: Question,
    noun: str,
    results: Results,
    outcomes: Outcomes,
    reasons: Mapping[Cell, str],
) -> str:
    if all(outcome is Outcome.CORRECT for outcome in outcomes.values()):
        count = len(
            {key for cases in results.values() for drawn in cases.values() for key in drawn}
        )
        return messages.all_right(noun, count)
    told = messages.sentence(results, outcomes, question.draws)
    earned = credit_of(question.item, outcomes, reasons)
    if reasons and earned > credit_of(question.item, outcomes):
        clause = next(iter(reasons.values()))
        told += f" Carried forward: {clause}."
    return told


def _mutations(mutated: Collection[str]) -> list[str]:
    return [f"your code changes its input in place: {', '.join(mutated)}"] if mutated else []


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
