"""What does a wrong item's author read? The verdict with what is wrong put first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.checks import COMPARED, Question, typed
from grader.checks.cases import NOT_KNOWN_HERE
from grader.checks.draws import Convention, convention_name
from grader.diagnosis import Sample, diagnose
from grader.errors import GraderError
from grader.grading.plan import Plan
from grader.grading.witness import Witness
from grader.records import Answer, DrawKey, Item, Outcome, Verdict

FAULT = "no cause was found, by a fault of the grader"
"""How a note begins that a verdict has where looking for its cause failed."""
_DIAGNOSED = frozenset({Outcome.WRONG, Outcome.PARTIAL})


def explained(
    plan: Plan, item: Item, verdict: Verdict, convention: Convention, witness: Witness
) -> Verdict:
    """Return a verdict with the diagnosis of its wrong answers, where there is something to say.

    What is wrong with the grader's own search for a cause costs the cause, never the verdict.

    Parameters
    ----------
    plan, item
        What was asked.
    verdict
        What was found, by comparison with the reference.
    convention
        The one that it was judged by.
    witness
        The submission, for the answers on the draws that were judged.
    """
    try:
        return _diagnosed(plan, item, verdict, convention, witness)
    except GraderError:
        raise
    except Exception as error:  # noqa: BLE001 - the verdict stands, whatever its explanation runs into
        told = f"{FAULT} ({type(error).__name__}: {error})"
        return replace(verdict, notes=(*verdict.notes, told))


def _diagnosed(
    plan: Plan, item: Item, verdict: Verdict, convention: Convention, witness: Witness
) -> Verdict:
    is_diagnosed = verdict.outcome in _DIAGNOSED or NOT_KNOWN_HERE in verdict.notes
    if not is_diagnosed or item.check not in COMPARED:
        return verdict
    seen = {evidence.draw for evidence in verdict.evidence}
    wrong = {e.answer for e in verdict.evidence if e.outcome is Outcome.WRONG}
    accepted = {(e.draw, e.answer) for e in verdict.evidence if e.outcome is Outcome.CORRECT}
    keys = [key for key in plan.draws if key.probe == item.probe and str(key) in seen]
    answers = _numbers(plan, item, convention, {key: witness.ask(key) for key in keys})
    samples = [
        Sample(
            case=key.case,
            inputs=plan.draw(key).inputs,
            right=plan.draw(key).expected[convention_name(convention)],
            answers=answers[key],
            background=plan.background(item, key, convention),
            accepted=frozenset(name for draw, name in accepted if draw == str(key)),
        )
        for key in keys
    ]
    diagnosis = diagnose([name for name in item.answers if name in wrong], samples)
    if diagnosis is None:
        return verdict
    told = [diagnosis.sentence, verdict.message]
    if not diagnosis.name:
        told.reverse()
    return replace(verdict, message=" ".join(told), diagnosis=diagnosis)


def _numbers(
    plan: Plan,
    item: Item,
    convention: Convention,
    answers: Mapping[DrawKey, Mapping[str, Answer]],
) -> Mapping[DrawKey, Mapping[str, Answer]]:
    """Return the answers as numbers: formulas worked out on their draws."""
    if item.check != "formula":
        return answers
    question = Question(
        item=item,
        draws={key: plan.draw(key) for key in answers},
        answers=answers,
        convention=convention_name(convention),
        problem=plan.problem(item, convention),
    )
    return typed.evaluated(question)
