"""Items, verdicts and score sheets, made with what a test cares about and plain for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from grader.records import Item, Outcome, Person, ScoreSheet, Submission, Usage, Verdict
from grader.scoring.sheet import make_sheet


def item(name: str = "item", points: str = "10", **given: Any) -> Item:
    """Return an item; weights may be given as texts."""
    plain: dict[str, Any] = {
        "id": name,
        "title": f"Title of {name}",
        "section": "",
        "points": Decimal(points),
        "check": "value",
        "probe": "probe",
        "answers": ("loss",),
        "group": None,
        "case_weights": {},
        "answer_weights": {},
        "parameters": {},
        "hint": "",
        "visibility": "visible",
    }
    for weights in ("case_weights", "answer_weights"):
        if weights in given:
            given[weights] = {name: Decimal(share) for name, share in given[weights].items()}
    return Item(**{**plain, **given})


def verdict(outcome: Outcome = Outcome.CORRECT, credit: str | None = None) -> Verdict:
    """Return a verdict; full credit for right answers, half for partial ones, else none."""
    usual = {Outcome.CORRECT: "1", Outcome.PARTIAL: "0.5"}.get(outcome, "0")
    return Verdict(outcome=outcome, credit=Decimal(credit or usual), message=f"It is {outcome}.")


def submission(name: str = "amber-fox", **given: Any) -> Submission:
    """Return a submission without files."""
    people = given.pop("people", (Person(student_id=name),))
    return Submission(id=name, people=people, files=(), **given)


def sheet(
    items: Iterable[Item],
    verdicts: Mapping[str, Verdict] | Iterable[Outcome],
    name: str = "amber-fox",
    flags: Iterable[str] = (),
    **given: Any,
) -> ScoreSheet:
    """Return a sheet, from verdicts by item or from outcomes in the items' order."""
    listed = tuple(items)
    if not isinstance(verdicts, Mapping):
        verdicts = {i.id: verdict(o) for i, o in zip(listed, verdicts, strict=True)}
    nothing = Usage(wall_s=0.0, cpu_s=0.0)
    return make_sheet(submission(name, **given), verdicts, listed, None, nothing, {}, flags)
