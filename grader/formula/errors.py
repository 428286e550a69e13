"""What is wrong with a formula, and where: one sentence, the line, and a caret under the place."""

from __future__ import annotations

_WIDTH = 72
_LONGEST = 300


class FormulaError(Exception):
    """A formula that cannot be read.

    Parameters
    ----------
    told
        What is wrong, in one clause.
    start, end
        Where in the text.
    """

    def __init__(self, told: str, start: int = 0, end: int = 0) -> None:
        self.told = told[:_LONGEST]
        super().__init__(self.told)
        self.start = start
        self.end = max(end, start + 1)


class ShapeError(FormulaError):
    """A formula that can be read, and whose parts do not fit together."""


def pointed(text: str, error: FormulaError) -> str:
    """Return the line that an error is in, with carets under its place.

    >>> print(pointed("a +\\nb M", FormulaError("unknown name M", 6, 7)))
    b M
      ^
    """
    start = min(error.start, len(text))
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", begin)
    line = text[begin : len(text) if stop < 0 else stop]
    at = start - begin
    cut = max(0, at - _WIDTH // 2)
    shown = line[cut : cut + _WIDTH]
    marks = max(1, min(error.end - start, len(shown) - (at - cut)))
    return f"{shown.rstrip()}\n{' ' * (at - cut)}{'^' * marks}"
