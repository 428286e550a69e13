"""Is one worked number right: its sign, and its size as exactly as the rubric asks?"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np

from grader.checks.comparison import told_of
from grader.checks.messages import as_sentence
from grader.checks.registry import NeedMore, Question
from grader.records import Answer, Evidence, Failed, Outcome, Verdict

ROUNDING = 1e-9
"""Relative error that is none: of a fraction that was worked out with floating-point numbers."""


def step(question: Question) -> Verdict | NeedMore:
    """Judge one number against the rubric's ``value``, up to ``within``.

    What is found never tells the right number: it is the same for everybody.
    """
    (key,), (name,) = question.draws, question.item.answers
    right = Fraction(str(question.item.parameters["value"]))
    within = float(question.item.parameters.get("within", 0.0))
    outcome, off, detail = _judged(name, question.answers[key][name], right, within)
    evidence = Evidence(draw=str(key), answer=name, outcome=outcome, deviation=off, detail=detail)
    return Verdict(
        outcome=outcome,
        credit=Decimal(int(outcome is Outcome.CORRECT)),
        message=f"{as_sentence(detail)}.",
        evidence=(evidence,),
    )


def _judged(
    name: str, answer: Answer, right: Fraction, within: float
) -> tuple[Outcome, float, str]:
    """Return the outcome, the distance in units of what is allowed, and a clause."""
    if isinstance(answer, Failed):
        return answer.outcome, np.inf, told_of(answer)
    if answer.value.size != 1 or answer.value.dtype.kind == "c":
        told = f"the number {name} came as an array of shape {answer.value.shape}"
        return Outcome.WRONG, np.inf, told
    given = float(answer.value.reshape(()))
    if not np.isfinite(given):
        return Outcome.WRONG, np.inf, f"the number {name} is {given}"
    allowed = max(within * (1 + ROUNDING), ROUNDING * abs(float(right)), np.finfo(float).tiny)
    off = float(abs(Fraction(given) - right)) / allowed
    if off <= 1:
        return Outcome.CORRECT, off, f"the number {name} is right"
    if right and float(abs(Fraction(given) + right)) <= allowed:
        return (
            Outcome.WRONG,
            off,
            f"the number {name} = {given:.6g} has the right size, and the wrong sign",
        )
    return Outcome.WRONG, off, f"the number {name} = {given:.6g} is not right"
