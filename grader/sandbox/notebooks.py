"""What code does a notebook hold, with its magics and shell lines made inert? (Child's side.)"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

from grader.sandbox.statements import parsed, unwarned

_MAGIC = re.compile(
    r"\s*(?:[\w.,\s\[\]]+=\s*)?[%!]"
    # Help on a name; "W = ???" is a gap that somebody has yet to fill.
    r"|\s*(?:\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$"
)
_ASSIGNED = re.compile(r"(?P<indent>\s*)(?P<target>[\w.,\s\[\]]+?)\s*=\s*[%!]")
_TIMED_LINE = re.compile(r"(?P<indent>\s*)%time\s+(?P<code>.+)$")
_RUN_LINE = re.compile(
    r"(?P<indent>\s*)%run[ \t]+(?:-\w+[ \t]+)*"
    r"(?P<quote>[\"']?)(?P<path>.+?\.(?:py|ipynb))(?P=quote)(?:[ \t].*)?$"
)
_TIMED_CELL = re.compile(r"\s*%%(?:time|timeit|capture|prun)\b")
_WRITES = re.compile(
    r"\s*%%(?:writefile|file)[ \t]+(?P<appends>(?:-a|--append)[ \t]+)?"
    r"(?P<quote>[\"']?)(?P<path>[^\n]*?)(?P=quote)[ \t]*(?:\n|$)"
)
# What IPython runs without a sign where it is no Python, among what course notebooks hold.
_BARE = re.compile(
    r"\s*(?:cat|cd|conda|cp|ls|matplotlib|load_ext|autoreload|mkdir|mv|pip|pwd|rm|rmdir)\b"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A Python file that a cell writes by ``%%writefile``: its path is a name, nothing to open."""

    path: str
    text: str
    appends: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell: the name that its tracebacks show, and its Python source."""

    label: str
    source: str
    had_magics: bool
    written: Written | None = None


def code_cells(path: str, data: bytes) -> list[Cell]:
    """Return a notebook's code cells, in order.

    Parameters
    ----------
    path
        The notebook's name, for labels.
    data
        Its bytes, of any version that nbformat reads. The notebook need not be valid: many a real
        one is not, by a missing field or a strange id.

    Raises
    ------
    ValueError
        If the bytes are no notebook; the text says why.
    """
    try:
        with unwarned():
            found = _sources(data)
    except Exception as error:  # noqa: BLE001 - nbformat raises whatever a broken file leads to
        raise ValueError(f"not a readable notebook: {type(error).__name__}") from None
    cells = []
    for number, source in enumerate(found, 1):
        cleaned = without_magics(source)
        label = f"{path}[cell {number}]"
        cells.append(Cell(label, cleaned, cleaned != source, written_by(source)))
    return cells


def written_by(source: str) -> Written | None:
    """Return the Python file that a cell writes, if it does.

    Its path is what can be known of it without the machine that it was run on: without a drive, a
    root, and ways up.

    >>> written_by("%%writefile -a '/content/hw3/net.py'\\nx = 1")
    Written(path='content/hw3/net.py', text='x = 1', appends=True)
    >>> written_by("%%writefile notes.txt\\nx = 1"), written_by("%%bash\\nls")
    (None, None)
    """
    found = _WRITES.match(source)
    if found is None:
        return None
    path = "/".join(_known_parts(found["path"]))
    if not path.endswith(".py"):
        return None
    return Written(path=path, text=source[found.end() :], appends=bool(found["appends"]))


def _known_parts(path: str) -> list[str]:
    """Return a path's parts that mean something elsewhere: no drive, no root, no way up."""
    parts = re.split(r"[/\\]", path)
    return [part for part in parts if part not in ("", ".", "..") and ":" not in part]


def _sources(data: bytes) -> list[str]:
    """Return the code cells' sources; what else is in a notebook may be as wrong as it likes.

    The notebook is neither validated nor converted, since both read files when they are needed.
    """
    import nbformat

    document = json.loads(data.decode("utf-8-sig"))
    document["metadata"] = {}
    for cell in _cells(document):
        cell.pop("attachments", None)
        cell["metadata"] = {}
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    notebook = nbformat.versions[document["nbformat"]].to_notebook_json(document)
    # The field's name before nbformat 4 was input.
    texts = [
        cell.get("source", cell.get("input"))
        for cell in _cells(notebook)
        if cell["cell_type"] == "code"
    ]
    return [_with_plain_ends(text) for text in texts if isinstance(text, str)]


def plain_lines(data: bytes) -> str:
    """Return a file of UTF-8 as a text with plain line ends; what is none becomes a sign."""
    return _with_plain_ends(data.decode("utf-8-sig", "replace"))


def _with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    sheets = notebook.get("worksheets") or [notebook]
    return [cell for sheet in sheets for cell in sheet["cells"]]


def without_magics(source: str) -> str:
    """Return a cell's source with magics, shell lines and help requests made inert.

    A line is touched only where Python cannot read it, so that a ``%`` at the start of a
    continuation line, or inside a text, stays. ``%%time`` and its like keep the cell, ``%time``
    keeps its line, and ``%run`` takes the names of a module or of another notebook; any other
    cell magic (``%%bash``, ``%%html``) empties the cell. The number of lines stays the same.

    >>> without_magics("%matplotlib inline\\nx = 1")
    'pass\\nx = 1'
    >>> without_magics("files = !ls\\nif x:\\n    !pip install y")
    'files = None\\nif x:\\n    pass'
    >>> without_magics("!ls\\nx = (7\\n% 4)")
    'pass\\nx = (7\\n% 4)'
    """
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].lstrip().startswith("%%"):
        if not _TIMED_CELL.match(lines[first]):
            return "\n" * (len(lines) - 1)
        lines[first] = ""
    while (wrong := _first_wrong_line(lines)) is not None:
        line, inert = lines[wrong], _inert(lines[wrong])
        if inert == line:
            break
        lines[wrong] = inert
        is_continued = line.endswith("\\") and not inert.endswith("\\")
        while is_continued and wrong + 1 < len(lines):
            wrong += 1
            is_continued = lines[wrong].endswith("\\")
            lines[wrong] = ""
    return "\n".join(lines)


def _first_wrong_line(lines: list[str]) -> int | None:
    """Return the index of the line where Python stops reading, or None where it does not."""
    try:
        parsed("\n".join(lines), "")
    except SyntaxError as error:
        return min(max(error.lineno or 1, 1), len(lines)) - 1
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _importing(path: str) -> str:
    """Return the statement that takes all names of a module or notebook, as ``%run`` does.

    >>> _importing("./nndl/layers.py")
    'from nndl.layers import *'
    >>> _importing("Part 1.ipynb")
    "globals().update(vars(__import__('Part 1', fromlist=['*'])))"
    """
    parts = _known_parts(path.rpartition(".")[0])
    if all(part.isidentifier() and not iskeyword(part) for part in parts):
        return f"from {'.'.join(parts)} import *"
    return f"globals().update(vars(__import__({'.'.join(parts)!r}, fromlist=['*'])))"


def _inert(line: str) -> str:
    run = _RUN_LINE.match(line)
    if run:
        return run["indent"] + _importing(run["path"])
    timed = _TIMED_LINE.match(line)
    if timed:
        return timed["indent"] + timed["code"]
    assigned = _ASSIGNED.match(line)
    if assigned:
        return f"{assigned['indent']}{assigned['target']} = None"
    if _MAGIC.match(line) or _BARE.match(line):
        return line[: len(line) - len(line.lstrip())] + "pass"
    return line
