"""Whose score differs between two runs, by how much, on which items, and why?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.grading.kept import each_result
from grader.grading.rescoring import Run, open_old_run
from grader.grading.transcripts import read_transcript
from grader.records import Transcript, reruns_told
from grader.scoring.marks import BY_HAND, SAID_OF_MARK

ADJUSTMENTS = "(adjustments)"
"""In place of an item, where a total was changed beside the items; no item is called so."""
_BY_HAND = (BY_HAND, "waived by hand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One item of one submission that differs between two runs.

    Parameters
    ----------
    students
        Ids of who handed it in, joined by a space.
    item
        Id of the item; empty where the whole submission is in one of the runs only, ``ADJUSTMENTS``
        where its total was changed.
    before, after
        Points, None where nobody has decided.
    outcome_before, outcome_after
        Outcomes; empty where there is none.
    why
        What is known of the cause.
    """

    students: str
    item: str
    before: Decimal | None
    after: Decimal | None
    outcome_before: str
    outcome_after: str
    why: str

    @property
    def change(self) -> Decimal | None:
        """How many points more, None where one of them is undecided."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def compare_runs(first: Path, second: Path) -> list[Move]:
    """Return what differs between two runs, submission by submission.

    Parameters
    ----------
    first, second
        Folders of runs.

    Raises
    ------
    UsageError
        If one of them is no run's folder, or with the name of every result that cannot be read.
    """
    runs = open_old_run(first), open_old_run(second)
    results: dict[Path, dict[str, Mapping[str, Any]]] = {first: {}, second: {}}
    for path, told in each_result(first, second):
        results[path.parents[1]][path.stem] = told
    one, two = results[first], results[second]
    names = sorted({*one, *two})
    return [move for name in names for move in _moves(name, runs, (one, two))]


def _moves(
    name: str,
    runs: tuple[Run, Run],
    results: tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Mapping[str, Any]]],
) -> Iterator[Move]:
    told = results[1].get(name) or results[0][name]
    students = " ".join(person["id"] for person in told["people"]) or name
    for here, other in ((0, 1), (1, 0)):
        if name not in results[other]:
            total = _total(results[here][name])
            alone = (total, None) if here == 0 else (None, total)
            yield _move(students, "", alone, ("", ""), f"only in {runs[here].folder}")
            return
    before, after = (_items(result[name]) for result in results)
    for item in dict.fromkeys((*before, *after)):
        one, two = before.get(item), after.get(item)
        if one == two:
            continue
        points = (_points(one), _points(two))
        outcomes = (one["outcome"] if one else "", two["outcome"] if two else "")
        if points != points[::-1] or outcomes[0] != outcomes[1]:
            yield _move(students, item, points, outcomes, _why(name, one, two, runs))
    yield from _adjusted(results[0][name], results[1][name])


def _adjusted(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Move]:
    """Yield whose total was changed beside the items, in one run otherwise than in the other."""
    for person in after["people"]:
        one, two = (_adjustments(result, person["id"]) for result in (before, after))
        changes = _sum(one), _sum(two)
        if changes[0] != changes[1]:
            new = [told for told in two if told not in one]
            old = [told for told in one if told not in two]
            why = "; ".join(reason for _, reason in new)
            gone = "; ".join(reason for _, reason in old)
            told = why or f"not any more: {gone}"
            yield _move(person["id"], ADJUSTMENTS, changes, ("", ""), told)


def _sum(given: list[tuple[Decimal, str]]) -> Decimal:
    return sum((points for points, _ in given), Decimal(0))


def _adjustments(result: Mapping[str, Any], student: str) -> list[tuple[Decimal, str]]:
    """Return what a result adds to the total of one of its people, each with its reason."""
    return [
        (Decimal(one["points"]), f"{one['kind']}: {one['reason']}")
        for one in result.get("adjustments", ())
        if one["student"] in ("", student)
    ]


def _items(result: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {item["id"]: item for item in result["items"]}


def _points(item: Mapping[str, Any] | None) -> Decimal | None:
    return None if item is None or item["points"] is None else Decimal(item["points"])


def _total(result: Mapping[str, Any]) -> Decimal:
    points = (_points(item) for item in result["items"])
    return sum((p for p in points if p is not None), Decimal(0))


def _move(
    students: str,
    item: str,
    points: tuple[Decimal | None, Decimal | None],
    outcomes: tuple[str, str],
    why: str,
) -> Move:
    return Move(
        students=students,
        item=item,
        before=points[0],
        after=points[1],
        outcome_before=outcomes[0],
        outcome_after=outcomes[1],
        why=why,
    )


def _why(
    name: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    runs: tuple[Run, Run],
) -> str:
    """Return the first thing that differs on the way to the score."""
    if before is None or after is None:
        return _other_choices(*runs) or "the item is in one of the runs only"
    if _is_by_hand(after):
        told = "marked by hand" + (" another time" if _is_by_hand(before) else "")
        # Without a comment of the marker's, the verdict says the same once more.
        return told if after["message"] == SAID_OF_MARK else f"{told}: {after['message']}"
    if _is_by_hand(before):
        return "not marked by hand any more"
    if after["points"] is None and (missing := reruns_told(after["notes"])):
        return missing
    try:
        one, two = (_transcript(run.folder, name) for run in runs)
    except UsageError as error:
        return f"of one run the answers cannot be read ({error})"
    if one is None or two is None:
        return "of one run no answers are kept"
    if one.files != two.files:
        return "other files were handed in"
    if runs[0].seed != runs[1].seed:
        return "other inputs were drawn (another seed)"
    if (choices := _other_choices(*runs)) is not None:
        return choices
    if one.load != two.load:
        return "the files were loaded with another result"
    if dict(one.probes) != dict(two.probes):
        return "asked in another way (probe, starter, limits or version)"
    if any(two.inputs.get(key, told) != told for key, told in one.inputs.items()):
        return "other inputs were drawn"
    if before["points"] is None and (missing := reruns_told(before["notes"])):
        return f"{runs[0].folder} {missing}"
    if before["maximum"] != after["maximum"]:
        return f"worth {after['maximum']} points, not {before['maximum']}"
    if before["credit"] != after["credit"] or before["outcome"] != after["outcome"]:
        return "judged in another way from the same answers"
    return "other points for the same credit"


def _other_choices(one: Run, two: Run) -> str | None:
    """Return which of the rubric's options differ, or None where none does."""
    first, second = (dict(run.facts.get("options", {})) for run in (one, two))
    told = [
        f"{option}={first.get(option, 'none')} became {second.get(option, 'none')}"
        for option in sorted({*first, *second})
        if first.get(option) != second.get(option)
    ]
    return f"graded with another choice: {', '.join(told)}" if told else None


def _is_by_hand(item: Mapping[str, Any]) -> bool:
    return any(note.startswith(_BY_HAND) for note in item["notes"])


def _transcript(folder: Path, name: str) -> Transcript | None:
    path = folder / "transcripts" / f"{name}.frame"
    return read_transcript(path) if path.exists() else None
