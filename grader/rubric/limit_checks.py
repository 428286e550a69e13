"""Do the limits of a rubric and of its probes fit together?"""

from __future__ import annotations

from collections.abc import Iterator

from grader.errors import Complaint
from grader.records import Limits
from grader.rubric.document import Path
from grader.rubric.draft import Draft
from grader.rubric.schema import ProbeLimitsModel

_CPU, _WALL = "cpu_s", "wall_s"


def limit_complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield where a call would run out of wall time before it can use its CPU time.

    Parameters
    ----------
    draft
        What could be read of the rubric.
    """
    head: Path = ("limits",)
    yield from _too_short(draft, head, [(head, draft.rubric.limits)])
    for name, probe in draft.rubric.probes.items():
        at = ("probes", name, "limits")
        if probe.limits.model_fields_set & {_CPU, _WALL}:
            yield from _too_short(draft, at, [(at, probe.limits), (head, draft.rubric.limits)])


def _too_short(
    draft: Draft, at: Path, levels: list[tuple[Path, ProbeLimitsModel]]
) -> Iterator[Complaint]:
    """Yield a complaint where a wall limit is below the CPU limit, the first level winning."""
    given: dict[str, float | None] = {_CPU: Limits().cpu_s, _WALL: Limits().wall_s}
    for path, limits in reversed(levels):
        if path in draft.broken or any((*path, key) in draft.broken for key in given):
            return
        given |= limits.model_dump(include=set(given), exclude_unset=True)
    cpu, wall = given[_CPU], given[_WALL]
    if cpu is not None and wall is not None and not wall >= cpu:
        message = f"wall_s is {wall:g} seconds, less than the {cpu:g} of cpu_s"
        key = _WALL if (*at, _WALL) in draft.document.places else _CPU
        yield draft.document.at((*at, key), message)
