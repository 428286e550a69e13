"""Where in a submission's text do the functions stand that an item calls?

Found by looking for lines such as ``def NAME``, in bytes that are never parsed or run. What is
found is for people to read; no verdict hangs on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.records import Item, Probe, SourceFile
from grader.report.cells import cells_of

_CALLED = re.compile(r"\.\s*([A-Za-z_]\w*)|\b([A-Za-z_]\w*)\s*\(")
_IMPORTED = re.compile(
    r"^[ \t]*from[ \t]+(?:\w+\.)*(\w+)[ \t]+import[ \t]+\(?([\w, \t]+)", re.MULTILINE
)
_DEFINED = re.compile(r"^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+([^\W\d]\w*)")
MOST_LINES = 80
"""Of one function."""
MOST_FUNCTIONS = 4
"""Of one item: the last called first, since what an item is about is called last."""
_LONGEST_LINE = 400
_MOST_TEXT = 1 << 20
_MOST_DEFINITIONS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A function as it was handed in.

    Parameters
    ----------
    place
        Which file, and of a notebook which cell.
    line
        Of its ``def``, counted from 1 within the file or the cell.
    text
        From there to its end, as far as the indentation tells it.
    is_cut
        Whether there is more of it.
    """

    place: str
    line: int
    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Definition:
    """A line that defines a name, ``within`` a class where its indentation says so."""

    name: str
    within: str
    text: int
    line: int


class Sources:
    """The text of one submission, in which functions are looked up.

    Parameters
    ----------
    files
        What was handed in.
    root
        The package root within it, as the load report tells it: files there come first.
    """

    def __init__(self, files: Iterable[SourceFile], root: str = "") -> None:
        ordered = sorted(files, key=lambda file: (not file.path.startswith(root), file.path))
        self._texts = [text for file in ordered for text in _texts(file)]
        self._definitions: dict[str, list[_Definition]] = {}
        self._index()

    def _index(self) -> None:
        count = 0
        for number, (_, lines) in enumerate(self._texts):
            within, depth = "", 0
            for at, line in enumerate(lines):
                found = _DEFINED.match(line)
                if found is None:
                    continue
                indent, kind, name = len(found[1].expandtabs()), found[2], found[3]
                if indent <= depth:
                    within = ""
                if kind == "class":
                    within, depth = name, indent
                    continue
                one = _Definition(name=name, within=within, text=number, line=at)
                self._definitions.setdefault(name, []).append(one)
                count += 1
                if count == _MOST_DEFINITIONS:
                    return

    def of_item(self, item: Item, probes: Mapping[str, Probe]) -> tuple[Excerpt, ...]:
        """Return the functions that an item's probes call, as far as they were handed in."""
        found: dict[_Definition, None] = {}
        for asked in item.asked:
            if asked.probe not in probes:
                continue
            called = called_by(probes[asked.probe], asked.answers)
            for name in called:
                one = self._best(name, called)
                if one is not None:
                    found[one] = None
            # What is asked for is what an object holds once it has been made.
            made = None if found else self._best("__init__", called)
            if made is not None and made.within in called:
                found[made] = None
        return tuple(self._excerpt(one) for one in list(found)[:MOST_FUNCTIONS])

    def _best(self, name: str, called: Mapping[str, str]) -> _Definition | None:
        """Return the definition of a name: rather in a class and a module that the probe names."""
        found = self._definitions.get(name, [])
        modules = set(called.values())

        def is_second_choice(one: _Definition) -> tuple[bool, bool, bool]:
            place = self._texts[one.text][0].rpartition("/")[2].partition(".")[0]
            return one.within not in called, place not in modules, bool(one.within)

        return min(found, key=is_second_choice, default=None)

    def _excerpt(self, one: _Definition) -> Excerpt:
        place, lines = self._texts[one.text]
        end = _end_of(lines, one.line)
        shown = [line[:_LONGEST_LINE] for line in lines[one.line : min(end, one.line + MOST_LINES)]]
        return Excerpt(
            place=place,
            line=one.line + 1,
            text="\n".join(shown),
            is_cut=end > one.line + MOST_LINES,
        )


def called_by(probe: Probe, answers: Iterable[str]) -> dict[str, str]:
    """Return the names that a probe calls, the last one first, each with the module it is from.

    Parameters
    ----------
    probe
        Its code is the rubric's, not a student's.
    answers
        Those that the item asks for; the others' expressions do not count.
    """
    wanted = [probe.answers[name] for name in answers if name in probe.answers]
    text = "\n".join([*(variant.code for variant in probe.variants), *wanted])
    modules = {
        name.split()[0]: module
        for module, listed in _IMPORTED.findall(text)
        for name in listed.split(",")
        if name.strip()
    }
    called = [name for pair in _CALLED.findall(text) for name in pair if name]
    names = dict.fromkeys(reversed([*modules, *called]))
    return {name: modules.get(name, "") for name in names if not name.startswith("__")}


def _texts(file: SourceFile) -> list[tuple[str, list[str]]]:
    """Return the texts of a file, each with its place: the file itself, or a notebook's cells."""
    if file.path.lower().endswith(".ipynb"):
        return [
            (f"{file.path}, cell {cell.number}", cell.text[:_MOST_TEXT].splitlines())
            for cell in cells_of(file.data)
            if cell.kind == "code"
        ]
    if file.path.lower().endswith(".py"):
        return [(file.path, file.data[:_MOST_TEXT].decode("utf-8", "replace").splitlines())]
    return []


def _end_of(lines: Sequence[str], start: int) -> int:
    """Return where a function ends: at the first line that is indented no further than its def.

    Closing brackets of its parameters, comments and empty lines do not end it.
    """
    own = _indent(lines[start])
    end = start + 1
    for at in range(start + 1, len(lines)):
        line = lines[at].strip()
        if not line or line.startswith("#"):
            continue
        if _indent(lines[at]) <= own and not line.startswith(")"):
            break
        end = at + 1
    return end


def _indent(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())
