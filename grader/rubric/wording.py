"""How are a wrong word, and a wrong value, named in a message?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches

LONGEST = 60
"""Characters of a wrong text that a message repeats."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None where none is near.

    >>> nearest("pionts", ["points", "probe"])
    'points'
    >>> nearest("2015", ["2015-2016", "2021"])
    '2015-2016'
    """
    lowered = {other.lower(): other for other in known}
    begun = [other for other in lowered if len(word) > 2 and other.startswith(word.lower())]
    if len(begun) == 1:
        return lowered[begun[0]]
    close = get_close_matches(word.lower()[:LONGEST], lowered, n=1, cutoff=0.65)
    return lowered[close[0]] if close else None


def hint(word: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown word: what was meant, or what there is.

    >>> hint("hidde", ["visible", "hidden"])
    "; did you mean 'hidden'?"
    >>> hint("x", ["visible", "hidden"])
    '; known: visible, hidden'
    """
    words = list(known)
    meant = nearest(word, words)
    if meant is not None:
        return f"; did you mean {meant!r}?"
    return f"; known: {', '.join(words)}" if words else "; there is none"


def shown(word: str) -> str:
    """Return a text in quotes, cut where it is long."""
    return repr(word) if len(word) <= LONGEST else f"{word[:LONGEST]!r}…"


def describe(value: object) -> str:
    """Return what a YAML value is, in words.

    >>> describe("five"), describe(Decimal("0.10")), describe(None), describe({})
    ("the text 'five'", 'the number 0.10', 'nothing', 'a mapping')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if value is None:
        return "nothing"
    return "a mapping" if isinstance(value, dict) else "a list"
