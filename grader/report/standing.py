"""How did a class do? Totals, items, and who made the same mistake, from score sheets."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from grader.records import Item, ItemScore, ScoreSheet

FULL, PART, NONE, OPEN = "f", "p", "n", "o"
"""How an item stands: all of its points, some, none, or nobody has decided yet."""
_NUMBERS = re.compile(r"[-+]?\d[\d.,]*(?:e[-+]?\d+)?", re.IGNORECASE)


def standing_of(score: ItemScore) -> str:
    """Return how an item stands, as one letter."""
    if score.points is None:
        return OPEN
    if score.points == score.item.points:
        return FULL
    return PART if score.points else NONE


_NAMES = re.compile(r"^.*? (?:is|are each) ")
"""How a diagnosis begins: with the answers that it explains."""


@dataclass(slots=True, kw_only=True)
class ItemStanding:
    """What an item has come to.

    Parameters
    ----------
    item
        Which.
    stands
        How often it stands how.
    outcomes
        How often each outcome came.
    points
        What was given, where it is decided.
    """

    item: Item
    stands: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    points: list[Decimal] = field(default_factory=list)

    @property
    def mean(self) -> Decimal | None:
        """The mean of the points that were given; None where there are none."""
        return statistics.mean(self.points) if self.points else None


@dataclass(slots=True, kw_only=True)
class Mistake:
    """Answers that are wrong in the same way.

    Parameters
    ----------
    name
        Of the diagnosis.
    sentence
        For one of them, with its numbers; the others may differ in these.
    items
        Where it was met, in the order met.
    places
        Numbers of the sheets, in the order in which they were added.
    """

    name: str
    sentence: str
    items: dict[str, None] = field(default_factory=dict)
    places: dict[int, None] = field(default_factory=dict)


class Standing:
    """What the sheets that were added come to; each is looked at once and not kept."""

    def __init__(self) -> None:
        self.count = 0
        self.totals: list[Decimal] = []
        """Of everybody whose grading did not fail, as far as they are decided."""
        self.maximum = Decimal(0)
        self.undecided = 0
        """Submissions with points that nobody has decided yet."""
        self.faults = 0
        self.unnamed = 0
        """Wrong answers that no known mistake explains."""
        self._items: dict[str, ItemStanding] = {}
        self._mistakes: dict[tuple[str, str], Mistake] = {}

    def add(self, sheet: ScoreSheet) -> None:
        """Count one submission."""
        place = self.count
        self.count += 1
        self.maximum = max(self.maximum, sheet.maximum)
        if sheet.has_fault:
            self.faults += 1
        else:
            self.totals.append(sheet.total)
            self.undecided += any(score.points is None for score in sheet.scores)
        for score in sheet.scores:
            self._add_score(place, score)

    def _add_score(self, place: int, score: ItemScore) -> None:
        stands = self._items.setdefault(score.item.id, ItemStanding(item=score.item))
        stands.stands[standing_of(score)] += 1
        stands.outcomes[str(score.verdict.outcome)] += 1
        if score.points is not None:
            stands.points.append(score.points)
        diagnosis = score.verdict.diagnosis
        if diagnosis is None:
            return
        if not diagnosis.name:
            self.unnamed += 1
            return
        alike = _clause(diagnosis.sentence)
        mistake = self._mistakes.setdefault(
            (diagnosis.name, alike), Mistake(name=diagnosis.name, sentence=diagnosis.sentence)
        )
        mistake.items[score.item.id] = None
        mistake.places[place] = None

    @property
    def items(self) -> list[ItemStanding]:
        """Every item, in the order of the sheets."""
        return list(self._items.values())

    @property
    def mistakes(self) -> list[Mistake]:
        """Every mistake that has a name, the most frequent first."""
        found = self._mistakes.values()
        return sorted(found, key=lambda one: (-len(one.places), one.name, one.sentence))

    @property
    def mean(self) -> Decimal | None:
        """Mean total of everybody whose grading did not fail."""
        return statistics.mean(self.totals) if self.totals else None

    @property
    def median(self) -> Decimal | None:
        """Median total of everybody whose grading did not fail."""
        return statistics.median(self.totals) if self.totals else None


def words_of(name: str) -> str:
    """Return a diagnosis's name as words.

    >>> words_of("penalty_missing|layer_not_penalised")
    'penalty missing, or layer not penalised'
    """
    return ", or ".join(one.replace("_", " ") for one in name.split("|"))


def bins_of(totals: Sequence[Decimal], maximum: Decimal) -> list[tuple[Decimal, Decimal, int]]:
    """Return the histogram of totals: ten bins from 0 to the maximum, each with its count.

    A bin holds its lower edge and not its upper one, but for the last, which holds both. A total
    above the maximum, by a mark, is in the last bin, and one below zero in the first.
    """
    if maximum <= 0:
        return []
    width = maximum / 10
    counts = Counter(min(9, max(0, int(total / width))) for total in totals)
    return [(width * place, width * (place + 1), counts[place]) for place in range(10)]


def _clause(sentence: str) -> str:
    """Return what of a diagnosis is the same for everybody who made the mistake.

    Which answers show it and with what numbers is left out: it differs with the code around it.
    """
    _, found, clause = sentence.partition(" if ")
    return _NUMBERS.sub("#", clause if found else _NAMES.sub("", sentence, count=1))
