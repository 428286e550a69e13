"""What does Gradescope's container give, and which of a rubric's limits must be lower there?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from grader.report.escaping import number_text

if TYPE_CHECKING:
    # For the types alone: 'grader --help' imports this module, and must not wait for NumPy.
    from grader.records import Limits, Rubric

USUAL_MEMORY_MB = 768
USUAL_TIMEOUT_MINUTES = 10
MOST_TIMEOUT_MINUTES = 40
LEAST_MEMORY_MB = 640
"""Below this NumPy and the grader do not fit in together."""
OWN_MB = 256
"""What the grader's own processes take beside the student's."""
_ASKING_SHARE = 0.6
"""Of the container's time, what waiting for answers may take; loading and judging have the rest."""
_WHOLE_SHARE = 0.85
"""Of the container's time, after which the results are written as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What the assignment's settings give an autograder.

    Parameters
    ----------
    memory_mb
        Memory of all processes together.
    timeout_minutes
        After which a submission gets zero points, whatever is known of it.
    """

    memory_mb: int = USUAL_MEMORY_MB
    timeout_minutes: int = USUAL_TIMEOUT_MINUTES

    @property
    def deadline_s(self) -> float:
        """Wall seconds after which the results must be there."""
        return 60.0 * self.timeout_minutes * _WHOLE_SHARE

    def fit(self, rubric: Rubric) -> Rubric:
        """Return a rubric whose limits end a submission well before the container does."""
        probes = {
            name: replace(probe, limits=self._fit(probe.limits))
            for name, probe in rubric.probes.items()
        }
        return replace(rubric, limits=self._fit(rubric.limits), probes=probes)

    def _fit(self, limits: Limits) -> Limits:
        return replace(
            limits,
            memory_mb=min(limits.memory_mb, self.memory_mb - OWN_MB),
            total_s=min(limits.total_s, self.total_s),
        )

    @property
    def total_s(self) -> float:
        """CPU seconds of a submission: it is waited for three times as long, and two seconds."""
        return float(round((60.0 * self.timeout_minutes * _ASKING_SHARE - 2.0) / 3.0))


def warnings(rubric: Rubric, container: Container) -> Iterator[str]:
    """Yield what a course should know before it uploads the autograder of a rubric."""
    fitted = container.fit(rubric)
    most = max((probe.limits.memory_mb for probe in rubric.probes.values()), default=0)
    given = fitted.limits.memory_mb
    if max(most, rubric.limits.memory_mb) > given:
        yield (
            f"the rubric gives a student's process {max(most, rubric.limits.memory_mb)} MB, and a "
            f"container of {container.memory_mb} MB has room for {given} MB, which is what it gets "
            "there; choose more in the assignment's settings and pass --memory"
        )
    if rubric.limits.total_s > fitted.limits.total_s:
        yield (
            f"the rubric gives a submission {rubric.limits.total_s:g} s of CPU time, and a "
            f"container of {container.timeout_minutes} minutes has room for "
            f"{fitted.limits.total_s:g} s, which is what it gets there; choose more in the "
            "assignment's settings and pass --timeout"
        )
    hidden = [item.id for item in rubric.items if item.visibility == "hidden"]
    if hidden:
        yield (
            f"hidden: {', '.join(hidden)}. As long as one item is hidden, Gradescope shows "
            "students no total; after_published shows it with the grades"
        )
    by_hand = [item.id for item in rubric.items if not item.is_probed]
    if by_hand:
        yield (
            f"marked by hand: {', '.join(by_hand)}. Their "
            f"{number_text(points_by_hand(rubric))} points are not in the autograder's score: "
            "give them in Gradescope"
        )


def points_by_hand(rubric: Rubric) -> Decimal:
    """Return the points of the items that no autograder can give."""
    return sum((item.points for item in rubric.items if not item.is_probed), Decimal(0))
