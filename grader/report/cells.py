"""What text do a notebook's cells hold, for people to read?

Nothing is parsed here: the JSON of a notebook is gone through token by token, without recursion and
without building what it describes, and only the texts of its cells are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MARK = re.compile(r'["{}\[\],:]')
_WITHIN = re.compile(r'[^"\\]*(?:\\.[^"\\]*){0,100}', re.DOTALL)
"""A piece of a string: for each round of a group the engine keeps its state, so they are few."""
_ROOT, _CELL = 1, 3
"""How many brackets are open within the notebook's object, and within one of its cells."""
MOST_CELLS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookCell:
    """One cell.

    Parameters
    ----------
    number
        Counted from 1, as they stand in the file.
    kind
        ``markdown``, ``code`` or ``raw``.
    text
        Its source.
    """

    number: int
    kind: str
    text: str


@dataclass(slots=True)
class _Half:
    """A cell of which not all has been seen yet."""

    kind: str = ""
    parts: list[str] = field(default_factory=list)


def cells_of(data: bytes) -> Iterator[NotebookCell]:
    """Yield the cells of a notebook of format 4, at most 500; none where it is no notebook.

    Parameters
    ----------
    data
        The file. Whatever it is, nothing raises, and no more than its own size is kept.
    """
    open_brackets: list[str] = []
    key, last, list_key = "", "", ""
    cell = _Half()
    number = 0
    for token in _tokens(data.decode("utf-8", "replace")):
        depth = len(open_brackets)
        if token in "{[":
            if depth == _ROOT:
                list_key = key
            if depth == _CELL - 1 and token == "{" and list_key == "cells":
                cell, key = _Half(), ""
            open_brackets.append(token)
            continue
        if token in "}]":
            if depth == _CELL and list_key == "cells" and open_brackets[-1] == "{" and cell.kind:
                number += 1
                yield NotebookCell(number=number, kind=cell.kind, text="".join(cell.parts))
                if number == MOST_CELLS:
                    return
            if open_brackets:
                open_brackets.pop()
            continue
        if token == ":":
            if depth in (_ROOT, _CELL):
                key = last
            continue
        if token == ",":
            if depth in (_ROOT, _CELL):
                key = ""
            continue
        last = _text(token) if depth in (_ROOT, _CELL, _CELL + 1) else ""
        if list_key != "cells" or not key:
            continue
        if depth == _CELL and key == "cell_type":
            cell.kind = last
        elif key == "source" and (
            depth == _CELL or (depth == _CELL + 1 and open_brackets[-1] == "[")
        ):
            cell.parts.append(last)


def _tokens(text: str) -> Iterator[str]:
    """Yield the brackets, commas, colons and strings of a JSON text, whatever stands between."""
    at = 0
    while mark := _MARK.search(text, at):
        at = mark.end()
        if mark[0] == '"':
            at = _end_of_string(text, at)
        yield text[mark.start() : at]


def _end_of_string(text: str, at: int) -> int:
    """Return where a string ends that has begun; one that nothing ends goes on to the end.

    To look for it from each of its quotes would take forever.
    """
    while at < len(text) and text[at] != '"':
        found = _WITHIN.match(text, at)
        if found is None or found.end() == at:
            return at
        at = found.end()
    return min(at + 1, len(text))


def _text(token: str) -> str:
    """Return what a JSON string says; one that says nothing valid, as it stands."""
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token.strip('"')
