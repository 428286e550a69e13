"""One function per sink: whatever a student wrote leaves the toolkit through one of these."""

from __future__ import annotations

import re
from decimal import Decimal

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, in either width."""
_BREAK = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def csv_text(text: str) -> str:
    r"""Return a text as a CSV cell of one line that no spreadsheet takes for a formula.

    >>> csv_text("=cmd|calc"), csv_text("amber-fox")
    ("'=cmd|calc", 'amber-fox')
    """
    clean = terminal_text(text)
    return f"'{clean}" if clean.lstrip().startswith(_FORMULA) else clean


def terminal_text(text: str) -> str:
    r"""Return a text as one line without anything that a terminal would obey.

    >>> terminal_text("\x1b[2Jhello\nworld")
    '�[2Jhello world'
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _BREAK.sub(" ", _encodable(text)))


def number_text(number: Decimal) -> str:
    """Return a decimal as people write it.

    >>> number_text(Decimal("2.80")), number_text(Decimal("100"))
    ('2.8', '100')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
