"""What of a run awaits a mark by hand, and what has been given already?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.grading.journal import MARKS
from grader.grading.kept import each_result
from grader.records import Item, Outcome, Rubric, reruns_told
from grader.report.escaping import csv_plain, number_text
from grader.report.marks import RowToMark
from grader.scoring.hand_csv import name_key
from grader.scoring.marks import WAIVED, Mark, Marks, read_marks
from grader.scoring.naming import handed_in_twice


@dataclass(frozen=True, slots=True, kw_only=True)
class ToMark:
    """What awaits a mark, and what is open for another reason.

    Parameters
    ----------
    rows
        A row for each item that awaits a mark, and for each that was given one.
    unrecorded
        How many items of each submission are open for want of an answer that is not recorded: they
        would be judged once it is there.
    """

    rows: Sequence[RowToMark]
    unrecorded: Sequence[int]


_AWAITED = frozenset({str(Outcome.AWAITING_MARK), str(Outcome.UNSURE)})
"""A person decides; what a fault of ours left open is for a mended grader."""


def to_mark(folder: Path, rubric: Rubric) -> ToMark:
    """Return what of a run awaits a mark.

    By item and then by submission: so one question is marked in one go.

    Raises
    ------
    UsageError
        If a result, or the marks that are kept with the run, cannot be read.
    """
    kept = folder / MARKS
    marks = read_marks(kept, rubric.items) if kept.exists() else Marks()
    results = [told for _, told in each_result(folder)]
    left = dict(marks.rows)
    called = {told["submission"]: [one["id"] for one in told["people"]] for told in results}
    several = handed_in_twice(called).keys()
    rows: list[RowToMark] = []
    for item in rubric.items:
        for told in results:
            rows += _of_submission(item, told, left, several)
        # Nobody loses a mark because the run has no such student (any more).
        others = [name for name, marked in left if marked == item.id]
        rows += [_given(item, csv_plain(name), left.pop((name, item.id))) for name in others]
    unrecorded = [sum(map(_needs_rerun, told["items"])) for told in results]
    return ToMark(rows=rows, unrecorded=unrecorded)


def _needs_rerun(item: Mapping[str, Any]) -> bool:
    return item["points"] is None and bool(reruns_told(item["notes"]))


def _of_submission(
    item: Item, told: dict[str, Any], left: dict[tuple[str, str], Mark], several: Collection[str]
) -> Iterator[RowToMark]:
    """Yield the rows of one item of a submission, and take its marks from those that are left.

    Whoever has several submissions is no name of any of them.
    """
    people = [person["id"] for person in told["people"] if person["id"] not in several]
    names = [name for name in (*people, told["submission"]) if (name_key(name), item.id) in left]
    for name in dict.fromkeys(names):
        yield _given(item, name, left.pop((name_key(name), item.id)))
    found = next((one for one in told["items"] if one["id"] == item.id), None)
    if found is None or _needs_rerun(found):
        return
    outcome = found["outcome"]
    if not names and outcome in _AWAITED:
        yield RowToMark(
            student=people[0] if len(people) == 1 else told["submission"],
            item=item.id,
            title=item.title,
            maximum=item.points,
            outcome=outcome,
        )


def _given(item: Item, student: str, mark: Mark) -> RowToMark:
    return RowToMark(
        student=student,
        item=item.id,
        title=item.title,
        maximum=item.points,
        points=WAIVED if mark.points is None else number_text(mark.points),
        comment=mark.comment,
        outcome="marked",
    )
