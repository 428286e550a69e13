"""The catalogue of mistakes: the reference with one known edit, or with one input changed."""

from __future__ import annotations


def clause_of(key: str) -> str:
    """Return what a mistake of the catalogue does, as a clause that may follow "if"."""
    return key
