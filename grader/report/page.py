"""report.html: a class on one page that needs nothing else, for whoever has graded it.

What is shown at once is plain HTML. What is known of a student beyond that is packed beneath it,
for each by itself, and unpacked by the page's script when it is asked for: a thousand students are
a few megabytes, and loading does not build what nobody looks at.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from grader.records import Item, ItemScore, Rubric, ScoreSheet
from grader.report.escaping import json_text, number_text, plain_data
from grader.report.excerpts import Excerpt
from grader.report.histogram import histogram
from grader.report.html import HOW_TO_INSTALL, digest_of_script, own_file, own_markup, page
from grader.report.standing import (
    FULL,
    NONE,
    OPEN,
    PART,
    ItemStanding,
    Mistake,
    Standing,
    bins_of,
    standing_of,
    words_of,
)
from grader.report.tables import status_of
from grader.report.told import every_adjustment, totals_text
from grader.report.written import Passage

_TENTH = Decimal("0.1")
_GLYPHS = {FULL: "●", PART: "◐", NONE: "○", OPEN: "?"}
_SHORTEST_PIECE = 1.0
"""Percent of a bar that a piece must have to be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What of a submission's files stands beside its verdicts.

    Parameters
    ----------
    excerpts
        Item -> the functions that it calls.
    passages
        What was written in words, where a person marks it.
    beside
        Item -> which of the passages name it.
    remark
        Why nothing is shown, or what to think of what is.
    """

    excerpts: Mapping[str, tuple[Excerpt, ...]]
    passages: tuple[Passage, ...] = ()
    beside: Mapping[str, tuple[int, ...]]
    remark: str = ""


NO_MATERIAL = Material(excerpts={}, beside={})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One submission's row; what is packed beneath the page is ``packed``."""

    label: str
    names: str
    section: str
    status: str
    total: str
    percent: str
    counts: Mapping[str, int]
    stands: str
    glyphs: str
    search: str
    flags: int
    packed: str


class ReportPage:
    """The page, to which submissions are added one at a time.

    Parameters
    ----------
    rubric
        What was graded.
    facts
        Of the run, as pairs of words, for the foot of the page.
    remarks
        What a reader must know before all else: that the run was interrupted, say.
    is_anonymous
        Whether the page says that it names nobody.
    """

    def __init__(
        self,
        rubric: Rubric,
        facts: Sequence[tuple[str, str]] = (),
        remarks: Sequence[str] = (),
        is_anonymous: bool = False,
    ) -> None:
        self._rubric = rubric
        self._facts = facts
        self._remarks = remarks
        self._is_anonymous = is_anonymous
        self._standing = Standing()
        self._rows: list[_Row] = []
        self._items: dict[str, Item] = {}

    def add(self, sheet: ScoreSheet, material: Material = NO_MATERIAL) -> None:
        """Add a submission; nothing of it is kept but its row and what is packed."""
        self._standing.add(sheet)
        for score in sheet.scores:
            self._items.setdefault(score.item.id, score.item)
        self._rows.append(_row(sheet, material))

    def html(self) -> str:
        """Return the page.

        Raises
        ------
        UsageError
            If jinja2 is not installed.
        """
        standing = self._standing
        script = own_file("report.js")
        return page(
            "report.html.j2",
            {
                "title": self._rubric.title,
                "rubric": self._rubric.id,
                "facts": self._facts,
                "remarks": self._remarks,
                "is_anonymous": self._is_anonymous,
                "standing": standing,
                "mean": _hundredth(standing.mean),
                "median": _hundredth(standing.median),
                "maximum": number_text(standing.maximum),
                "bins": [
                    (number_text(low), number_text(high), count)
                    for low, high, count in bins_of(standing.totals, standing.maximum)
                ],
                "picture": self._picture(),
                "items": [_item_row(one) for one in standing.items],
                "mistakes": [self._mistake_row(one) for one in standing.mistakes],
                "rows": self._rows,
                "has_names": any(row.names for row in self._rows),
                "has_sections": any(row.section for row in self._rows),
                "glyphs": _GLYPHS,
                "style": own_file("report.css"),
                "script": script,
                "script_digest": digest_of_script(str(script)),
                "item_data": _in_script(json_text(plain_data(self._item_data()))),
                "packed": own_markup("\n".join(row.packed for row in self._rows)),
            },
        )

    def _picture(self) -> Any:
        """Return the histogram, or in its place why there is none."""
        bins = bins_of(self._standing.totals, self._standing.maximum)
        if not bins:
            return ""
        try:
            label = "Histogram of the totals; the same numbers stand in the table below it"
            return own_markup(histogram(bins, label))
        except ImportError:
            return f"The histogram needs matplotlib: {HOW_TO_INSTALL}"

    def _item_data(self) -> list[list[str]]:
        return [
            [
                item.id,
                item.title,
                item.section,
                number_text(item.points),
                item.visibility,
                item.hint,
            ]
            for item in self._items.values()
        ]

    def _mistake_row(self, one: Mistake) -> Mapping[str, Any]:
        return {
            "words": words_of(one.name),
            "sentence": one.sentence,
            "items": list(one.items),
            "students": [(place, self._rows[place].label) for place in one.places],
        }


