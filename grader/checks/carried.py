"""Does a wrong answer follow rightly from an earlier mistake of the student's own?

Two ways: it is the exact derivative of the student's own loss, which is itself wrong; or it is
what the reference computes from the student's own earlier answers. Asked only where an answer is
wrong, and never to anybody's harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.checks.comparison import compare, has_accepted_shape
from grader.checks.knowledge import LEAST_SHARE
from grader.checks.own_loss import from_own_loss
from grader.checks.registry import Question
from grader.checks.units import largest
from grader.records import (
    Answer,
    Array,
    Draw,
    DrawKey,
    Expected,
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
    unknown: dict[Cell, str] = {}
    for answer, case in cells:
        found = _from_own_answers(question, answer, case)
        reason = _clause(answer, found) if found is not None and found.is_known else ""
        if not reason:
            looked = from_own_loss(question, answer, keys[answer, case])
            reason = looked.clause
            wanted += looked.wanted
        if reason:
            reasons[answer, case] = reason
        elif found is not None:
            unknown[answer, case] = found.named
    return Carried(reasons=reasons, wanted=tuple(wanted), open=unknown)


# --- from the own answers --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """Own earlier answers that are wrong, from which another one may follow."""

    named: str
    is_plural: bool
    is_known: bool
    """Whether it does follow; False where there is no telling."""


def _from_own_answers(question: Question, answer: str, case: str) -> _Own | None:
    """Return the wrong earlier answers from which an answer follows, or None if it does not."""
    if not question.item.given or question.problem is None:
        return None
    wrong: set[str] = set()
    is_known = True
    for key, draw in question.draws.items():
        if key.case != case:
            continue
        own, off = _own_answers(question, draw, question.answers[key])
        if not off:
            return None
        follows = _follows(question, answer, draw, own, question.answers[key][answer])
        if follows is False:
            return None
        is_known = is_known and follows is True
        wrong.update(off)
    if not wrong:
        return None
    named = " and ".join(name for name in question.item.given if name in wrong)
    is_plural = len(wrong) > 1 or (named.endswith("s") and not named.endswith("ss"))
    return _Own(named=named, is_plural=is_plural, is_known=is_known)


def _clause(answer: str, own: _Own) -> str:
    are = "are" if own.is_plural else "is"
    return f"{answer} is right for your own {own.named}, which {are} wrong"


def _own_answers(
    question: Question, draw: Draw, answers: Mapping[str, Answer]
) -> tuple[dict[str, Array], list[str]]:
    """Return the own earlier answers that came back as numbers, and which of them are wrong."""
    right = draw.expected[question.convention]
    own: dict[str, Array] = {}
    wrong: list[str] = []
    for name in question.item.given:
        came = answers.get(name)
        if name not in right:
            # A kit does not tell what only hidden items ask for: it may be wrong.
            wrong.append(name)
            continue
        # What did not come back is computed from what did.
        if not isinstance(came, Returned) or came.value.dtype.kind not in "biuf":
            continue
        if not has_accepted_shape(came.value.shape, right[name].value.shape):
            continue
        own[name] = came.value.reshape(right[name].value.shape).astype(np.float64)
        if compare(name, came, right[name]).outcome is not Outcome.CORRECT:
            wrong.append(name)
    return own, wrong


def _follows(
    question: Question, answer: str, draw: Draw, own: Mapping[str, Array], came: Answer
) -> bool | None:
    """Return whether an answer is what follows from the own earlier ones; None if unknown."""
    assert question.problem is not None, "asked before"
    right = draw.expected[question.convention][answer]
    found = _following(question, draw, own, answer)
    if found is None:
        is_possible = isinstance(came, Returned) and has_accepted_shape(
            came.value.shape, right.value.shape
        )
        return None if is_possible else False
    follows, reach = found
    size, right_size = largest(follows), largest(right.value)
    if not np.isfinite(size) or not size > LEAST_SHARE * right_size:
        return False
    stretch = _stretch(reach, right_size)
    expected = Expected(value=follows / stretch, unit=right.unit, unit32=right.unit32)
    return compare(answer, _divided(came, stretch), expected).outcome is Outcome.CORRECT


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
