"""A place in a text: what stands there, which bracket closes, what an exponent takes."""

from __future__ import annotations

import re
from typing import Protocol

from lark import Token

from grader.formula import spelling
from grader.formula.errors import FormulaError

Tokens = tuple[list[Token], int]
"""Tokens, and where the text goes on behind them."""


class Words(Protocol):
    """The names and functions that a scanner knows."""

    def is_name(self, word: str) -> bool:
        """Whether something is called so."""

    def is_function(self, word: str) -> bool:
        """Whether a function is called so."""


class Cursor:
    """Looks at one statement of a padded text.

    Parameters
    ----------
    text, end
        The text, and where the statement ends.
    words
        What is known.
    indices
        Letters that a sum counts with.
    """

    def __init__(self, text: str, end: int, words: Words, indices: frozenset[str]) -> None:
        self.text = text
        self.end = end
        self.words = words
        self.indices = indices

    def token(self, kind: str, value: str, start: int, end: int) -> Token:
        """Return a token at a place."""
        return Token(kind, value, start_pos=start, end_pos=end)

    def _skip(self, at: int) -> int:
        while at < self.end and self.text[at].isspace():
            at += 1
        return at

    def _argument(self, at: int) -> tuple[int, int, int]:
        """Return the place of what an ``_`` or ``^`` takes, and where it ends."""
        at = self._skip(at)
        if at >= self.end:
            raise FormulaError("something is missing at the end", at - 1, at)
        if self.text[at] in "{(":
            stop = self._matching(at)
            return at + 1, stop, stop + 1
        command = spelling.COMMAND.match(self.text, at, self.end)
        if command:
            stop = command.end()
            brace = self._skip(stop)
            if command[1] in spelling.FONTS and brace < self.end and self.text[brace] == "{":
                stop = self._matching(brace) + 1
            return at, stop, stop
        number = re.compile(r"[-−+]?\s*[0-9]+(?:\.[0-9]+)?|[-−]\s*T(?![A-Za-z])").match(
            self.text, at, self.end
        )
        if number:
            return at, number.end(), number.end()
        if self.text[at] in "-−":
            word = spelling.WORD.match(self.text, self._skip(at + 1), self.end)
            stop = word.end() if word else at + 1
            return at, stop, stop
        return at, at + 1, at + 1

    def _matching(self, at: int) -> int:
        """Return the place of the bracket that closes one."""
        depth = 0
        for place in range(at, self.end):
            sign = self.text[place]
            if self.text[place - 1] == "\\" and sign in "{}":
                continue
            depth += (sign in "([{") - (sign in ")]}")
            if depth == 0:
                return place
        raise FormulaError("this bracket is never closed", at, at + 1)

    def _posts(self, content: str, at: int, end: int, is_plain: bool = False) -> list[Token] | None:
        """Return the tokens of an exponent that is none: T, -1, -T, 2; None of any other."""
        number = spelling.POWER_NUMBER.fullmatch(content)
        entry = spelling.ENTRY_POWER.fullmatch(content)
        if spelling.TRANSPOSED.fullmatch(content):
            words = ["T"]
        elif spelling.INVERTED.fullmatch(content):
            words = ["inverse"]
        elif spelling.BOTH.fullmatch(content):
            words = ["inverse", "T"]
        elif spelling.PRIMED.fullmatch(content):
            words = ["T"]
        elif entry:
            words = ["entry_power " + entry[1].replace("−", "-")]
        elif number:
            power = "".join(number[1].replace("−", "-").split())
            words = [("entry_power " if is_plain else "power ") + power]
        else:
            return None
        return [self.token("POST", word, at, end) for word in words]
