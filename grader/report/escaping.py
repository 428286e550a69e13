"""One function per sink: whatever a student wrote leaves the toolkit through one of these."""

from __future__ import annotations

import re
from decimal import Decimal

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def csv_text(text: str) -> str:
    r"""Return a text as a CSV cell that no spreadsheet takes for a formula.

    >>> csv_text("=cmd|calc"), csv_text("amber-fox")
    ("'=cmd|calc", 'amber-fox')
    """
    clean = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _encodable(text))
    return f"'{clean}" if clean.startswith(_FORMULA) else clean


def terminal_text(text: str) -> str:
    r"""Return a text without anything that a terminal would obey.

    >>> terminal_text("\x1b[2Jhello")
    '�[2Jhello'
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _encodable(text))


def number_text(number: Decimal) -> str:
    """Return a decimal as people write it.

    >>> number_text(Decimal("2.80")), number_text(Decimal("100"))
    ('2.8', '100')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
