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

OTHER_DATA_DECIDE = "left open, since its accuracy is asked for on other data, and is near the edge"
"""Note of a verdict that the course's own data could decide."""
_SPREAD = 0.01
"""Standard deviation of what a trained net reaches from data set to data set, beside the error of
counting; ``bench/kit_accuracy.py`` finds 0 to 0.014 for the moons, more where luck decides."""
_ERRORS = 2.0
"""How many standard errors count as near."""


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
    if np.isfinite(best) and _is_for_others_to_say(question, best, (asked, zero_at)):
        return Verdict(
            outcome=Outcome.UNSURE,
            credit=Decimal(0),
            message=f"{message} Not decided here: that is near the edge, and the course's grader, "
            "which decides, measures it on other data.",
            evidence=tuple(evidence for _, evidence in tried),
            notes=(OTHER_DATA_DECIDE,),
            accuracy=best,
        )
    return Verdict(
        outcome=Outcome.PARTIAL if 0 < credit < 1 else evidence.outcome,
        credit=credit,
        message=message if np.isfinite(best) else f"{evidence.detail}.",
        evidence=tuple(evidence for _, evidence in tried),
        accuracy=best if np.isfinite(best) else None,
    )


def _is_for_others_to_say(question: Question, reached: float, edges: tuple[float, float]) -> bool:
    """Whether other data decide, and an accuracy is so near an edge that they may say otherwise.

    What is learnt by heart is the same everywhere.
    """
    sizes = [d.withheld[UNSEEN].size for d in question.draws.values() if UNSEEN in d.withheld]
    if not sizes or not question.known.has_other_sets():
        return False
    near = margin(reached, min(sizes))
    return any(abs(reached - edge) < near for edge in edges if edge >= 0)


def margin(reached: float, count: int) -> float:
    """Return by how much an accuracy may differ between two sets of unseen examples.

    Parameters
    ----------
    reached
        The share of right predictions on one of them, 0 to 1.
    count
        Examples of each.

    Notes
    -----
    Two standard errors of a difference, ``2 sqrt(2 (p (1 - p) / count + spread^2))``: each set is
    counted, and each has a training of its own. ``p`` is Laplace's estimate of the true share, so
    that nothing is certain where no prediction was wrong.

    >>> round(margin(0.9, 400), 3), round(margin(1.0, 200), 3)
    (0.051, 0.032)
    """
    share = (reached * count + 1) / (count + 2)
    return _ERRORS * math.sqrt(2 * (share * (1 - share) / count + _SPREAD**2))


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
