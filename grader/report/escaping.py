"""One function per sink: whatever a student wrote leaves the toolkit through one of these."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""What a spreadsheet may take for the beginning of a formula, in either width."""
_NEXT_FORMULA = re.compile(r"(;\s*)(?=[=+\-@＝＋－＠])")
"""The same where a cell begins for a spreadsheet of a country that writes lists with semicolons."""
_ESCAPED_NEXT = re.compile(r"(;[\s\u200b-\u200d\u2060\ufeff]*)'(?=[=+\-@＝＋－＠])")
_BREAK = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_JOINED = r"[\u0600-\u0dff\u0f00-\u109f\u1780-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
"""What a joiner (U+200C, U+200D) shapes: letters of scripts that are written with it, and emoji."""
_PICTURE = r"[©®\u203c-\u3299\U0001f000-\U0001faff]"
"""What is shown in colour with U+FE0F behind it, in black with U+FE0E."""
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    rf"|(?<!{_JOINED})[\u200c\u200d]|(?<!{_PICTURE})[\ufe0e\ufe0f]"
)
"""Letters without a shape, and those that turn the direction of what is shown.

Unicode's default-ignorable code points and other formats, but for joiners where they are needed.
"""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MARKUP = re.compile(r"[\\`*_\[\]{}#|~^$]|:(?=\S)|=(?==)|(?<==)=|(?<=www)\.|^[-+:=]", re.IGNORECASE)
"""What Markdown, in any of its dialects, makes more of than text within one line: of a colon only
within a word (an address, an emoji) or at the beginning, of an equals sign only beside another."""
_NUMBERED = re.compile(r"^(\d+)([.)])")
_FENCES = re.compile(r"`+")
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
"""Made once: a run writes hundreds of short lines for each submission."""


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

    A letter that nobody would see, or that turns the direction of the others, is shown by its
    number.

    >>> terminal_text("\x1b[2Jhello\nworld")
    '�[2Jhello world'
    >>> print(terminal_text("ab\u200bc"))
    ab\u200bc
    """
    if text.isascii() and text.isprintable():
        return text  # most texts are, and nothing of the below is in them
    seen = _INVISIBLE.sub(_named, _BREAK.sub(" ", _encodable(text)))
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", seen)


def plain_text(text: str) -> str:
    r"""Return a text of several lines, each without anything that a terminal or a page obeys.

    For readers who are told that it is plain text; it is not escaped for HTML or Markdown.

    >>> plain_text("two\nlines\x1b[2J")
    'two\nlines�[2J'
    """
    return "\n".join(map(terminal_text, text.split("\n")))


def html_text(text: str) -> str:
    r"""Return a text of several lines for the content of an HTML element or a quoted attribute.

    Not for attributes that are obeyed, such as ``href`` and ``style``, and not within a script.

    >>> html_text("<b>\"5\" & 'x'\u202e")
    '&lt;b&gt;&quot;5&quot; &amp; &#x27;x&#x27;\\u202e'
    """
    return html.escape(plain_text(text), quote=True)


def markdown_text(text: str) -> str:
    r"""Return a text as one line that stays text in Markdown, in a cell of a table too.

    >>> print(markdown_text("**x** [a](b) <i> a_b"))
    \*\*x\*\* \[a\](b) &lt;i&gt; a\_b
    """
    line = html.escape(terminal_text(text).strip(), quote=False)
    return _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", line))


def markdown_block(text: str) -> str:
    r"""Return a text of several lines as a block of code in Markdown, which nothing in it ends.

    It begins and ends with a fence and is to stand between empty lines, not within a list.

    >>> print(markdown_block("two\n```lines"))
    ````text
    two
    ```lines
    ````
    """
    plain = plain_text(text)
    fence = "`" * max(3, 1 + max(map(len, _FENCES.findall(plain)), default=0))
    return f"{fence}text\n{plain}\n{fence}"


def plain_data(value: Any) -> Any:
    r"""Return plain data with every text in it made harmless, all lines of it, keys too.

    >>> plain_data({"a\x1b": ["two\nlines", 1]})
    {'a�': ['two\nlines', 1]}
    """
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, Mapping):
        return {plain_text(str(key)): plain_data(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_data(inner) for inner in value]
    return value


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
    text = _JSON.encode(value)
    if text.isascii() and text.isprintable():
        return text  # as most are: nothing of the below is in it
    whole = _SURROGATE.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text)
    for unseen in (_BREAK, _CONTROL, _INVISIBLE):
        whole = unseen.sub(_escaped, whole)
    return whole


def _escaped(character: re.Match[str]) -> str:
    """Return a letter as JSON writes it without showing it."""
    code = character[0].encode("utf-16-be").hex()
    return "".join(f"\\u{code[at : at + 4]}" for at in range(0, len(code), 4))


def _named(character: re.Match[str]) -> str:
    """Return a letter as Python writes it."""
    return character[0].encode("ascii", "backslashreplace").decode()


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


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return some names in words, and whether there are more.

    >>> listed(["ant", "bee"]), listed(["ant", "bee", "cow"], most=2)
    ('ant, bee', 'ant, bee …')
    """
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
