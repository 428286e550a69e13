"""What does a run's folder hold? Its score sheets as records again, for every report of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.grading.journal import people_in, read_result
from grader.records import (
    Adjustment,
    Diagnosis,
    Evidence,
    Item,
    ItemScore,
    LoadReport,
    Outcome,
    Rubric,
    ScoreSheet,
    Spent,
    Usage,
    Verdict,
)

_MOST_NAMED = 20


def kept_sheets(
    folder: Path, rubric: Rubric, order: Callable[[str], str] = lambda name: name
) -> Iterator[ScoreSheet]:
    """Yield the score sheets of a run, whole, in the order of their ids, one at a time.

    Parameters
    ----------
    folder
        The run's.
    rubric
        Whose titles, sections, hints and visibility the items get. An item that it does not know
        any more is called by its id, and is hidden from students.
    order
        Gives for an id by what it is sorted, if not by itself.

    Raises
    ------
    UsageError
        If there are no results, or with the name of every file that cannot be read.
    """
    found = (folder / "results").glob("*.json")
    paths = sorted(found, key=lambda path: (order(path.stem), path.stem))
    if not paths:
        raise UsageError(f"{folder}: holds no results yet (results/*.json); grade into it first")
    known = {item.id: item for item in rubric.items}
    for path in paths:
        try:
            sheet = kept_sheet(path, known)
        except UsageError:
            raise all_told(_all_that_is_wrong(paths), "Nothing was written. ") from None
        yield sheet


def _all_that_is_wrong(paths: Sequence[Path]) -> list[str]:
    """Return what is wrong with every result that cannot be read."""
    told = []
    for path in paths:
        try:
            kept_sheet(path, {})
        except UsageError as error:
            told.append(str(error))
    return told


def each_result(*folders: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the results of some runs as plain data, each with its file, in the order of names.

    Raises
    ------
    UsageError
        At last, with the name of every one that cannot be read.
    """
    wrong: list[str] = []
    for folder in folders:
        for path in sorted((folder / "results").glob("*.json")):
            try:
                yield path, read_result(path)
            except UsageError as error:
                wrong.append(str(error))
    if wrong:
        raise all_told(wrong)


def all_told(told: Sequence[str], remark: str = "") -> UsageError:
    """Return what to say of results that cannot be read: each of them, and how they come back."""
    more = [f"… and {len(told) - _MOST_NAMED} more"] if len(told) > _MOST_NAMED else []
    way = "grader grade … -o RUN --resume judges again what was answered, and runs nobody anew"
    return UsageError("\n".join([*told[:_MOST_NAMED], *more, f"{remark}{way}."]))


def kept_sheet(path: Path, known: Mapping[str, Item]) -> ScoreSheet:
    """Return one score sheet of a run.

    Raises
    ------
    UsageError
        If the file cannot be read, is another version's, or is no score sheet.
    """
    told = read_result(path)
    try:
        return _sheet(told, known)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise UsageError(f"{path}: is no score sheet ({type(error).__name__}: {error})") from None


def _sheet(told: Mapping[str, Any], known: Mapping[str, Item]) -> ScoreSheet:
    load = told["load"]
    sheet = ScoreSheet(
        submission=told["submission"],
        people=people_in(told),
        scores=tuple(_score(one, known) for one in told["items"]),
        total=_points(told["total"]),
        maximum=_points(told["maximum"]),
        flags=tuple(told["flags"]),
        problems=tuple(told["problems"]),
        load=None
        if load is None
        else LoadReport(
            root=load["root"],
            loaded=tuple(load["loaded"]),
            failures=tuple(load["failures"]),
            notes=tuple(load["notes"]),
            broken={},
        ),
        usage=Usage(**told["usage"]),
        conventions=dict(told["conventions"]),
        spent={
            one["probe"]: Spent(
                calls=one["calls"],
                usage=Usage(wall_s=one["wall_s"], cpu_s=one["cpu_s"], peak_mb=one["peak_mb"]),
            )
            for one in told["probes"]
        },
        adjustments=tuple(
            Adjustment(
                kind=one["kind"],
                points=_points(one["points"]),
                reason=one["reason"],
                student=one["student"],
            )
            for one in told.get("adjustments", ())
        ),
    )
    if len(sheet.people) != 1:
        return sheet
    # Of a submission of one person, what holds for that person holds for the submission.
    own = tuple(
        replace(one, student="") for one in sheet.adjustments_of(sheet.people[0].student_id)
    )
    return replace(sheet, total=sheet.total_of(sheet.people[0].student_id), adjustments=own)


def _score(told: Mapping[str, Any], known: Mapping[str, Item]) -> ItemScore:
    diagnosis = told["diagnosis"]
    verdict = Verdict(
        outcome=Outcome(told["outcome"]),
        credit=_points(told["credit"]),
        message=told["message"],
        notes=tuple(told["notes"]),
        details=told["details"],
        diagnosis=None
        if diagnosis is None
        else Diagnosis(
            name=diagnosis["name"],
            sentence=diagnosis["sentence"],
            answers=tuple(diagnosis["answers"]),
        ),
        evidence=tuple(
            Evidence(
                draw=seen["draw"],
                answer=seen["answer"],
                outcome=Outcome(seen["outcome"]),
                deviation=float("inf")
                if seen["deviation_units"] is None
                else float(seen["deviation_units"]),
                detail=seen["detail"],
            )
            for seen in told["evidence"]
        ),
    )
    points = None if told["points"] is None else _points(told["points"])
    maximum = _points(told["maximum"])
    item = known.get(told["id"]) or _forgotten(told["id"], maximum)
    # What counted for the run, where the rubric has other points by now.
    item = item if item.points == maximum else replace(item, points=maximum)
    return ItemScore(item=item, verdict=verdict, points=points)


def _points(text: Any) -> Decimal:
    """Return a decimal that was kept; one that is not finite was never written by us."""
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(f"points of {text}")
    return number


def _forgotten(name: str, points: Decimal) -> Item:
    """Return what is known of an item that its rubric does not have any more."""
    return Item(
        id=name,
        title=name,
        section="",
        points=points,
        check="",
        probe="",
        answers=(),
        group=None,
        case_weights={},
        answer_weights={},
        parameters={},
        hint="",
        visibility="hidden",
    )
