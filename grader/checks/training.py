"""Does a training reach its accuracy, on examples whose labels never left the grader?"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from grader.checks.comparison import has_accepted_shape, wrong_shape
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
            reached, outcome, detail = _accuracy(
                name, question.answers[key][name], draw.withheld["y_test"]
            )
            if outcome is Outcome.CORRECT and reached < asked:
                outcome = Outcome.WRONG
            evidence = Evidence(
                draw=str(key), answer=name, outcome=outcome, deviation=1.0 - reached, detail=detail
            )
            tried.append((reached, evidence))
    best, evidence = max(tried, key=lambda pair: pair[0])
    passed = evidence.outcome is Outcome.CORRECT
    message = f"{evidence.detail[0].upper()}{evidence.detail[1:]}; {asked:.1%} is asked for."
    return Verdict(
        outcome=evidence.outcome,
        credit=Decimal(1) if passed else Decimal(0),
        message=message if np.isfinite(best) else f"{evidence.detail}.",
        evidence=tuple(evidence for _, evidence in tried),
    )


def _accuracy(name: str, answer: Answer, labels: Array) -> tuple[float, Outcome, str]:
    """Return the share of right predictions, what came of the answer, and a clause about it."""
    if isinstance(answer, Failed):
        where = f" ({answer.where})" if answer.where else ""
        return -np.inf, answer.outcome, f"{answer.message}{where}"
    predictions = answer.value
    if not has_accepted_shape(predictions.shape, labels.shape):
        return -np.inf, Outcome.WRONG, wrong_shape(name, predictions.shape, labels.shape)
    reached = float(np.mean(predictions.reshape(labels.shape) == labels))
    return reached, Outcome.CORRECT, f"{reached:.1%} of {labels.size} unseen examples are right"
