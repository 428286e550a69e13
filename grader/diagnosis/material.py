"""What a diagnosis reads: the draws on which an answer was judged, and what mistakes would answer.

Plain arrays throughout, so that a student's kit can carry them without ``reference/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.records import Answer, Array, Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known of one draw under one convention, shared by all submissions.

    Parameters
    ----------
    problem
        Id of the problem, which tells what the catalogue's mistakes do.
    sizes
        The draw's numbers: ``N``, ``D``, …, and settings such as ``reg``.
    parts
        Answer -> part -> array; the parts sum to the answer.
    edits
        Mistake of the catalogue -> answer -> what the reference answers with that mistake, as far
        as it differs from what is right.
    examples
        Answer -> (N, ...) array, each example's own share, where the shares sum to the answer or,
        where it has one, to its part ``data``.
    """

    problem: str = ""
    sizes: Mapping[str, float]
    parts: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    edits: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    examples: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One draw on which the answers of a probe were judged.

    Parameters
    ----------
    case
        Name of the draw's case.
    inputs
        What the student's code was given.
    right
        Answer -> what is right.
    answers
        Answer -> what came back.
    background
        What is known of the draw.
    accepted
        Answers that were judged right here, however little they look it: in single precision, or
        up to a stabiliser.
    """

    case: str
    inputs: Mapping[str, Any]
    right: Mapping[str, Expected]
    answers: Mapping[str, Answer]
    background: Background
    accepted: frozenset[str] = frozenset()
