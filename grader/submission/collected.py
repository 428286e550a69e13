"""What has come of looking through a source of submissions, whichever it is?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader.submission.found import Found
from grader.submission.shelves import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The submissions of a source.

    Parameters
    ----------
    found
        One for each student or group.
    unmatched
        Names in the source that belong to nobody, for people.
    """

    found: tuple[Found, ...]
    unmatched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of source.

    Parameters
    ----------
    title
        What it is, for people: ``a Canvas download``.
    told_by
        What it is recognised by, for people.
    recognises
        Whether a shelf is one of that kind, by its names alone.
    collect
        Returns the submissions of such a shelf; the second argument is the assignment that is
        wanted, empty for the only one.
    """

    title: str
    told_by: str
    recognises: Callable[[Shelf], bool]
    collect: Callable[[Shelf, str], Collected]
