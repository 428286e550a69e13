"""How good is what a notebook's stored output says? The student's claim: nothing was run for it."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from grader.checks.comparison import told_of
from grader.checks.messages import as_sentence
from grader.checks.registry import NeedMore, Question
from grader.checks.training import on_the_curve
from grader.records import Answer, Evidence, Failed, Outcome, Verdict

CLAIM = "the student's claim: read from stored output, nothing was run for it"


def step(question: Question) -> Verdict | NeedMore:
    """Give the points for a recorded accuracy; of several answers the best one counts.

    ``accuracy``, ``zero_at`` as of the check ``training``; ``unit`` says whether the output has
    shares or percent. What is neither is left to a person.
    """
    parameters = question.item.parameters
    asked = float(parameters["accuracy"])
    scale = 100.0 if parameters.get("unit") == "percent" else 1.0
    (key,) = question.draws
    tried = [
        (name, *_claimed(question.answers[key][name], scale)) for name in question.item.answers
    ]
    _, best, outcome, detail = max(tried, key=lambda one: (one[1], one[2] is Outcome.UNSURE))
    credit = Decimal(0)
    if outcome is Outcome.CORRECT:
        credit, outcome = _earned(best, asked, float(parameters.get("zero_at", -1.0)))
        detail += f"; {asked:.1%} is asked for"
    return Verdict(
        outcome=outcome,
        credit=credit,
        message=f"{as_sentence(detail)}.",
        evidence=tuple(
            Evidence(draw=str(key), answer=name, outcome=came, deviation=1.0 - share, detail=told)
            for name, share, came, told in tried
        ),
        notes=(CLAIM,) if np.isfinite(best) else (),
        accuracy=best if np.isfinite(best) else None,
    )


def _earned(reached: float, asked: float, zero_at: float) -> tuple[Decimal, Outcome]:
    if reached >= asked:
        return Decimal(1), Outcome.CORRECT
    credit = on_the_curve(reached, zero_at, asked) if zero_at >= 0 else Decimal(0)
    # A whole percent that rounds up to what is asked for has all of it.
    if credit == 1:
        return credit, Outcome.CORRECT
    return credit, Outcome.PARTIAL if credit else Outcome.WRONG


def _claimed(answer: Answer, scale: float) -> tuple[float, Outcome, str]:
    """Return the share that an answer claims, what came of it, and a clause."""
    if isinstance(answer, Failed):
        return -np.inf, answer.outcome, told_of(answer)
    if answer.value.size != 1 or answer.value.dtype.kind == "c":
        return -np.inf, Outcome.UNSURE, "what is recorded is not one number"
    number = float(answer.value.reshape(()))
    share = number / scale
    if not 0 <= share <= 1:
        told = f"the stored output says {number:g}, which is no accuracy as it is asked for"
        return -np.inf, Outcome.UNSURE, f"{told}: a person has to look"
    return share, Outcome.CORRECT, f"the stored output says {share:.1%}"
