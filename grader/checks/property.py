"""Does a property hold: a shape, the spread of an initialiser, the share that a dropout keeps?

The rubric's expressions are evaluated here, over the answers and the inputs of each draw, by
``expressions``; nothing of them ever enters the student's process.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from grader.checks.comparison import told_of
from grader.checks.messages import as_sentence
from grader.checks.registry import NeedMore, Question
from grader.expressions import ExpressionError, evaluated
from grader.records import Answer, DrawKey, Evidence, Failed, Outcome, Verdict

_EXACT = Decimal("0.0001")


def step(question: Question) -> Verdict | NeedMore:
    """Judge the expressions of ``holds`` on every draw; the least of them is a draw's credit.

    True is all of it and False nothing; a number is a share of it, from 0 to 1.
    """
    found = [
        (key, *_on_draw(question, key, expression))
        for key in question.draws
        for expression in question.item.parameters["holds"]
    ]
    by_case: dict[str, Decimal] = {}
    for key, share, _, _ in found:
        by_case[key.case] = min(share, by_case.get(key.case, Decimal(1)))
    credit = _credit(question.item.case_weights, by_case)
    failed = [one for one in found if one[1] < 1]
    if not failed:
        outcome, message = Outcome.CORRECT, "What is asked for holds on every draw."
    else:
        _, _, first, told = failed[0]
        outcome, message = (Outcome.PARTIAL, told) if credit > 0 else (first, told)
    return Verdict(
        outcome=outcome,
        credit=credit,
        message=as_sentence(message),
        evidence=tuple(_evidence(question, *one) for one in found),
    )


def _credit(weights: Mapping[str, Decimal], by_case: Mapping[str, Decimal]) -> Decimal:
    """Return the credit of all cases; one without a weight guards the first-named part."""
    weighted = weights or {next(iter(by_case)): Decimal(1)}
    first = next(iter(weighted))
    guards = [share for case, share in by_case.items() if case not in weighted]
    shares = {**by_case, first: min([by_case[first], *guards])}
    return sum((weight * shares[case] for case, weight in weighted.items()), Decimal(0))


def _on_draw(question: Question, key: DrawKey, expression: str) -> tuple[Decimal, Outcome, str]:
    """Return the share that an expression earns on a draw, its outcome, and a sentence."""
    answers = {name: question.answers[key][name] for name in question.item.answers}
    for answer in answers.values():
        if isinstance(answer, Failed):
            return Decimal(0), answer.outcome, f"{told_of(answer)}."
    try:
        value = evaluated(expression, {**question.draws[key].inputs, **_values(answers)})
        share = _share(value)
    except ExpressionError as error:
        shapes = ", ".join(f"{name} {np.shape(v)}" for name, v in _values(answers).items())
        told = f"{expression} cannot be told of what came back ({shapes}): {error}."
        return Decimal(0), Outcome.WRONG, told
    if share == 1:
        return share, Outcome.CORRECT, f"{expression}."
    told = f"this does not hold on draw {key}: {expression}."
    return share, Outcome.PARTIAL if share else Outcome.WRONG, told


def _values(answers: Mapping[str, Answer]) -> dict[str, Any]:
    return {
        name: answer.value for name, answer in answers.items() if not isinstance(answer, Failed)
    }


def _share(value: Any) -> Decimal:
    """Return a Boolean or a number as a share; of an array of Booleans all must be true.

    Raises
    ------
    ExpressionError
        If it is no number.
    """
    array = np.asarray(value)
    if array.dtype.kind == "b":
        return Decimal(int(array.size > 0 and bool(array.all())))
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise ExpressionError("it is neither true nor false nor a number")
    number = float(array.reshape(()))
    if not np.isfinite(number):
        raise ExpressionError("it is not finite")
    return Decimal(min(max(number, 0.0), 1.0)).quantize(_EXACT)


def _evidence(
    question: Question, key: DrawKey, share: Decimal, outcome: Outcome, detail: str
) -> Evidence:
    return Evidence(
        draw=str(key),
        answer=", ".join(question.item.answers),
        outcome=outcome,
        deviation=float(1 - share),
        detail=detail.rstrip("."),
    )
