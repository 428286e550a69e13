"""Does a wrong answer follow rightly from an earlier mistake of the student's own?

Two ways: it is the exact derivative of the student's own loss, which is itself wrong; or it is
what the reference computes from the student's own earlier answers. Asked only where an answer is
wrong, and never to anybody's harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

import reference
from grader.checks.certificate import largest
from grader.checks.comparison import Comparison, compare, has_accepted_shape
from grader.checks.registry import Question
from grader.checks.sweeps import LINES, Agreement, Finding, direction, finding
from grader.records import Answer, Array, Draw, DrawKey, Expected, Outcome, Returned, SweepKey

LEAST_SHARE = 1e-3
"""What follows from one's own answers must be this large, against the right one, to count."""

Cell = tuple[str, str]
"""An answer in a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What follows from an earlier mistake, and what is yet to be asked to know.

    Parameters
    ----------
    reasons
        Answer and case -> the clause that says what it follows from.
    wanted
        Sweeps without which nothing is known of some answers.
    """

    reasons: Mapping[Cell, str]
    wanted: tuple[SweepKey, ...]


def carried(question: Question, cells: Iterable[Cell], keys: Mapping[Cell, DrawKey]) -> Carried:
    """Return which wrong answers follow from an earlier mistake.

    Parameters
    ----------
    question
        The item that is judged.
    cells
        Its answers that are wrong, each with the case.
    keys
        For each of them its first wrong draw, on which the own loss is watched.
    """
    reasons: dict[Cell, str] = {}
    wanted: list[SweepKey] = []
    for answer, case in cells:
        reason = _from_own_answers(question, answer, case)
        if not reason:
            found = _from_own_loss(question, answer, keys[answer, case])
            if isinstance(found, str):
                reason = found
            else:
                wanted += found
        if reason:
            reasons[answer, case] = reason
    return Carried(reasons=reasons, wanted=tuple(wanted))


# --- from the own loss -----------------------------------------------------------------------


def _from_own_loss(question: Question, answer: str, key: DrawKey) -> str | tuple[SweepKey, ...]:
    """Return a clause, empty where the answer is not the loss's derivative, or what to ask."""
    wrt = _input_of(question, answer)
    came = question.answers[key][answer]
    if not question.has_loss or not wrt or not isinstance(came, Returned):
        return ""
    draw = question.draws[key]
    own = _as_gradient(came.value, draw, wrt)
    if own is None:
        return ""
    lines = [SweepKey(key, wrt, line) for line in range(LINES)]
    findings: list[Finding] = []
    for line in lines:
        sampled = question.sweeps.get(line)
        if sampled is None:
            # The first line alone already tells whether the loss is wrong at all.
            return (line,) if not findings else tuple(lines[1:])
        if not isinstance(sampled, Returned):
            return ""
        if not findings and not _is_loss_wrong(question, answer, draw, sampled.value):
            return ""
        findings.append(finding(own, direction(draw, line), sampled.value))
        if findings[-1].agreement is not Agreement.YES:
            return ""
    return _told_of_loss(question, answer, draw, findings[0].at)


def _told_of_loss(question: Question, answer: str, draw: Draw, at: float) -> str:
    right = right_loss(question, answer, draw)
    return (
        f"{answer} is the derivative of your own loss, which is wrong itself "
        f"({at:.6g}, where {float(right.value):.6g} is right)"
    )


def _input_of(question: Question, answer: str) -> str:
    """Return the input that an answer is the derivative by, or nothing."""
    if question.problem is None:
        return ""
    gradient = reference.problem(question.problem.id).gradients.get(answer)
    return gradient.wrt if gradient is not None else ""


def _as_gradient(value: Array, draw: Draw, wrt: str) -> Array | None:
    """Return an answer in the shape of the input, or None where it cannot be that."""
    shape = np.shape(draw.inputs[wrt])
    if value.dtype.kind not in "biuf" or not has_accepted_shape(value.shape, shape):
        return None
    gradient: Array = value.reshape(shape).astype(np.float64)
    return gradient


def right_loss(question: Question, answer: str, draw: Draw) -> Expected:
    """Return the right value of what an answer is the derivative of.

    Where that is no scalar, the sum of its product with the input that the rubric pairs it with.
    """
    assert question.problem is not None, "only a gradient of a problem has a loss"
    gradient = reference.problem(question.problem.id).gradients[answer]
    right = draw.expected[question.convention][gradient.of]
    if gradient.along is None:
        return right
    along = np.asarray(draw.inputs[gradient.along])
    size = float(np.sum(np.abs(along)))
    return Expected(
        value=np.asarray(np.sum(right.value * along)),
        unit=right.unit * size,
        unit32=right.unit32 * size,
    )


def _is_loss_wrong(question: Question, answer: str, draw: Draw, samples: Array) -> bool:
    own = Returned(value=np.asarray(samples[0]))
    found = compare("loss", own, right_loss(question, answer, draw))
    return found.outcome is Outcome.WRONG


# --- from the own answers --------------------------------------------------------------------


def _from_own_answers(question: Question, answer: str, case: str) -> str:
    """Return a clause where an answer is right, given the student's own earlier ones."""
    if not question.item.given or question.problem is None:
        return ""
    wrong: set[str] = set()
    for key, draw in question.draws.items():
        if key.case != case:
            continue
        found = _given_own(question, answer, draw, question.answers[key])
        if found is None or found[0].outcome is not Outcome.CORRECT:
            return ""
        wrong.update(found[1])
    named = " and ".join(name for name in question.item.given if name in wrong)
    are = "are" if len(wrong) > 1 else "is"
    return f"{answer} is right for your own {named}, which {are} wrong" if wrong else ""


def _given_own(
    question: Question, answer: str, draw: Draw, answers: Mapping[str, Answer]
) -> tuple[Comparison, list[str]] | None:
    """Compare an answer with what follows from the own earlier ones; tell which are wrong."""
    assert question.problem is not None, "asked before"
    right = draw.expected[question.convention]
    own, wrong = {}, []
    for name in question.item.given:
        came = answers[name]
        # What did not come back is computed from what did.
        if not isinstance(came, Returned) or came.value.dtype.kind not in "biuf":
            continue
        if not has_accepted_shape(came.value.shape, right[name].value.shape):
            continue
        own[name] = came.value.reshape(right[name].value.shape).astype(np.float64)
        if compare(name, came, right[name]).outcome is not Outcome.CORRECT:
            wrong.append(name)
    if not wrong:
        return None
    problem = reference.problem(question.problem.id)
    with np.errstate(all="ignore"):
        follows = problem.given(draw.inputs, question.problem.options, own)[answer]
    expected = _scaled(follows, right[answer])
    if expected is None:
        return None
    return compare(answer, answers[answer], expected), wrong


def _scaled(value: Array, right: Expected) -> Expected | None:
    """Return another right value with units that fit its size; None where there is nothing."""
    size, right_size = largest(value), largest(right.value)
    if not np.isfinite(size) or not size > LEAST_SHARE * right_size:
        return None
    factor = max(1.0, size / right_size) if right_size > 0 else 1.0
    return Expected(value=value, unit=right.unit * factor, unit32=right.unit32 * factor)
