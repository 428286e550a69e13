"""What has each student of a run come to, and may it be handed out?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.grading.journal import people_in
from grader.grading.kept import each_result
from grader.records import Outcome, Person, reruns_told
from grader.scoring.reruns import ASKS_FOR_THEM, NOT_RECORDED

GRADED, UNDECIDED, FAULT, MISSING = "graded", "undecided", "fault", "missing"
WHY_NOT = {
    UNDECIDED: "awaits a mark or a decision",
    FAULT: "a fault of the grader left items without a verdict",
    MISSING: "handed in nothing",
}
"""Why a score is not given out unless it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One student's row.

    Parameters
    ----------
    person
        Whose it is.
    submission
        Id of what was handed in.
    total, maximum
        In points; the total is that of the items that are decided.
    status
        ``graded``, or one of ``WHY_NOT``.
    items
        Item -> points, None where nobody has decided.
    unrecorded
        Those that are open for want of an answer that is not recorded: no person's to decide.
    """

    person: Person
    submission: str
    total: Decimal
    maximum: Decimal
    status: str
    items: Mapping[str, Decimal | None]
    unrecorded: tuple[str, ...] = ()

    @property
    def open_items(self) -> list[str]:
        """The items without points that wait for somebody."""
        return [
            name
            for name, points in self.items.items()
            if points is None and name not in self.unrecorded
        ]

    @property
    def why_not(self) -> str:
        """Why it is not given out, with the items that keep it from that."""
        told = []
        if self.unrecorded:
            told.append(f"needs {NOT_RECORDED} ({ASKS_FOR_THEM}): {', '.join(self.unrecorded)}")
        if self.open_items:
            told.append(f"{WHY_NOT[self.status]}: {', '.join(self.open_items)}")
        return "; ".join(told) or WHY_NOT[self.status]

    @property
    def name(self) -> str:
        """Who it is, for a message."""
        name = self.person.name
        return f"{self.person.student_id} ({name})" if name else self.person.student_id


def read_scores(folder: Path) -> list[Score]:
    """Return the scores of a run, by submission.

    Raises
    ------
    UsageError
        If a result cannot be read.
    """
    scores = []
    for _, told in each_result(folder):
        totals = {p["id"]: Decimal(p.get("total", told["total"])) for p in told["people"]}
        items = {
            item["id"]: None if item["points"] is None else Decimal(item["points"])
            for item in told["items"]
        }
        unrecorded = tuple(
            item["id"]
            for item in told["items"]
            if item["points"] is None and reruns_told(item["notes"])
        )
        scores += [
            Score(
                person=person,
                submission=told["submission"],
                total=totals[person.student_id],
                maximum=Decimal(told["maximum"]),
                status=_status(told),
                items=items,
                unrecorded=unrecorded,
            )
            for person in people_in(told)
        ]
    return scores


def _status(told: Mapping[str, Any]) -> str:
    outcomes = {item["outcome"] for item in told["items"]}
    if str(Outcome.GRADER_FAULT) in outcomes:
        return FAULT
    if any(item["points"] is None for item in told["items"]):
        return UNDECIDED
    return MISSING if outcomes == {str(Outcome.NOT_SUBMITTED)} else GRADED
