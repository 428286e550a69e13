"""What did a call bring back, and which way of calling a probe fits a submission best?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from grader.checks.comparison import compare, has_accepted_shape, wrong_shape
from grader.checks.training import accuracy_of
from grader.grading.children import NOTHING_USED
from grader.records import Answer, Draw, Failed, Outcome, Probe, Reply, Returned, Usage
from grader.sandbox.replies import answers_of, mutated_of, output_of

_MOST_KEPT = 1 << 16
"""Bytes of an answer that are kept although it cannot be right by its shape."""


def read_reply(probe: Probe, draw: Draw, reply: Mapping[str, Any], usage: Usage) -> Reply:
    """Return a child's reply to a probe as a record.

    Raises
    ------
    ProtocolError
        If it has not the form that our own child gives it.
    """
    answers = answers_of(reply, probe.answers)
    return Reply(
        answers={name: _kept(name, answer, draw) for name, answer in answers.items()},
        usage=usage,
        output=output_of(reply),
        mutated=mutated_of(reply, draw.inputs),
    )


def joined(answers: Iterable[Answer]) -> Answer:
    """Return several answers as one flat array, or the first that did not come back as numbers."""
    numbers = []
    for answer in answers:
        if isinstance(answer, Failed):
            return answer
        if answer.value.dtype.kind not in "biuf":
            return Failed(outcome=Outcome.WRONG, message="no numbers came back")
        numbers.append(answer.value.ravel().astype(np.float64))
    return Returned(value=np.concatenate(numbers))


def failed_reply(probe: Probe, failure: Failed) -> Reply:
    """Return the reply of a call that brought nothing back."""
    return Reply(answers=dict.fromkeys(probe.answers, failure), usage=NOTHING_USED)


def rank(reply: Reply, draw: Draw, accuracy: float = 1.0) -> tuple[float, int]:
    """Return how many answers are right under one convention, and how many have a right shape.

    Parameters
    ----------
    accuracy
        Share of right predictions that is asked of a training. From there on all its answers are
        as good as right; below it the best one's share counts, which is less than one answer.
    """
    fitting = sum(_fits(name, answer, draw) for name, answer in reply.answers.items())
    if not draw.expected:
        reached = max(accuracy_of(n, a, draw.withheld)[0] for n, a in reply.answers.items())
        return (len(reply.answers) if reached >= accuracy else reached), fitting
    right = [
        sum(
            compare(name, answer, expected[name]).outcome is Outcome.CORRECT
            for name, answer in reply.answers.items()
            if name in expected
        )
        for expected in draw.expected.values()
    ]
    return max(right), fitting


def _fits(name: str, answer: Answer, draw: Draw) -> bool:
    """Return whether an answer came back in a shape that it may have."""
    if not isinstance(answer, Returned):
        return False
    right = _right_shape(name, draw)
    return not draw.expected or right is None or has_accepted_shape(answer.value.shape, right)


def _right_shape(name: str, draw: Draw) -> tuple[int, ...] | None:
    """Return the shape of the right answer, to a training that of the labels; None if any is."""
    for expected in draw.expected.values():
        return expected[name].value.shape if name in expected else None
    return next((labels.shape for labels in draw.withheld.values()), None)


def _kept(name: str, answer: Answer, draw: Draw) -> Answer:
    """Return an answer, or only what is wrong with it: nobody needs megabytes that do not fit."""
    if isinstance(answer, Failed) or answer.value.nbytes <= _MOST_KEPT:
        return answer
    right = _right_shape(name, draw)
    if right is None or has_accepted_shape(answer.value.shape, right):
        return answer
    told = wrong_shape(name, answer.value.shape, right)
    return Failed(outcome=Outcome.WRONG, message=told)
