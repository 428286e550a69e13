"""Is a wrong answer the exact derivative of the student's own loss, and is that a loss at all?

Nearly everything is the derivative of something. What is taken for a loss must be wrong itself, be
the same when it is asked twice, be moved by the input about as much as the right loss is, and
depend on the data, as must the answer: the sum of all parameters is no loss, whatever its
derivative.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.comparison import Comparison, compare, has_accepted_shape
from grader.checks.knowledge import LEAST_SHARE
from grader.checks.registry import Question
from grader.checks.sweeps import (
    LINES,
    MOST_LINES,
    STABILISED_WITHIN,
    Agreement,
    Finding,
    direction,
    finding,
    is_settled,
    together,
)
from grader.checks.units import largest
from grader.records import (
    Array,
    Draw,
    DrawKey,
    Expected,
    Outcome,
    Returned,
    SweepKey,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found so far of an answer and what it may follow from.

    Parameters
    ----------
    clause
        What the answer follows from; empty where it does not, or nothing is known yet.
    wanted
        What has to be asked first.
    is_silent
        Whether nothing can be seen: neither that it follows nor that it does not.
    unknown
        Own earlier answers that it may follow from, where there is no telling: a student's kit has
        no reference to work it out.
    is_unmoved
        Whether it is the derivative of the own wrong loss, which other data hardly move here.
    """

    clause: str = ""
    wanted: tuple[SweepKey, ...] = ()
    is_silent: bool = False
    unknown: str = ""
    is_unmoved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """An own loss that an answer may be the derivative of: on one draw, whether that is sure."""

    loss: float
    is_sure: bool


_NOTHING = Looked()


def from_own_loss(question: Question, answer: str, keys: Sequence[DrawKey]) -> Looked:
    """Return whether an answer is the derivative of the own wrong loss on every wrong draw.

    Parameters
    ----------
    question, answer
        What is judged.
    keys
        The draws of one case on which the answer is wrong, at least one.
    """
    if not question.has_loss or not input_of(question, answer):
        return _NOTHING
    telling = [key for key in keys if not _is_next_to_nothing(question, answer, key)]
    if not telling:
        return Looked(is_silent=True)
    found = [_on_draw(question, answer, key) for key in telling]
    for one in found:
        if isinstance(one, Looked):
            return one
    seen = [one for one in found if not isinstance(one, Looked)]
    if not any(one.is_sure for one in seen):
        return _NOTHING
    data = _depends_on_data(question, answer, telling[0], seen[0].loss)
    if data is not None and not data.is_unmoved:
        return data
    still = of_still_loss(question, answer, [key for key in keys if key not in telling])
    if not still.is_silent:
        return still
    if data is not None:
        return data
    right = right_loss(question, answer, question.draws[telling[0]])
    return Looked(
        clause=f"{answer} is the derivative of your own loss, which is wrong itself "
        f"({seen[0].loss:.6g}, where {float(right.value):.6g} is right)"
    )


def input_of(question: Question, answer: str) -> str:
    """Return the input that an answer is the derivative by, or nothing."""
    if question.problem is None:
        return ""
    gradient = question.known.gradients(question.problem.id).get(answer)
    return gradient.wrt if gradient is not None else ""


# --- a loss that stands still ------------------------------------------------------------------


def of_still_loss(question: Question, answer: str, keys: Sequence[DrawKey]) -> Looked:
    """Return whether an answer is 0 on some draws as it has to be: its own wrong loss stands still,
    or moves by next to nothing, as the answer says.

    Such a draw tells nothing by itself, since zeros go with any constant.
    """
    for key in keys:
        looked = _on_still_draw(question, answer, key)
        if not looked.is_silent:
            return looked
    return Looked(is_silent=True)


def _on_still_draw(question: Question, answer: str, key: DrawKey) -> Looked:
    draw = question.draws[key]
    right = draw.expected[question.convention][answer]
    zeros = Expected(value=np.zeros_like(right.value), unit=right.unit, unit32=right.unit32)
    came = question.answers[key][answer]
    if compare(answer, came, zeros).outcome is Outcome.CORRECT:
        line = SweepKey(key, input_of(question, answer), 0)
        sampled = question.sweeps.get(line)
        if sampled is None:
            return Looked(wanted=(line,))
        if not isinstance(sampled, Returned) or not np.all(np.isfinite(sampled.value)):
            return _NOTHING
        if not _is_wrong(question, answer, draw, sampled.value[0]):
            return _NOTHING
        size = abs(float(right_loss(question, answer, draw).value))
        if float(np.ptp(sampled.value)) <= STABILISED_WITHIN * size:
            return Looked(is_silent=True)
    # Next to nothing, as where a net saturates, and yet perhaps the derivative of its loss.
    seen = _on_draw(question, answer, key)
    return seen if isinstance(seen, Looked) else Looked(is_silent=True)


