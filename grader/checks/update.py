"""Is an optimiser's walk right, step by step? The first step that departs is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.checks.cases import judge
from grader.checks.comparison import compare, has_accepted_shape
from grader.checks.registry import NeedMore, Question
from grader.records import Answer, Draw, Expected, Outcome, Returned, Verdict

_TELLING = frozenset({Outcome.WRONG, Outcome.PARTIAL})


def step(question: Question) -> Verdict | NeedMore:
    """Judge an item's steps as values, and say which one is the first to be wrong.

    An answer of one more axis than the parameter holds a step in each row (``path``); any other
    is what there is after a step, judged as a whole.
    """
    verdict = judge(question, "update")
    if isinstance(verdict, NeedMore) or verdict.outcome not in _TELLING:
        return verdict
    told = _departure(question)
    return replace(verdict, message=f"{told} {verdict.message}") if told else verdict


def _departure(question: Question) -> str:
    """Return a sentence about the first wrong step of the first draw that has one."""
    for name in question.item.answers:
        for key, draw in question.draws.items():
            right = draw.expected[question.convention][name]
            first = _first_wrong(name, question.answers[key][name], right, draw)
            if first is not None:
                return _sentence(name, first, len(right.value))
    return ""


def _first_wrong(name: str, answer: Answer, right: Expected, draw: Draw) -> int | None:
    """Return the index of the first wrong step, None where none is or steps cannot be told."""
    if right.value.ndim <= np.ndim(draw.inputs["w"]) or not isinstance(answer, Returned):
        return None
    if answer.value.shape != right.value.shape:
        return None
    for index, (given, wanted) in enumerate(zip(answer.value, right.value, strict=True)):
        row = replace(right, value=wanted, stabilised={})
        if not has_accepted_shape(given.shape, wanted.shape):
            return None
        if compare(name, replace(answer, value=given), row).outcome is not Outcome.CORRECT:
            return index
    return None


def _sentence(name: str, first: int, count: int) -> str:
    """Say in a sentence where a walk leaves the right one.

    >>> _sentence("path", 0, 5)
    'Of 5 steps in path the first one is wrong already.'
    >>> _sentence("path", 2, 5).partition(":")[0]
    'Of 5 steps in path the first 2 are right; step 3 departs'
    """
    if first == 0:
        return f"Of {count} steps in {name} the first one is wrong already."
    right = "the first one is right" if first == 1 else f"the first {first} are right"
    kept = "what is kept between steps may be wrong"
    return f"Of {count} steps in {name} {right}; step {first + 1} departs: {kept}."
