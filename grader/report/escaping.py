"""One function per sink: whatever a student wrote leaves the toolkit through one of these."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

_FORMULA = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]*[=+\-@＝＋－＠]")
"""What a spreadsheet may take for the beginning of a formula, in either width."""
_NEXT_FORMULA = re.compile(r"(;[\s\u200b-\u200d\u2060\ufeff]*)(?=[=+\-@＝＋－＠])")
"""The same where a cell begins for a spreadsheet of a country that writes lists with semicolons."""
_ESCAPED_NEXT = re.compile(r"(;[\s\u200b-\u200d\u2060\ufeff]*)'(?=[=+\-@＝＋－＠])")
_BREAK = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def csv_text(text: str) -> str:
    r"""Return a text as a CSV cell of one line that no spreadsheet takes for a formula.

    >>> csv_text("=cmd|calc"), csv_text("amber-fox")
    ("'=cmd|calc", 'amber-fox')
    """
    clean = _NEXT_FORMULA.sub(r"\1'", terminal_text(text))
    return f"'{clean}" if _FORMULA.match(clean) else clean


def csv_plain(text: str) -> str:
    r"""Return what a cell said before ``csv_text`` made it harmless.

    >>> csv_plain(csv_text("=1; -2")), csv_plain("'tis")
    ('=1; -2', "'tis")
    """
    whole = text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
    return _ESCAPED_NEXT.sub(r"\1", whole)


def terminal_text(text: str) -> str:
    r"""Return a text as one line without anything that a terminal would obey.

    >>> terminal_text("\x1b[2Jhello\nworld")
    '�[2Jhello world'
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _BREAK.sub(" ", _encodable(text)))


def plain_text(text: str) -> str:
    r"""Return a text of several lines, each without anything that a terminal or a page obeys.

    For readers who are told that it is plain text; it is not escaped for HTML or Markdown.

    >>> plain_text("two\nlines\x1b[2J")
    'two\nlines�[2J'
    """
    return "\n".join(map(terminal_text, text.split("\n")))


def json_text(value: Any) -> str:
    r"""Return plain data as strict JSON of one line, in which nothing obeys when it is shown.

    What a terminal would obey is written as JSON's own escapes and reads back as it was; half a
    character that no UTF-8 can hold reads back as the text of its escape.

    Raises
    ------
    ValueError
        If a number is not finite, which JSON cannot tell.

    >>> print(json_text({"name": "Ana \x9b31m\u202e"}))
    {"name": "Ana \u009b31m\u202e"}
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    whole = _SURROGATE.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text)
    return _CONTROL.sub(_escaped, _BREAK.sub(_escaped, whole))


def _escaped(character: re.Match[str]) -> str:
    return f"\\u{ord(character[0]):04x}"


def number_text(number: Decimal) -> str:
    """Return a decimal as people write it.

    >>> number_text(Decimal("2.80")), number_text(Decimal("100"))
    ('2.8', '100')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(count: int, noun: str) -> str:
    """Return a count in words.

    >>> counted(1, "submission"), counted(2, "item")
    ('1 submission', '2 items')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