def _is_next_to_nothing(question: Question, answer: str, key: DrawKey) -> bool:
    """Whether an answer came back as numbers that are far smaller than the right ones."""
    came = question.answers[key][answer]
    if not isinstance(came, Returned) or came.value.dtype.kind not in "biuf":
        return False
    right = question.draws[key].expected[question.convention][answer].value
    return largest(came.value) < LEAST_SHARE * largest(right)


# --- along lines -----------------------------------------------------------------------------


def _on_draw(question: Question, answer: str, key: DrawKey) -> _Seen | Looked:
    """Return the own loss on a draw where nothing says that the answer is not its derivative."""
    draw, wrt = question.draws[key], input_of(question, answer)
    came = question.answers[key][answer]
    own = _as_gradient(came.value, draw, wrt) if isinstance(came, Returned) else None
    if own is None or not math.isfinite(largest(own)):
        return _NOTHING
    findings: list[Finding] = []
    while not is_settled(findings):
        line = SweepKey(key, wrt, len(findings))
        sampled = question.sweeps.get(line)
        if sampled is None:
            return Looked(wanted=_next_lines(key, wrt, len(findings)))
        if not isinstance(sampled, Returned):
            return _NOTHING
        if not findings and not _is_wrong(question, answer, draw, sampled.value[0]):
            return _NOTHING
        findings.append(finding(own, direction(draw, line), sampled.value))
    is_same = len({one.at for one in findings}) == 1
    agreement = together(findings)
    # Where the loss moves in steps, one draw may be too coarse; another one has to tell then.
    is_open = agreement is Agreement.UNKNOWN and any(one.is_telling for one in findings)
    if not is_same or not (is_open or agreement is Agreement.YES):
        return _NOTHING
    return _Seen(loss=findings[0].at, is_sure=agreement is Agreement.YES)


def _next_lines(key: DrawKey, wrt: str, number: int) -> tuple[SweepKey, ...]:
    """Return the lines to be asked for next: the first one alone tells whether it is worth it."""
    last = {0: 1}.get(number, LINES if number < LINES else MOST_LINES)
    return tuple(SweepKey(key, wrt, line) for line in range(number, last))


def _as_gradient(value: Array, draw: Draw, wrt: str) -> Array | None:
    """Return an answer in the shape of the input, or None where it cannot be that."""
    shape = np.shape(draw.inputs[wrt])
    if value.dtype.kind not in "biuf" or not has_accepted_shape(value.shape, shape):
        return None
    gradient: Array = value.reshape(shape).astype(np.float64)
    return gradient


# --- the right loss ---------------------------------------------------------------------------


def right_loss(question: Question, answer: str, draw: Draw) -> Expected:
    """Return the right value of what an answer is the derivative of.

    Where that is no scalar, the sum of its product with the input that the rubric pairs it with.
    """
    assert question.problem is not None, "only a gradient of a problem has a loss"
    gradient = question.known.gradients(question.problem.id)[answer]
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


def compared_loss(question: Question, answer: str, draw: Draw, loss: float) -> Comparison:
    """Return how the own loss that an answer is the derivative of stands against the right one."""
    own = Returned(value=np.asarray(loss))
    return compare("the loss", own, right_loss(question, answer, draw))


def _is_wrong(question: Question, answer: str, draw: Draw, loss: float) -> bool:
    return compared_loss(question, answer, draw, loss).outcome is Outcome.WRONG


# --- other data -------------------------------------------------------------------------------


def _depends_on_data(question: Question, answer: str, key: DrawKey, loss: float) -> Looked | None:
    """Return None if other data moves the own loss and the answer, else what is known."""
    assert question.problem is not None, "only a gradient of a problem has a loss"
    draw = question.draws[key]
    other = question.known.other_data(question.problem, draw, answer)
    # An answer that depends on nothing else, such as a penalty's, cannot be told apart so.
    if other is None:
        return None
    asked = SweepKey(key, input_of(question, answer), answer=answer)
    told = question.sweeps.get(asked)
    if told is None:
        return Looked(wanted=(asked,))
    came = question.answers[key][answer]
    if not isinstance(told, Returned) or not isinstance(came, Returned):
        return _NOTHING
    moved = np.abs(told.value - np.append(loss, came.value.ravel()))
    loss_moved, answer_moved = other.moved
    is_moved = (
        moved[0] >= LEAST_SHARE * loss_moved and moved[1:].max() >= LEAST_SHARE * answer_moved
    )
    if not moved[0] > 0:
        return _NOTHING
    # A net that saturates on one draw depends on the data all the same: another case shows it.
    return None if is_moved else Looked(is_unmoved=True)
