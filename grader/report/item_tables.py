"""items.csv and diagnoses.csv: what each item was like, and who made the same mistake."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from grader.records import Item, ItemScore, Outcome, ScoreSheet
from grader.report.escaping import csv_text, number_text

DIAGNOSES = ("item", "title", "outcome", "diagnosis", "submissions", "students")
_NOT_DONE = frozenset({Outcome.WAIVED, Outcome.NOT_SUBMITTED})
"""Outcomes with points that tell nothing of how hard an item is."""
_NO_MISTAKE = frozenset(
    {Outcome.CORRECT, Outcome.UNSURE, Outcome.AWAITING_MARK, Outcome.GRADER_FAULT, *_NOT_DONE}
)
_COMMONEST = 3
_FEWEST = 3
"""Submissions that a correlation is told of; two always lie on a line."""


def items_table(items: Sequence[Item], sheets: Sequence[ScoreSheet]) -> pd.DataFrame:
    """Return one row per item.

    Its maximum; mean, median and shares with full points and with none, over the submissions that
    have points for it and did it (neither waived nor handed in without any code); how well it
    tells strong submissions from weak ones (``discrimination``, see there); the commonest
    diagnoses with how often each came; and how often each outcome came.
    """
    rows = []
    rests = _Rests(sheets)
    for item, scores in zip(items, _by_item(items, sheets), strict=True):
        done = [float(s.points) for s in scores if _is_done(s) and s.points is not None]
        earned = pd.Series(done, dtype="float64")
        outcomes = Counter(score.verdict.outcome for score in scores)
        row = {
            "item": item.id,
            "title": csv_text(item.title),
            "section": csv_text(item.section),
            "maximum": number_text(item.points),
            "graded": str(int(earned.count())),
            "mean": _rounded(earned.mean()),
            "median": _rounded(earned.median()),
            "share_full": _rounded((earned == float(item.points)).mean()) if len(earned) else "",
            "share_zero": _rounded((earned == 0).mean()) if len(earned) else "",
            "discrimination": _rounded(_correlation(rests.pairs(item))),
            "diagnoses": _commonest(scores),
        }
        rows.append(row | {str(outcome): str(outcomes[outcome]) for outcome in Outcome})
    table: pd.DataFrame = pd.DataFrame(rows, dtype=str)
    return table


def discrimination(item: Item, sheets: Sequence[ScoreSheet]) -> float:
    """Return the corrected item-total correlation of an item, NaN where it has none.

    Parameters
    ----------
    item
        One of the sheets' items.
    sheets
        Of all submissions. Those that have no points for the item, or have not done it, or have
        done no other item, do not count.

    Returns
    -------
    float
        From -1 to 1; NaN for fewer than three submissions, and where the points for the item, or
        for the rest, are all the same.

    Notes
    -----
    Pearson's correlation of the item's points with those of all other items. The item itself is
    not in the total, which would raise the correlation (hence "corrected"). Where items are
    undecided or waived, the rest is the share of the points that the others could give, so that
    a submission with an open item is not taken for a weak one.

    References
    ----------
    S. Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28
    (1963), 211-218.
    """
    return _correlation(_Rests(sheets).pairs(item))


class _Rests:
    """What each submission has earned of all items that it did: added up once for every item."""

    def __init__(self, sheets: Sequence[ScoreSheet]) -> None:
        self._done: list[dict[str, tuple[Decimal, Decimal]]] = []
        self._sums: list[tuple[Decimal, Decimal]] = []
        for sheet in sheets:
            done = {
                score.item.id: (score.points, score.item.points)
                for score in sheet.scores
                if score.points is not None and _is_done(score)
            }
            earned = sum((points for points, _ in done.values()), Decimal(0))
            most = sum((points for _, points in done.values()), Decimal(0))
            self._done.append(done)
            self._sums.append((earned, most))

    def pairs(self, item: Item) -> list[tuple[float, float]]:
        """Return an item's points, and the share of the others' points that was earned."""
        found = []
        for done, (earned, most) in zip(self._done, self._sums, strict=True):
            if item.id in done and len(done) > 1:
                own, own_most = done[item.id]
                found.append((float(own), float((earned - own) / (most - own_most))))
        return found


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    if len(pairs) < _FEWEST:
        return math.nan
    own, rest = np.array(pairs, dtype=float).T
    if np.ptp(own) == 0 or np.ptp(rest) == 0:
        return math.nan
    return float(np.corrcoef(own, rest)[0, 1])


def diagnoses_table(items: Sequence[Item], sheets: Sequence[ScoreSheet]) -> pd.DataFrame:
    """Return one row per item, outcome and named mistake, with the students whom it holds for.

    Items stand in the rubric's order, in each the commonest mistake first; the diagnosis is empty
    where none was named.
    """
    groups: dict[tuple[int, str, str], list[ScoreSheet]] = {}
    places = {item.id: place for place, item in enumerate(items)}
    for sheet in sheets:
        for score in sheet.scores:
            if score.verdict.outcome not in _NO_MISTAKE:
                key = (places[score.item.id], str(score.verdict.outcome), _named(score))
                groups.setdefault(key, []).append(sheet)
    rows = []
    for key in sorted(groups, key=lambda key: (key[0], -len(groups[key]), key[1:])):
        place, outcome, name = key
        students = [p.student_id for sheet in groups[key] for p in sheet.people]
        told = (items[place].id, csv_text(items[place].title), outcome, csv_text(name))
        rows.append([*told, str(len(groups[key])), csv_text("; ".join(sorted(students)))])
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(DIAGNOSES), dtype=str)
    return table


def _by_item(items: Sequence[Item], sheets: Sequence[ScoreSheet]) -> list[list[ItemScore]]:
    scores: dict[str, list[ItemScore]] = {item.id: [] for item in items}
    for score in (score for sheet in sheets for score in sheet.scores):
        scores[score.item.id].append(score)
    return list(scores.values())


def _is_done(score: ItemScore) -> bool:
    return score.points is not None and score.verdict.outcome not in _NOT_DONE


def _named(score: ItemScore) -> str:
    diagnosis = score.verdict.diagnosis
    is_mistake = score.verdict.outcome not in _NO_MISTAKE
    return diagnosis.name if diagnosis is not None and is_mistake else ""


def _commonest(scores: Sequence[ItemScore]) -> str:
    """Return the commonest named mistakes with how often each came: ``mean_missing 12; …``."""
    counts = Counter(filter(None, map(_named, scores)))
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return csv_text("; ".join(f"{name} {count}" for name, count in ranked[:_COMMONEST]))


def _rounded(number: float) -> str:
    return "" if pd.isna(number) else number_text(Decimal(f"{number:.3f}"))
