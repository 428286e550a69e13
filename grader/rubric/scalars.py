"""What does an unquoted YAML word mean? YAML 1.1's traps are closed here.

Numbers are decimal and exact; only ``true`` and ``false`` are booleans; ``on``, ``no``, ``1:30``
and ``2025-01-31`` are words. What another reader would take for a number or a boolean, and we would
not (``010``, ``1_000``, ``0x1F``, ``.inf``, ``True``, ``None``), is an error that says what to
write: as a silent word it would reach the student's code.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

Scalar = str | int | Decimal | bool | None

LONGEST_NUMBER = 25
"""Characters of a number: more are a slip of the keyboard, and Decimal's 28 digits hold these."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_OTHER_NUMBER = re.compile(
    r"[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[bB][01_]+|[-+]?0[oO]?[0-7_]+"
    r"|[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_MISSPELT = {
    "True": "true", "TRUE": "true", "False": "false", "FALSE": "false",
    "Null": "null", "NULL": "null", "None": "null",
}  # fmt: skip


class AmbiguousScalarError(ValueError):
    """An unquoted word that readers of YAML disagree on; its text says what to write."""


def resolve(text: str) -> Scalar:
    """Return the value of an unquoted scalar.

    Raises
    ------
    AmbiguousScalarError
        If it could be taken for another value than ours.

    >>> resolve("1e-6"), resolve("12"), resolve("on"), resolve("1:30")
    (Decimal('0.000001'), 12, 'on', '1:30')
    """
    if text in _WORDS:
        return _WORDS[text]
    if text in _MISSPELT:
        raise AmbiguousScalarError(f"write {_MISSPELT[text]}, or {_quoted(text)} for the word")
    if _LEADING_ZERO.fullmatch(text):
        plain = text.lstrip("+-").lstrip("0") or "0"
        raise AmbiguousScalarError(
            f"{text} would be octal in YAML 1.1: write {plain}, or {_quoted(text)} for the word"
        )
    if _DECIMAL.fullmatch(text):
        return _number(text)
    if _OTHER_NUMBER.fullmatch(text):
        raise AmbiguousScalarError(
            f"{text} is no number here: write it in plain decimal digits, "
            f"or {_quoted(text)} for the word"
        )
    return text


def _quoted(text: str) -> str:
    return f'"{text}"'


def _number(text: str) -> int | Decimal:
    """Return a number exactly as it is written."""
    if len(text) > LONGEST_NUMBER:
        raise AmbiguousScalarError(f"a number of more than {LONGEST_NUMBER} characters")
    if _INTEGER.fullmatch(text):
        return int(text)
    value = Decimal(text)
    near = float(value)
    if not math.isfinite(near) or (near == 0.0) != (value == 0):
        raise AmbiguousScalarError(f"{text} does not fit into a float64")
    return value
