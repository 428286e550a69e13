"""How many points do the verdicts of one submission come to?"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from grader.records import (
    NEEDS_RERUN,
    UNDECIDED,
    Diagnosis,
    Item,
    ItemScore,
    LoadReport,
    Outcome,
    ScoreSheet,
    Submission,
    Usage,
    Verdict,
)

_HUNDREDTH = Decimal("0.01")


def points_of(item: Item, verdict: Verdict) -> Decimal | None:
    """Return an item's points, or None where nobody has decided yet.

    They are rounded to the hundredth, or as finely as the item's own points are given: so full
    credit is never more, or less, than the item's points.
    """
    if verdict.outcome in UNDECIDED:
        return None
    own = Decimal((0, (1,), int(item.points.as_tuple().exponent)))
    return (item.points * verdict.credit).quantize(min(own, _HUNDREDTH), rounding=ROUND_HALF_UP)


def make_sheet(
    submission: Submission,
    verdicts: Mapping[str, Verdict],
    items: Iterable[Item],
    load: LoadReport | None,
    usage: Usage,
    conventions: Mapping[str, str],
    flags: Iterable[str],
) -> ScoreSheet:
    """Return the score sheet of one submission.

    Parameters
    ----------
    submission
        Whose sheet it is.
    verdicts
        Item id -> verdict, one for every item.
    items
        The items in the order of the sheet.
    load, usage, conventions, flags
        What goes with the scores.
    """
    scores = tuple(
        ItemScore(item=item, verdict=verdicts[item.id], points=points_of(item, verdicts[item.id]))
        for item in items
    )
    return ScoreSheet(
        submission=submission.id,
        people=submission.people,
        scores=scores,
        total=sum((score.points for score in scores if score.points is not None), Decimal(0)),
        maximum=sum((score.item.points for score in scores), Decimal(0)),
        flags=tuple(flags),
        problems=submission.problems,
        load=load,
        usage=usage,
        conventions=conventions,
    )


def fault_sheet(submission: Submission, items: Iterable[Item], message: str) -> ScoreSheet:
    """Return the sheet of a submission that a fault of ours kept from being graded."""
    told = f"The grader itself failed, which costs no points: {message}"
    verdict = Verdict(outcome=Outcome.GRADER_FAULT, credit=Decimal(0), message=told)
    listed = tuple(items)
    return make_sheet(
        submission,
        {item.id: verdict for item in listed},
        listed,
        None,
        Usage(wall_s=0.0, cpu_s=0.0),
        {},
        (f"grader fault: {message}",),
    )


def in_brief(sheet: ScoreSheet, items: Iterable[Item]) -> ScoreSheet:
    """Return a sheet with what a run's tables tell of it, and nothing else.

    A run keeps every sheet until its end, and with all sentences and evidence each is a hundred
    kilobytes: a run of thousands would fill the memory. The whole of it is in its result's file.

    Parameters
    ----------
    sheet
        As it came from a worker, with copies of all items.
    items
        The run's own, which all of its sheets share.
    """
    own = {item.id: item for item in items}
    return replace(
        sheet,
        scores=tuple(
            ItemScore(
                item=own[score.item.id],
                verdict=_brief(
                    score.verdict.outcome,
                    score.verdict.credit,
                    _diagnosed(score.verdict),
                    score.needs_rerun,
                ),
                points=None if score.points is None else _shared(str(score.points)),
            )
            for score in sheet.scores
        ),
        load=None,
        conventions={},
        spent={},
    )


@functools.cache
def _shared(points: str) -> Decimal:
    """Return one number for all that are written alike: thousands of sheets have the same."""
    return Decimal(points)


def _diagnosed(verdict: Verdict) -> str:
    """Return the name of the mistake that was diagnosed, empty where none was."""
    return "" if verdict.diagnosis is None else verdict.diagnosis.name


@functools.cache
def _brief(outcome: Outcome, credit: Decimal, diagnosed: str, needs_rerun: bool) -> Verdict:
    named = Diagnosis(name=diagnosed, sentence="", answers=()) if diagnosed else None
    notes = (NEEDS_RERUN,) if needs_rerun else ()
    return Verdict(outcome=outcome, credit=credit, message="", diagnosis=named, notes=notes)


def in_order(sheets: Iterable[ScoreSheet]) -> list[ScoreSheet]:
    """Return sheets as every report lists them: faults of ours first, then by id."""
    return sorted(sheets, key=lambda sheet: (not sheet.has_fault, sheet.submission))
