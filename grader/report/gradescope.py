"""results.json as Gradescope reads it: what students see, and what only their instructors do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from grader.records import Item, ItemScore, ScoreSheet
from grader.report.escaping import number_text, plain_data, plain_text
from grader.report.told import adjustment_lines, details_for_author, hint_of, loading_of, to_know

_HIDDEN = "hidden"
_MOST_OUTPUT = 10_000
"""Characters of one item's text."""
_LEADER_DECIMALS = 4
_ASK = "If this stays, please tell your instructors."


def final_results(
    sheet: ScoreSheet,
    execution_s: float,
    warnings: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the results of a submission that was graded, as plain data for ``json_text``.

    Parameters
    ----------
    sheet
        What it came to. Items that nobody has decided yet are lines without a score.
    execution_s
        Wall seconds that it took.
    warnings
        For instructors: they stand in ``extra_data`` alone, which students do not see.
    facts
        What else ``extra_data`` is to tell.

    Notes
    -----
    Every text says itself that it is plain text, and ``score`` is told although Gradescope could
    add it up: lines without a score would leave it open otherwise.
    """
    numbers = _numbers([score.item for score in sheet.scores])
    tests = [_test(score, number) for score, number in zip(sheet.scores, numbers, strict=True)]
    undecided = [score.item.id for score in sheet.scores if score.points is None]
    told = {
        **(facts or {}),
        "maximum": number_text(sheet.maximum),
        "undecided": undecided,
        "flags": list(sheet.flags),
        "problems": list(sheet.problems),
        "conventions": dict(sheet.conventions),
        "warnings": list(warnings),
    }
    return {
        "score": float(sheet.total),
        "execution_time": round(execution_s, 2),
        "output": plain_text("\n".join(_whole(sheet))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "extra_data": plain_data(told),
        "tests": tests,
        **_leaderboard(sheet),
    }


def open_results(items: Iterable[Item], stage: str) -> dict[str, Any]:
    """Return results without any verdict: where grading is, or what has ended it.

    Parameters
    ----------
    items
        As far as they are known.
    stage
        For the student, one sentence.
    """
    listed = list(items)
    tests = [
        {**_head(item, number), "output": "Not graded yet."}
        for item, number in zip(listed, _numbers(listed), strict=True)
    ]
    return {
        "score": 0.0,
        "output": plain_text(f"{stage}\nThis score is provisional, and no verdict. {_ASK}"),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "tests": tests,
    }


def _head(item: Item, number: str) -> dict[str, Any]:
    return {
        "name": plain_text(item.title).replace("\n", " "),
        "name_format": "text",
        "number": number,
        "output_format": "text",
        "visibility": item.visibility,
    }


def _test(score: ItemScore, number: str) -> dict[str, Any]:
    """Return one line: with its points, or without any where there is no verdict."""
    item, verdict = score.item, score.verdict
    extra: dict[str, Any] = {"item": item.id, "outcome": str(verdict.outcome)}
    if item.visibility != _HIDDEN and verdict.diagnosis is not None:
        extra["diagnosis"] = verdict.diagnosis.name
    test = {
        **_head(item, number),
        "output": plain_text("\n".join(_lines(score)))[:_MOST_OUTPUT],
        "tags": plain_data([str(verdict.outcome), *([item.section] if item.section else [])]),
        "extra_data": plain_data(extra),
    }
    if score.points is None:
        return test
    status = "passed" if score.points == item.points else "failed"
    return {
        **test,
        "score": float(score.points),
        "max_score": float(item.points),
        "status": status,
    }


def _lines(score: ItemScore) -> list[str]:
    """Return what an item's text says; of a hidden one the outcome alone."""
    item, verdict = score.item, score.verdict
    lines = []
    if score.points is None:
        lines.append(
            f"Not decided yet, of {number_text(item.points)} points: a person looks at it."
        )
    if item.visibility == _HIDDEN:
        return [*lines, f"Outcome: {verdict.outcome}"]
    lines += [" ".join([verdict.message, *to_know(verdict)])]
    return [*lines, *hint_of(score), *details_for_author(score)]


def _whole(sheet: ScoreSheet) -> list[str]:
    """Return the text above all items; it tells no total where Gradescope hides it."""
    lines = []
    if any(score.item.visibility == _HIDDEN for score in sheet.scores):
        lines.append("Some items are not shown to students, and so neither is the total.")
    elif all(score.item.visibility == "visible" for score in sheet.scores):
        lines.append(f"{number_text(sheet.total)} of {number_text(sheet.maximum)} points.")
    is_open = all(score.item.visibility == "visible" for score in sheet.scores)
    # The reason may tell how many points were earned.
    kinds = dict.fromkeys(one.kind for one in sheet.adjustments)
    closed = [f"The total is adjusted ({', '.join(kinds)})."] if kinds else []
    lines += adjustment_lines(sheet) if is_open else closed
    points = sum((s.item.points for s in sheet.scores if s.points is None), Decimal(0))
    if points:
        told = f"{number_text(points)} points are not decided yet: a person looks at them"
        lines.append(f"The total is provisional. {told}.")
    lines += [f"Could not be read: {told}" for told in sheet.problems]
    lines += [f"While loading: {told}" for told in loading_of(sheet)]
    return lines or ["Graded."]


def _leaderboard(sheet: ScoreSheet) -> dict[str, Any]:
    """Return what the rubric puts on the leaderboard, of the items that have it."""
    entries = []
    for score in sheet.scores:
        leader = score.item.leader
        if leader is None:
            continue
        reached = score.verdict.accuracy if leader.of == "accuracy" else score.points
        if reached is not None:
            name = plain_text(leader.name).replace("\n", " ")
            value = round(float(reached), _LEADER_DECIMALS)
            entries.append({"name": name, "value": value, "order": leader.order})
    return {"leaderboard": entries} if entries else {}


def _numbers(items: Sequence[Item]) -> list[str]:
    """Return each item's number: by section and place in it, where there are several sections.

    The sections are counted in the order in which they first come.
    """
    sections = list(dict.fromkeys(item.section for item in items))
    if len(sections) < 2:
        return [str(place) for place in range(1, len(items) + 1)]
    counts = dict.fromkeys(sections, 0)
    numbers = []
    for item in items:
        counts[item.section] += 1
        numbers.append(f"{sections.index(item.section) + 1}.{counts[item.section]}")
    return numbers
