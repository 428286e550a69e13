"""What code does a notebook hold, with its magics and shell lines made inert? (Child's side.)"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

_LINE = re.compile(r"^(?P<indent>\s*)(?:[\w.,\s\[\]]+=\s*)?[%!?](?!=).*$|^\s*[\w.]+\?{1,2}\s*$")
_ASSIGNED = re.compile(r"^(?P<indent>\s*)(?P<target>[\w.,\s\[\]]+?)\s*=\s*[%!].*$")
_TIMED_LINE = re.compile(r"^(?P<indent>\s*)%(?:time|timeit|prun)\s+(?:-\S+\s+)*(?P<code>[^-].*)$")
_TIMED_CELL = re.compile(r"^\s*%%(?:time|timeit|capture|prun)\b")


def code_cells(path: str, data: bytes, notes: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each code cell's label and source, in order.

    Parameters
    ----------
    path
        The notebook's name, for labels.
    data
        Its bytes, of any nbformat version that nbformat converts.
    notes
        Lines for the TA are appended here: magics and shell lines that were left out.

    Raises
    ------
    ValueError
        If the bytes are no notebook; the text says why.
    """
    import nbformat

    read: Callable[..., Any] = nbformat.reads
    try:
        notebook = read(data.decode("utf-8-sig"), as_version=4)
        cells = [(cell.cell_type, cell.source) for cell in notebook.cells]
    except Exception as error:  # noqa: BLE001 - nbformat raises whatever a broken file leads to
        raise ValueError(f"not a readable notebook: {type(error).__name__}") from None
    number = 0
    for kind, source in cells:
        if kind != "code" or not isinstance(source, str):
            continue
        number += 1
        label = f"{path}[cell {number}]"
        cleaned = without_magics(source)
        if cleaned != source:
            notes.append(f"{label}: magics or shell lines were left out")
        yield label, cleaned


def without_magics(source: str) -> str:
    """Return a cell's source with magics, shell lines and help requests made inert.

    A cell that is plain Python stays as it is. ``%%time`` and its like keep the cell and ``%time``
    keeps its line; any other cell magic (``%%bash``, ``%%html``) empties the cell. The number of
    lines stays the same.

    >>> without_magics("%matplotlib inline\\nx = 1")
    'pass\\nx = 1'
    >>> without_magics("files = !ls\\nif x:\\n    !pip install y")
    'files = None\\nif x:\\n    pass'
    """
    if _is_python(source):
        return source
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].lstrip().startswith("%%"):
        if not _TIMED_CELL.match(lines[first]):
            return "\n" * (len(lines) - 1)
        lines[first] = ""
    return "\n".join(_inert(line) for line in lines)


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _inert(line: str) -> str:
    timed = _TIMED_LINE.match(line)
    if timed:
        return timed["indent"] + timed["code"]
    assigned = _ASSIGNED.match(line)
    if assigned:
        return f"{assigned['indent']}{assigned['target']} = None"
    magic = _LINE.match(line)
    if magic:
        return (magic["indent"] or "") + "pass"
    return line
