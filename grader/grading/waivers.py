"""Which items need a student not do, because they say so in their files?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fnmatch import fnmatchcase

from grader.records import Outcome, Rubric, SourceFile, Verdict, Waiver

_BREAK = re.compile(r'\\[nrt]|",|["#>]')
"""What stands between words: signs of JSON, of comments and of a quotation in Markdown."""
_MARKS = re.compile(r"[*_`]")
"""What Markdown puts around a word."""


def offered(rubric: Rubric) -> tuple[Waiver, ...]:
    """Return a rubric's waivers but those whose phrase is in the starter: all would have them."""
    given = [_plain(file.data) for file in rubric.starter] if rubric.waivers else []
    return tuple(w for w in rubric.waivers if not any(_phrase(w) in text for text in given))


def claimed(waivers: Sequence[Waiver], files: Sequence[SourceFile]) -> tuple[str, ...]:
    """Return the ids of the waivers whose phrase stands in a student's files.

    Upper and lower case and the breaks of lines do not matter; a comment, a string and a
    notebook's Markdown cell are all the same.
    """
    texts = [_plain(file.data) for file in files] if waivers else []
    return tuple(w.id for w in waivers if any(_phrase(w) in text for text in texts))


def waived(
    rubric: Rubric, verdicts: Mapping[str, Verdict], waivers: Iterable[str]
) -> dict[str, Verdict]:
    """Return the verdicts with full points for the items that were waived."""
    used = [waiver for waiver in rubric.waivers if waiver.id in set(waivers)]
    by_item = {
        item: waiver
        for waiver in used
        for item in verdicts
        if any(fnmatchcase(item, pattern) for pattern in waiver.items)
    }
    return {
        item: replace(
            verdict,
            outcome=Outcome.WAIVED,
            credit=Decimal(1),
            message=f"Waived ({by_item[item].id}): “{by_item[item].phrase}”.",
            details="",
        )
        if item in by_item
        else verdict
        for item, verdict in verdicts.items()
    }


def _phrase(waiver: Waiver) -> str:
    return _plain(waiver.phrase.encode())


def _plain(data: bytes) -> str:
    """Return a text in lower case with single spaces, also out of a notebook's JSON."""
    text = _BREAK.sub(" ", data.decode("utf-8", "replace").lower())
    return " ".join(_MARKS.sub("", text).split())