def _row(sheet: ScoreSheet, material: Material) -> _Row:
    stands = "".join(map(standing_of, sheet.scores))
    people = sheet.people
    label = ", ".join(p.student_id for p in people if p.student_id) or sheet.submission
    names = ", ".join(p.name for p in people if p.name)
    section = ", ".join(dict.fromkeys(p.section for p in people if p.section))
    known = {
        score.verdict.diagnosis.name
        for score in sheet.scores
        if score.verdict.diagnosis is not None
    }
    words = [sheet.submission, label, names, section, _status(sheet)]
    words += [*(p.email for p in people), *map(words_of, sorted(known))]
    return _Row(
        label=label,
        names=names,
        section=section,
        status=_status(sheet),
        total="" if sheet.has_fault else totals_text(sheet),
        percent=_percent(sheet),
        counts={one: stands.count(one) for one in (FULL, PART, NONE, OPEN)},
        stands=stands,
        glyphs="".join(_GLYPHS[one] for one in stands),
        search=" ".join([*words, *sheet.flags]).casefold(),
        flags=len(sheet.flags),
        packed=packed(_details(sheet, material)),
    )


def _status(sheet: ScoreSheet) -> str:
    """Return what scores.csv says of it, in words."""
    return status_of(sheet).replace("_", " ")


def _percent(sheet: ScoreSheet) -> str:
    if sheet.has_fault or not sheet.maximum:
        return ""
    share = 100 * sheet.total / sheet.maximum
    return str(share.quantize(_TENTH, rounding=ROUND_HALF_UP))


def _hundredth(number: Decimal | None) -> str:
    return "–" if number is None else number_text(number.quantize(Decimal("0.01")))


def _item_row(one: ItemStanding) -> Mapping[str, Any]:
    count = sum(one.stands.values())
    shares = {stand: 100 * one.stands[stand] / count for stand in (FULL, PART, NONE, OPEN)}
    return {
        "item": one.item,
        "maximum": number_text(one.item.points),
        "mean": _hundredth(one.mean),
        "counts": {stand: one.stands[stand] for stand in (FULL, PART, NONE, OPEN)},
        "bar": [(s, f"{share:.2f}") for s, share in shares.items() if share >= _SHORTEST_PIECE],
        "outcomes": ", ".join(f"{n} {outcome}" for outcome, n in one.outcomes.most_common()),
    }


# --- what is packed --------------------------------------------------------------------------


def packed(value: Any) -> str:
    """Return plain data as raw deflate in base64, which a browser unpacks by itself."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    text = json_text(plain_data(value)).encode("utf-8")
    return base64.b64encode(compressor.compress(text) + compressor.flush()).decode("ascii")


def _details(sheet: ScoreSheet, material: Material) -> Mapping[str, Any]:
    """Return all that is known of a submission; the page's script puts it in words."""
    places: dict[Excerpt, int] = {}
    for found in material.excerpts.values():
        for one in found:
            places.setdefault(one, len(places))
    load = sheet.load
    return {
        "id": sheet.submission,
        "people": [[p.student_id, p.name, p.email, p.section] for p in sheet.people],
        "total": None if sheet.has_fault else totals_text(sheet),
        "maximum": number_text(sheet.maximum),
        "flags": [*every_adjustment(sheet), *sheet.flags],
        "problems": sheet.problems,
        "loading": [*load.failures, *load.notes] if load is not None else [],
        "conventions": [[group, one] for group, one in sheet.conventions.items() if one],
        "remark": material.remark,
        "items": [
            _item_details(
                score,
                [places[one] for one in material.excerpts.get(score.item.id, ())],
                material.beside.get(score.item.id, ()),
            )
            for score in sheet.scores
        ],
        "code": [[one.place, one.line, one.text, one.is_cut] for one in places],
        "written": [[one.place, one.text] for one in material.passages],
    }


def _item_details(score: ItemScore, code: Sequence[int], written: Sequence[int]) -> list[Any]:
    verdict = score.verdict
    return [
        score.item.id,
        standing_of(score),
        None if score.points is None else number_text(score.points),
        str(verdict.outcome),
        verdict.message,
        verdict.notes,
        verdict.details,
        "" if verdict.diagnosis is None else words_of(verdict.diagnosis.name),
        [
            [
                seen.draw,
                seen.answer,
                str(seen.outcome),
                f"{seen.deviation:.3g}" if seen.deviation < float("inf") else "",
                seen.detail,
            ]
            for seen in verdict.evidence
        ],
        code,
        written,
    ]


def _in_script(text: str) -> Any:
    """Return JSON for the content of a ``script`` element, in which no tag can begin or end."""
    return own_markup(text.replace("<", "\\u003c").replace(">", "\\u003e"))
