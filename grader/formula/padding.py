"""A text made ready to be scanned, every sign at its old place, and cut into statements."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.formula.errors import FormulaError
from grader.formula.limits import MOST_DEPTH, MOST_STATEMENTS, MOST_TEXT
from grader.formula.spelling import (
    BRACED,
    LOOK_ALIKE,
    REMARKS,
    SAID_EQUAL,
    SEPARATING_WORDS,
    SPACES,
)

_BREAK = re.compile(r"\\\\(?:\s*\[[0-9.]+\s*[a-z]{2}\])?|\r\n?|\f|\v|\u2028")
_COMMENT = re.compile(r"(?<!\\)[#%][^\n]*")
_NOTE = re.compile(r"\s*[_^]\s*\{")
_BRACKETED = (
    re.compile(r"\(((?:\s*(?:\\partial|∂))[^()\n]{1,40})\)(?=\s*/\s*\(?\s*(?:\\partial|∂))"),
    re.compile(r"(?<=/)\(((?:\s*(?:\\partial|∂))[^()\n]{1,40})\)"),
)
"""(∂L)/(∂W), as word processors write a fraction in one line: what is above, and what below."""
_OPENS, _CLOSES = "([{", ")]}"
_GOES_ON = re.compile(r"\s*(?:[-+=·×⊙∘*/@−]|\\(?:cdot|odot|circ|times|otimes)(?![A-Za-z]))")
_WAITS = re.compile(r"(?:[-+=·×⊙∘*/@,(−]|\\(?:cdot|odot|circ|times|otimes|sum|frac))\s*$")
SIGNED = re.compile(r"\n\s*[-−]")
"""A line that starts with a minus: it goes on, or is the answer."""
_EQUALS = re.compile(r":=|≔|(?<![<>!=:])=(?!=)")
_DEFINES = re.compile(r"\s*[^=<>]{1,60}?(?::=|(?<![<>!=])=(?!=))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One line of a derivation: what is said to be equal, each as its place in the text."""

    members: tuple[tuple[int, int], ...]
    """From start to end; the first one is empty where a line goes on with ``=``."""


def padded(text: str) -> str:
    """Return a text of the same length without what is only there for the eye.

    Raises
    ------
    FormulaError
        If it is too long.

    >>> padded("$( x ) &= y$")
    ' ( x )  = y '
    """
    if len(text) > MOST_TEXT:
        raise FormulaError(f"a formula of more than {MOST_TEXT} characters", 0, 1)
    text = text.replace("\t", " ").translate(LOOK_ALIKE)
    for pattern, by in (
        (_BREAK, "\n"),
        (_COMMENT, ""),
        (SEPARATING_WORDS, "\n"),
        (REMARKS, ""),
        (SPACES, ""),
        (SAID_EQUAL, "="),
    ):
        text = _blanked(text, pattern, by)
    for bracketed in _BRACKETED:
        text = bracketed.sub(lambda found: f" {found[1]} ", text)
    return _without_notes(text)


def _without_notes(text: str) -> str:
    """Return a text without the braces under its pieces, and without what is noted there."""
    at = 0
    while found := BRACED.search(text, at):
        stop = _closing(text, found.end())
        note = _NOTE.match(text, stop + 1)
        end = _closing(text, note.end() - 1) + 1 if note else stop + 1
        if stop < 0 or end == 0:
            # What is never closed is told of where brackets are matched.
            return text
        text = (
            text[: found.start()]
            + " " * (found.end() - found.start())
            + text[found.end() : stop + 1]
            + " " * (end - stop - 1)
            + text[end:]
        )
        at = found.end()
    return text


def _closing(text: str, at: int) -> int:
    """Return the place of the brace that closes one, or -1 where none does."""
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return place
    return -1


def _blanked(text: str, pattern: re.Pattern[str], by: str) -> str:
    """Return a text with what a pattern finds replaced, and filled up with spaces."""
    return pattern.sub(lambda found: by + " " * (len(found[0]) - len(by)), text)


def statements(text: str, *, is_cut_at_signs: bool = False) -> list[Statement]:
    """Return the statements of a padded text; cut, a line that starts with a sign is one too.

    Raises
    ------
    FormulaError
        If there are none or too many, or brackets do not match.
    """
    found = [
        statement
        for start, end in _lines(text, is_cut_at_signs)
        if (statement := _statement(text, start, end))
    ]
    joined: list[Statement] = []
    for one in found:
        # "a = b" and, on the next line, "= c": one chain of equalities.
        if joined and one.members[0][0] == one.members[0][1]:
            joined[-1] = Statement(members=joined[-1].members + one.members[1:])
        else:
            joined.append(one)
    if not joined:
        raise FormulaError("there is no formula", 0, 1)
    if len(joined) > MOST_STATEMENTS:
        raise FormulaError(f"more than {MOST_STATEMENTS} lines", joined[-1].members[0][0])
    return joined


def _lines(text: str, is_cut_at_signs: bool) -> list[tuple[int, int]]:
    """Return where each line starts and ends; one that goes on is one with the next."""
    cuts: list[tuple[int, int]] = []
    start, at = 0, 0
    open_at: list[int] = []
    while at < len(text):
        sign = text[at]
        if sign == "\\" and at + 1 < len(text):
            at += 2
            continue
        if sign in _OPENS:
            open_at.append(at)
            if len(open_at) > MOST_DEPTH:
                raise FormulaError(f"more than {MOST_DEPTH} brackets within brackets", at)
        elif sign in _CLOSES:
            if not open_at:
                raise FormulaError(f"this {sign!r} closes nothing", at)
            open_at.pop()
        elif not open_at and _ends(text, start, at, is_cut_at_signs):
            cuts.append((start, at))
            start = at + 1
        at += 1
    if open_at:
        raise FormulaError(f"this {text[open_at[-1]]!r} is never closed", open_at[-1])
    return [*cuts, (start, len(text))]


def _ends(text: str, start: int, at: int, is_cut_at_signs: bool) -> bool:
    """Return whether a line ends at a sign: a semicolon, a break, a comma before a definition."""
    if text[at] == ",":
        return _DEFINES.match(text, at + 1) is not None
    if text[at] == "\n":
        is_signed = is_cut_at_signs and SIGNED.match(text, at)
        goes_on = (_GOES_ON.match(text, at + 1) and not is_signed) or _WAITS.search(
            text[start:at].rstrip()[-12:]
        )
        return bool(text[start:at].strip()) and not goes_on
    return text[at] == ";"


def _statement(text: str, start: int, end: int) -> Statement | None:
    """Return what a line says to be equal, without the full stop at its end."""
    while end > start and (text[end - 1].isspace() or text[end - 1] in ".,;"):
        end -= 1
    if not text[start:end].strip():
        return None
    members, depth, begin, at = [], 0, start, start
    while at < end:
        sign = text[at]
        if sign == "\\":
            at += 2
            continue
        depth += (sign in _OPENS) - (sign in _CLOSES)
        equals = _EQUALS.match(text, at) if depth == 0 else None
        if equals:
            members.append((begin, at))
            begin = at = equals.end()
            continue
        at += 1
    members.append((begin, end))
    trimmed = [_trimmed(text, *member) for member in members]
    return Statement(members=tuple(trimmed))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
