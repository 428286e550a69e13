"""Does a wrong answer follow rightly from an earlier mistake of the student's own?

Two ways: it is the exact derivative of the student's own loss, which is itself wrong; or it is
what the reference computes from the student's own earlier answers. Asked only where an answer is
wrong, and never to anybody's harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.checks.comparison import compare, has_accepted_shape
from grader.checks.knowledge import LEAST_SHARE
from grader.checks.own_loss import Looked, from_own_loss, of_still_loss
from grader.checks.registry import Question
from grader.checks.units import largest
from grader.records import (
    Answer,
    Array,
    Draw,
    DrawKey,
    Expected,
    Item,
    Outcome,
    Returned,
    SweepKey,
)

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
    open
        Answer and case -> the own earlier answers that are wrong, where nobody here can tell
        whether it follows from them: a student's kit has no reference to work it out.
    """

    reasons: Mapping[Cell, str]
    wanted: tuple[SweepKey, ...]
    open: Mapping[Cell, str] = field(default_factory=dict)


def carried(
    question: Question, cells: Sequence[Cell], keys: Mapping[Cell, Sequence[DrawKey]]
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

    Notes
    -----
    A cell in which the own mistake leaves nothing to see (with one example, a softmax over the
    examples gives 1 whatever the scores are) follows where another cell of the same answer does
    that counts for the same part of the credit, by the same way; never by itself. So does one in
    which the own loss hardly depends on the data, as where a net saturates.
    """
    reasons: dict[Cell, str] = {}
    wanted: list[SweepKey] = []
    unknown: dict[Cell, str] = {}
    for way in (_from_own_answers, _from_own_loss):
        looked = {
            (answer, case): way(question, answer, case, keys[answer, case])
            for answer, case in cells
            if (answer, case) not in reasons
        }
        clauses = {
            (answer, _part(question.item, case)): found.clause
            for (answer, case), found in looked.items()
            if found.clause
        }
        for (answer, case), found in looked.items():
            clause = found.clause
            if found.unknown:
                unknown[answer, case] = found.unknown
            if found.is_silent or found.is_unmoved:
                clause = clauses.get((answer, _part(question.item, case)), "")
                if clause and found.is_silent and way is _from_own_loss:
                    found = of_still_loss(question, answer, keys[answer, case])
                    clause = clause if found.is_silent else ""
            wanted += found.wanted
            if clause:
                reasons[answer, case] = clause
    left = {cell: named for cell, named in unknown.items() if cell not in reasons}
    return Carried(reasons=reasons, wanted=tuple(wanted), open=left)


def _part(item: Item, case: str) -> str:
    """Return the case with whose weight an answer in a case counts: guards with the first one."""
    return case if case in list(item.case_weights)[1:] else ""


def _from_own_loss(question: Question, answer: str, case: str, keys: Sequence[DrawKey]) -> Looked:
    return from_own_loss(question, answer, keys)


# --- from the own answers --------------------------------------------------------------------


def _from_own_answers(
    question: Question, answer: str, case: str, keys: Sequence[DrawKey]
) -> Looked:
    """Return whether an answer is right on a case's draws, given the student's own earlier ones.

    A draw on which these are right tells nothing, unless the answer is wrong there all the same.
    """
    if not question.item.given or question.problem is None:
        return Looked()
    named: set[str] = set()
    is_silent = is_known = True
    for key, draw in question.draws.items():
        if key.case != case:
            continue
        answers = question.answers[key]
        wrong = _wrong_of_own(question, draw, answers)
        if not wrong and key not in keys:
            continue
        found = _following(question, draw, _usable(question, draw, answers), answer)
        if not wrong or (found is None and not _may_follow(question, answer, draw, answers)):
            return Looked()
        if found is not None:
            follows = _follows(question, answer, draw, answers, *found)
            if follows is None:
                return Looked()
            is_silent &= not follows
        is_known &= found is not None
        named.update(wrong)
    told = " and ".join(name for name in question.item.given if name in named)
    if not is_known:
        return Looked(unknown=told)
    if is_silent:
        return Looked(is_silent=True)
    is_plural = len(named) > 1 or (told.endswith("s") and not told.endswith("ss"))
    are = "are" if is_plural else "is"
    return Looked(clause=f"{answer} is right for your own {told}, which {are} wrong")


def _may_follow(question: Question, answer: str, draw: Draw, answers: Mapping[str, Answer]) -> bool:
    """Return whether an answer could be right for anything at all, by its shape."""
    came, right = answers[answer], draw.expected[question.convention][answer].value
    return isinstance(came, Returned) and has_accepted_shape(came.value.shape, right.shape)


def _usable(question: Question, draw: Draw, answers: Mapping[str, Answer]) -> dict[str, Array]:
    """Return the own earlier answers that came back as numbers in a shape that fits."""
    own = {}
    for name in question.item.given:
        expected = draw.expected[question.convention].get(name)
        # A kit does not tell what only hidden items ask for.
        if expected is None:
            continue
        came, right = answers[name], expected.value
        # What did not come back is computed from what did.
        if not isinstance(came, Returned) or came.value.dtype.kind not in "biuf":
            continue
        if has_accepted_shape(came.value.shape, right.shape):
            own[name] = came.value.reshape(right.shape).astype(np.float64)
    return own


def _wrong_of_own(question: Question, draw: Draw, answers: Mapping[str, Answer]) -> list[str]:
    """Return which of the own earlier answers that can be used are wrong on a draw.

    What a kit does not tell may be wrong.
    """
    right = draw.expected[question.convention]
    return [
        *(name for name in question.item.given if name not in right),
        *(
            name
            for name in _usable(question, draw, answers)
            if compare(name, answers[name], right[name]).outcome is not Outcome.CORRECT
        ),
    ]


def _follows(
    question: Question,
    answer: str,
    draw: Draw,
    answers: Mapping[str, Answer],
    follows: Array,
    reach: Array,
) -> bool | None:
    """Return whether what follows from the own earlier answers is large enough to tell anything.

    None where the answer is not what follows.
    """
    right = draw.expected[question.convention][answer]
    size, right_size = largest(follows), largest(right.value)
    if not np.isfinite(size):
        return None
    stretch = _stretch(reach, right_size)
    expected = Expected(value=follows / stretch, unit=right.unit, unit32=right.unit32)
    compared = compare(answer, _divided(answers[answer], stretch), expected)
    if compared.outcome is not Outcome.CORRECT:
        return None
    return size > LEAST_SHARE * right_size


def _following(
    question: Question, draw: Draw, own: Mapping[str, Array], answer: str
) -> tuple[Array, Array] | None:
    """Return what an answer is by the own earlier ones, and for each entry how large the numbers
    are that it is made of: how far relative changes of them move it. None where it is not known.
    """
    assert question.problem is not None, "asked before"
    given, source = question.known.given, question.problem
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        found = given(source, draw.inputs, own)
        if found is None:
            return None
        if answer not in found:
            # It hangs on none of the own answers: whatever these are, the same is right.
            right = draw.expected[question.convention][answer].value
            return right, np.abs(right)
        follows = found[answer]
        reach = np.abs(follows)
        for _ in range(_TRIALS):
            moved = given(source, *_moved(draw.inputs, own, rng))
            assert moved is not None, "known before"
            reach = np.maximum(reach, np.abs(moved[answer] - follows) / _SHIFT)
    return follows, reach


def _moved(
    inputs: Mapping[str, Any], own: Mapping[str, Array], rng: np.random.Generator
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the inputs and the own answers, each entry moved a little to one side."""

    def shifted(value: Array) -> Array:
        moved: Array = value * (1.0 + _SHIFT * rng.choice((-1.0, 1.0), size=value.shape))
        return moved

    moved_inputs = {
        name: shifted(value) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
        for name, value in inputs.items()
    }
    return moved_inputs, {name: shifted(value) for name, value in own.items()}


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
