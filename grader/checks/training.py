"""Does a training reach its accuracy, on examples whose labels never left the grader?

Where a rubric asks for overfitting, it is the accuracy on the training set itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from grader.checks.comparison import has_accepted_shape, told_of, wrong_shape
from grader.checks.draws import UNSEEN
from grader.checks.registry import NeedMore, Question
from grader.records import Answer, Array, Evidence, Failed, Outcome, Verdict


def step(question: Question) -> Verdict | NeedMore:
    """Judge predictions by their accuracy; of several answers the best one counts.

    The item's ``accuracy`` is the share of right predictions, 0 to 1, that earns all points.
    """
    asked = float(question.item.parameters["accuracy"])
    tried: list[tuple[float, Evidence]] = []
    for key, draw in question.draws.items():
        for name in question.item.answers:
            came = question.answers[key][name]
            reached, outcome, detail = accuracy_of(name, came, draw.withheld)
            if outcome is Outcome.CORRECT and reached < asked:
                outcome = Outcome.WRONG
            evidence = Evidence(
                draw=str(key), answer=name, outcome=outcome, deviation=1.0 - reached, detail=detail
            )
            tried.append((reached, evidence))
    best, evidence = max(tried, key=lambda pair: pair[0])
    credit = Decimal(1) if evidence.outcome is Outcome.CORRECT else Decimal(0)
    zero_at = float(question.item.parameters.get("zero_at", -1.0))
    if evidence.outcome is Outcome.WRONG and np.isfinite(best) and zero_at >= 0:
        credit = on_the_curve(best, zero_at, asked)
    message = f"{evidence.detail[0].upper()}{evidence.detail[1:]}; {asked:.1%} is asked for."
    return Verdict(
        outcome=Outcome.PARTIAL if 0 < credit < 1 else evidence.outcome,
        credit=credit,
        message=message if np.isfinite(best) else f"{evidence.detail}.",
        evidence=tuple(evidence for _, evidence in tried),
        accuracy=best if np.isfinite(best) else None,
    )


def on_the_curve(reached: float, zero_at: float, asked: float) -> Decimal:
    """Return the share of the points for an accuracy, in whole percent between the two ends.

    ECE C147/C247, homework 3: ``min(max(0, ⌊X − 28⌋) / 22, 1)`` with X in percent.

    >>> on_the_curve(0.4, zero_at=0.28, asked=0.5) == Decimal(12) / Decimal(22)
    True
    """
    above = max(0, math.floor(round(100.0 * (reached - zero_at), 9)))
    return min(Decimal(above) / Decimal(round(100.0 * (asked - zero_at))), Decimal(1))


def accuracy_of(
    name: str, answer: Answer, withheld: Mapping[str, Array]
) -> tuple[float, Outcome, str]:
    """Return the share of right predictions, what came of the answer, and a clause about it.

    The share is minus infinity where there are no predictions to count.
    """
    ((which, labels),) = withheld.items()
    of = "unseen examples" if which == UNSEEN else "examples that it was trained on"
    if isinstance(answer, Failed):
        return -np.inf, answer.outcome, told_of(answer)
    predictions = answer.value
    if not has_accepted_shape(predictions.shape, labels.shape):
        return -np.inf, Outcome.WRONG, wrong_shape(name, predictions.shape, labels.shape)
    reached = float(np.mean(predictions.reshape(labels.shape) == labels))
    return reached, Outcome.CORRECT, f"{reached:.1%} of {labels.size} {of} are right"
