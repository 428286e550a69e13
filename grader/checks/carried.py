"""Does a wrong answer follow rightly from an earlier mistake of the student's own?

Two ways: it is the exact derivative of the student's own loss, which is itself wrong; or it is
what the reference computes from the student's own earlier answers. Asked only where an answer is
wrong, and never to anybody's harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

import reference
from grader.checks.certificate import largest
from grader.checks.comparison import Comparison, compare, has_accepted_shape
from grader.checks.other_data import LEAST_SHARE
from grader.checks.own_loss import from_own_loss
from grader.checks.registry import Question
from grader.records import (
    Answer,
    Array,
    Draw,
    DrawKey,
    Expected,
    Outcome,
    ProblemRef,
    Returned,
    SweepKey,
)
from reference.problem import Problem

Cell = tuple[str, str]
"""An answer in a case."""
_SHIFT = 2.0**-26
_TRIALS = 4


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


def carried(
    question: Question, cells: Iterable[Cell], keys: Mapping[Cell, Sequence[DrawKey]]
) -> Carried:
    """Return which wrong answers follow from an earlier mistake.

    Parameters
    ----------
    question
        The item that is judged.
    cells
        Its answers that are wrong, each with the case.
    keys
        For each of them its wrong draws, on which the own loss is watched.
    """
    reasons: dict[Cell, str] = {}
    wanted: list[SweepKey] = []
    for answer, case in cells:
        reason = _from_own_answers(question, answer, case)
        if not reason:
            looked = from_own_loss(question, answer, keys[answer, case])
            reason = looked.clause
            wanted += looked.wanted
        if reason:
            reasons[answer, case] = reason
    return Carried(reasons=reasons, wanted=tuple(wanted))


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
    is_plural = len(wrong) > 1 or (named.endswith("s") and not named.endswith("ss"))
    are = "are" if is_plural else "is"
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
    follows, reach = _following(question.problem, draw, own, answer)
    size, right_size = largest(follows), largest(right[answer].value)
    if not np.isfinite(size) or not size > LEAST_SHARE * right_size:
        return None
    stretch = _stretch(reach, right_size)
    expected = Expected(
        value=follows / stretch, unit=right[answer].unit, unit32=right[answer].unit32
    )
    return compare(answer, _divided(answers[answer], stretch), expected), wrong


def _following(
    source: ProblemRef, draw: Draw, own: Mapping[str, Array], answer: str
) -> tuple[Array, Array]:
    """Return what an answer is by the own earlier ones, and for each entry how large the numbers
    are that it is made of: how far relative changes of them move it.
    """
    problem = reference.problem(source.id)
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        follows = problem.given(draw.inputs, source.options, own)[answer]
        reach = np.abs(follows)
        for _ in range(_TRIALS):
            moved = _given_moved(problem, source, draw, own, rng)[answer]
            reach = np.maximum(reach, np.abs(moved - follows) / _SHIFT)
    return follows, reach


def _given_moved(
    problem: Problem,
    source: ProblemRef,
    draw: Draw,
    own: Mapping[str, Array],
    rng: np.random.Generator,
) -> Mapping[str, Array]:
    def shifted(value: Array) -> Array:
        moved: Array = value * (1.0 + _SHIFT * rng.choice((-1.0, 1.0), size=value.shape))
        return moved

    inputs = {
        name: shifted(value) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
        for name, value in draw.inputs.items()
    }
    return problem.given(inputs, source.options, {n: shifted(value) for n, value in own.items()})


def _stretch(reach: Array, right_size: float) -> Array:
    """Return by how much each entry is larger than what is right, 1 at least, as powers of two.

    Each by itself: one huge number of the student's must not hide what stands beside it.
    """
    with np.errstate(all="ignore"):
        stretch = np.maximum(1.0, reach / right_size) if right_size > 0 else np.ones_like(reach)
    powers: Array = 2.0 ** np.ceil(np.log2(np.where(np.isfinite(stretch), stretch, 1.0)))
    return powers


def _divided(answer: Answer, stretch: Array) -> Answer:
    """Return an answer with each entry divided, where it has a shape that fits and is numbers."""
    if not isinstance(answer, Returned) or answer.value.dtype.kind not in "biuf":
        return answer
    if not has_accepted_shape(answer.value.shape, stretch.shape) or np.all(stretch == 1.0):
        return answer
    return replace(answer, value=answer.value.reshape(stretch.shape) / stretch)
