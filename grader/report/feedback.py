"""feedback/<id>.md and .html: what one student reads, the same words in both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from grader.records import ItemScore, Outcome, ScoreSheet, Verdict
from grader.report.escaping import markdown_block, markdown_text, number_text
from grader.report.html import own_file, page
from grader.report.standing import standing_of
from grader.report.told import (
    AGAIN,
    adjustment_lines,
    details_for_author,
    hint_of,
    is_shown,
    notes_of,
    to_know,
)

OUTCOMES = {
    Outcome.CORRECT: "right",
    Outcome.PARTIAL: "partly right",
    Outcome.WRONG: "not right",
    Outcome.UNSURE: "a person decides",
    Outcome.NOT_IMPLEMENTED: "not done yet",
    Outcome.RAISED: "stopped with an error",
    Outcome.TIMED_OUT: "ran out of time",
    Outcome.OUT_OF_MEMORY: "ran out of memory",
    Outcome.CRASHED: "crashed",
    Outcome.LOAD_FAILED: "could not be loaded",
    Outcome.UNSTABLE: "answers differently each time",
    Outcome.BLOCKED: "does what is not allowed",
    Outcome.AWAITING_MARK: "awaits a mark",
    Outcome.WAIVED: "waived",
    Outcome.NOT_SUBMITTED: "not handed in",
    Outcome.GRADER_FAULT: "the grader failed, no points lost",
}
"""Each outcome as a student reads it."""
_TELLING = frozenset({Outcome.PARTIAL, Outcome.UNSURE, Outcome.GRADER_FAULT})
"""Outcomes of which a student should read more than the word, whatever the points are."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever stands behind their dot."""
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One item as its student reads it."""

    name: str
    title: str
    section: str
    points: str
    maximum: str
    stands: str
    outcome: str
    texts: tuple[str, ...]
    details: str
    again: str
    """How to see it again."""
    has_more: bool
    """Whether there is something to read, other than that it is right or awaits a mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What one student is told.

    Parameters
    ----------
    title
        Of the homework.
    sheet
        What it came to.
    is_published
        Whether items are shown as well that a student sees after the due date, or once the grades
        are published.
    """

    title: str
    sheet: ScoreSheet
    is_published: bool = False

    def markdown(self) -> str:
        """Return it as Markdown."""
        return "\n".join(self._markdown()) + "\n"

    def html(self) -> str:
        """Return it as a page of its own, without a script.

        Raises
        ------
        UsageError
            If jinja2 is not installed.
        """
        return page(
            "feedback.html.j2",
            {
                "title": self.title,
                "who": self._who(),
                "total": self._total(),
                "adjusted": list(self._adjusted()),
                "told": list(self._told()),
                "lines": self._lines(),
                "style": own_file("feedback.css"),
            },
        )

    def _markdown(self) -> Iterator[str]:
        yield f"# {markdown_text(self.title)}"
        yield f"\n{markdown_text(self._who())}"
        yield f"\n{self._total()}"
        yield from (f"\n{markdown_text(one)}" for one in self._adjusted())
        told = list(self._told())
        if told:
            yield "\n## Your files\n"
            yield from (f"- {markdown_text(one)}" for one in told)
        yield "\n## Points\n"
        yield "| Item | | Points | |"
        yield "|---|---|---:|---|"
        for line in self._lines():
            cells = (markdown_text(line.name), markdown_text(line.title))
            yield f"| {' | '.join(cells)} | {line.points} | {line.outcome} |"
        more = [line for line in self._lines() if line.has_more]
        if more:
            yield "\n## What was found"
        for line in more:
            yield f"\n### {markdown_text(line.name)}: {markdown_text(line.title)}\n"
            yield f"{line.points}: {line.outcome}"
            for text in line.texts:
                yield f"\n{markdown_text(text)}"
            block = "\n".join(filter(None, (line.details, line.again)))
            if block:
                yield f"\n{markdown_block(block)}"

    def _who(self) -> str:
        people = [
            f"{person.name} ({person.student_id})" if person.name else person.student_id
            for person in self.sheet.people
        ]
        return ", ".join(filter(None, people)) or self.sheet.submission

    def _total(self) -> str:
        sheet = self.sheet
        if sheet.has_fault:
            return "No total yet: the grader itself failed, which costs you no points."
        told = f"{number_text(sheet.total)} of {number_text(sheet.maximum)} points"
        points = sum((s.item.points for s in sheet.scores if s.points is None), Decimal(0))
        if not points:
            return f"{told}."
        return f"{told} so far. {number_text(points)} are not decided yet: a person looks at them."

    def _adjusted(self) -> Iterator[str]:
        """Yield what changed the total and why; of one of a group the total alone: all read it."""
        sheet = self.sheet
        if sheet.has_fault:
            return
        if sheet.adjustments_of(""):
            yield f"The items come to {number_text(sheet.raw_total)} points."
        yield from adjustment_lines(sheet)
        for name in dict.fromkeys(one.student for one in sheet.adjustments if one.student):
            yield f"{name} has {number_text(sheet.total_of(name))} points; ask for the reason."

    def _told(self) -> Iterator[str]:
        """Yield what became of the files, as far as a student can do something about it."""
        yield from (f"Could not be read: {one}" for one in self.sheet.problems)
        load = self.sheet.load
        if load is not None:
            yield from (f"Could not be loaded: {one}" for one in load.failures)
            yield from notes_of(load)

    def _lines(self) -> list[_Line]:
        return [self._line(score) for score in self.sheet.scores]

    def _line(self, score: ItemScore) -> _Line:
        item, verdict = score.item, score.verdict
        is_open = is_shown(score) or (self.is_published and item.visibility != "hidden")
        shown, *again = "\n".join(details_for_author(score)).partition(AGAIN)
        points = "–" if score.points is None else number_text(score.points)
        maximum = number_text(item.points)
        texts = [verdict.message, *to_know(verdict), *hint_of(score)]
        is_telling = score.points not in (None, item.points) or verdict.outcome in _TELLING
        return _Line(
            name=item.id if is_open else "",
            title=item.title,
            section=item.section,
            points=f"{points} of {maximum}" if is_open else "",
            maximum=maximum,
            stands=standing_of(score) if is_open else "o",
            outcome=OUTCOMES[verdict.outcome],
            texts=tuple(texts) if is_open else (),
            details=shown.rstrip() if is_open else "",
            again="".join(again) if is_open else "",
            has_more=is_open and (is_telling or _is_commented(verdict) or len(texts) > 1),
        )


def _is_commented(verdict: Verdict) -> bool:
    """Return whether a person has given the mark and said something to it."""
    by_hand = any(note.startswith(("marked by hand", "waived by hand")) for note in verdict.notes)
    return by_hand and verdict.message not in ("Marked by hand.", "Waived.")


class FileStems:
    """Names for files, one for each id, that are safe and different on every system.

    An id that is safe already stays as it is; any other gets a hash of itself behind what is left
    of it. So no name leads out of its folder, is reserved, or differs from another in case alone.

    >>> stems = FileStems()
    >>> stems.new("amber-fox"), stems.new("../../x")
    ('amber-fox', 'x-9cdf6a50')
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, name: str) -> str:
        """Return the name of the files of one more id."""
        stem = _stem(name)
        if stem.casefold() in self._taken:
            stem = f"{stem}-{_digest(name)}"
        while stem.casefold() in self._taken:
            stem = f"{stem}-{len(self._taken)}"
        self._taken.add(stem.casefold())
        return stem


def _stem(name: str) -> str:
    clean = _UNSAFE.sub("-", name).strip("-.")[:_LONGEST].rstrip("-.")
    if clean and clean == name and not _RESERVED.fullmatch(clean):
        return clean
    # In front: a reserved name is one whatever stands behind it.
    head = "id-" if _RESERVED.fullmatch(clean) else ""
    return f"{head}{clean}-{_digest(name)}" if clean else _digest(name)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def each_alone(sheet: ScoreSheet) -> list[ScoreSheet]:
    """Return the sheets that are told: one, or one for each of a group whose totals differ.

    What was taken off one of them is nobody else's business.
    """
    if len(sheet.people) < 2 or not any(one.student for one in sheet.adjustments):
        return [sheet]
    return [
        replace(
            sheet,
            submission=f"{sheet.submission}-{person.student_id}",
            people=(person,),
            total=sheet.total_of(person.student_id),
            adjustments=tuple(
                replace(one, student="") for one in sheet.adjustments_of(person.student_id)
            ),
        )
        for person in sheet.people
    ]
