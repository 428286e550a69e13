"""Which of several ways has earned an item? The better one counts, and the sheet says which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from grader.records import Item, Outcome, Verdict, parts_of_way
from grader.scoring.sheet import points_of


def item_of(asked: str) -> str:
    """Return the id of the item that something which is judged belongs to."""
    return parts_of_way(asked)[0]


def by_best_way(items: Iterable[Item], verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Return one verdict for each item.

    Parameters
    ----------
    items
        All of them; of those with several ways the better one counts. What is undecided could
        still earn all of its points, so that it is not put behind a decided part of them; of
        equals it is the one that was tried, and then the first-named one.
    verdicts
        What was found, by the ids of all that is asked.
    """
    return {item.id: _of(item, verdicts) for item in items}


def _of(item: Item, verdicts: Mapping[str, Verdict]) -> Verdict:
    if not item.ways:
        return verdicts[item.id]
    chosen = max(item.ways, key=lambda way: _rank(way, verdicts[way.id]))
    verdict = verdicts[chosen.id]
    others = ", ".join(
        f"{parts_of_way(way.id)[1]} ({verdicts[way.id].outcome})"
        for way in item.ways
        if way is not chosen
    )
    name = parts_of_way(chosen.id)[1]
    return replace(
        verdict,
        message=f"As “{name}”: {verdict.message}",
        notes=(*verdict.notes, f"counted: {name}; not counted: {others}"),
    )


def _rank(way: Item, verdict: Verdict) -> tuple[Decimal, Decimal, bool]:
    points = points_of(way, verdict)
    hoped = way.points if points is None else points
    was_tried = verdict.outcome is not Outcome.NOT_IMPLEMENTED
    return hoped, Decimal(0) if points is None else points, was_tried
