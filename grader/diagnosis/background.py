"""What every known mistake would answer on a draw, worked out once and shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.diagnosis.material import Background


def background(
    problem_id: str, inputs: Mapping[str, Any], options: Mapping[str, str]
) -> Background:
    """Return what is known of a draw under one convention.

    Parameters
    ----------
    problem_id
        As in ``reference.problem``.
    inputs
        The draw's inputs, its sizes among them.
    options
        The convention; options that are not there take their defaults.
    """
    import reference

    problem = reference.problem(problem_id)
    full = problem.resolve_options(options)
    return Background(
        sizes={
            name: float(value)
            for name, value in inputs.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        },
        parts={name: dict(parts) for name, parts in problem.parts(inputs, full).items()},
        edits={},
        examples={},
    )
