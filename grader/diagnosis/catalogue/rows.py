"""What a row of the catalogue is: a mistake's key, what it does, and what changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of the reference's text, and what stands there instead.

    Parameters
    ----------
    old
        Text that occurs exactly once in the module.
    new
        What takes its place.
    module
        Which module of ``reference``, ``"losses"``; empty for the problem's own.
    """

    old: str
    new: str
    module: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mistake of the catalogue.

    Parameters
    ----------
    key
        Its name, and after a colon what tells it from others of that name: ``mask_missing:2``.
    clause
        What it does, as a clause that may follow "if"; "it" is the answer.
    edits
        How the reference's text changes.
    """

    key: str
    clause: str
    edits: tuple[Edit, ...]


NOT_TRANSPOSED = "{} stands where its transpose is right, which fits where it is square"


def where_it_fits(wrong: str, right: str) -> str:
    """Return the text of a matrix that stands for its transpose where that has the same shape.

    Elsewhere the wrong one raises; what a student's code raises there is not for a diagnosis.

    >>> where_it_fits("W", "W.T")
    '(W if W.shape == W.T.shape else W.T)'
    """
    return f"({wrong} if {wrong}.shape == {wrong}.T.shape else {right})"


def without(rows: tuple[Row, ...], *keys: str) -> tuple[Row, ...]:
    """Return rows but those of some keys, which change nothing in a problem."""
    return tuple(one for one in rows if one.key not in keys)


def row(key: str, clause: str, *changes: tuple[str, str], module: str = "") -> Row:
    """Return a row whose changes, old text and new, are all in one module."""
    edits = tuple(Edit(old, new, module) for old, new in changes)
    return Row(key=key, clause=clause, edits=edits)
