"""Which other data could a draw have had, so that whoever does not look at the data shows it?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

import reference
from grader.checks.certificate import largest
from grader.records import Draw, ProblemRef
from reference.problem import Problem

OWN_LOSS = "its own loss"
"""What the loss is called beside an answer; no answer's name has blanks."""
LEAST_SHARE = 1e-3
"""What is to follow from one's own answers, or to move with the data, must be at least this share
of what is right."""


def other_inputs(source: ProblemRef, draw: Draw, answer: str) -> dict[str, Any] | None:
    """Return a draw's inputs with other data, by which the right answer moves.

    Parameters
    ----------
    source
        The draw's problem.
    draw
        Whose input that the answer is differentiated by stays as it is.
    answer
        A gradient.

    Returns
    -------
    dict or None
        Data are the arrays by which nothing is differentiated (``X`` and ``y`` of a net); where
        the answer does not depend on them, all other inputs. None where it depends on nothing
        else at all. The inputs are not certified: they tell whether something moves, nothing more.
    """
    problem = reference.problem(source.id)
    options = problem.resolve_options(source.options)
    fresh = _drawn_again(problem, draw, options)
    own = problem.gradients[answer].wrt
    differentiated = {gradient.wrt for gradient in problem.gradients.values()}
    names = [name for name, value in fresh.items() if _may_be_replaced(value, draw.inputs[name])]
    arrays = [name for name in names if isinstance(fresh[name], np.ndarray)]
    data = [name for name in arrays if name not in differentiated]
    for chosen in (data, [name for name in names if name != own]):
        replaced = {**draw.inputs, **{name: fresh[name] for name in chosen}}
        if _moves(problem, options, answer, draw.inputs, replaced):
            return replaced
    return None


def _drawn_again(problem: Problem, draw: Draw, options: Mapping[str, str]) -> Mapping[str, Any]:
    """Return inputs of the same sizes and settings, drawn from another seed."""
    known: Iterable[str] = (*problem.sizes[0], *problem.settings)
    seed = hashlib.sha256(f"other data for {draw.key}".encode()).digest()
    drawn = problem.inputs(
        np.random.Generator(np.random.PCG64(int.from_bytes(seed[:16], "little"))),
        index=draw.key.index,
        regime="",
        overrides={name: draw.inputs[name] for name in known if name in draw.inputs},
        options=options,
    )
    return {name: value for name, value in drawn.items() if name in draw.inputs}


def _may_be_replaced(fresh: Any, given: Any) -> bool:
    """Whether an input is a number or an array in the same shape, and no size."""
    is_number = isinstance(fresh, (float, np.ndarray)) and isinstance(given, (float, np.ndarray))
    return is_number and np.shape(fresh) == np.shape(given)


def _moves(
    problem: Problem,
    options: Mapping[str, str],
    answer: str,
    inputs: Mapping[str, Any],
    others: Mapping[str, Any],
) -> bool:
    before = problem.solve(inputs, options)[answer]
    with np.errstate(all="ignore"):
        after = problem.solve(others, options)[answer]
    moved = largest(after - before) if after.shape == before.shape else np.nan
    return bool(LEAST_SHARE * largest(before) < moved < np.inf)
