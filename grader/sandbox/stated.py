"""Which numbers does a submission state, in its files' text or in stored output? (Child's side.)

A worked number may stand as a module's name, in a file ``answers.yaml`` or ``answers.txt``, or in a
notebook's Markdown cell, each as ``name = -1/16``. What a notebook's cells have printed when the
student ran them is found by a pattern.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grader.sandbox import formulas
from grader.sandbox.answers import StatementError

FILES = ("answers.yaml", "answers.yml", "answers.txt")
_NUMBER = r"[-+]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PLAIN = re.compile(rf"({_NUMBER})(?:\s*/\s*({_NUMBER}))?\s*(%)?")
_FRACTION = re.compile(r"([-+]?)\s*\\[dt]?frac\s*\{\s*([-+]?[\d.]+)\s*\}\s*\{\s*([\d.]+)\s*\}")
_DECORATION = re.compile(r"[`*$]|\\[()\[\]]")
_ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LONGEST = 60
_CHOOSE: Mapping[str, Callable[[list[float]], float]] = {
    "last": lambda numbers: numbers[-1],
    "first": lambda numbers: numbers[0],
    "largest": max,
    "smallest": min,
}
WHICH = tuple(_CHOOSE)
"""Which of several recorded numbers is meant."""


@dataclass(slots=True, kw_only=True)
class Stated:
    """What a submission's files say, beside their code.

    Parameters
    ----------
    files
        Path -> bytes of all that was handed in.
    starter
        The template's; what its notebooks state and have printed is nobody's.
    modules
        Names of the modules that the rubric expects.
    """

    files: Mapping[str, bytes]
    starter: Mapping[str, bytes]
    modules: Sequence[str]
    _cells: list[dict[str, Any]] | None = field(default=None)

    def stated(self, name: str) -> Any:
        """Return the number that stands under a name; of several in a text the last one.

        Raises
        ------
        StatementError
            If there is none, or what stands there is no number.
        """
        for module in self.modules:
            value = vars(sys.modules[module]).get(name) if module in sys.modules else None
            if value is not None:
                return _plain(name, value)
        for text in (*self._answer_files(), *self._markdown()):
            found = [line for line in text.splitlines() if _right_side(name, line)]
            if found:
                return _read(name, _right_side(name, found[-1]))
        told = f"nothing states {name}: neither a module, nor an answers file, nor a Markdown cell"
        raise StatementError("not_implemented", told)

    def formula(self, label: str) -> Any:
        """Return the formula that stands under a label, as the bytes of its text.

        Raises
        ------
        StatementError
            If there is none, or it is longer than any formula.
        """
        name = re.sub(r"\W", "_", label)
        for module in self.modules:
            value = vars(sys.modules[module]).get(name) if module in sys.modules else None
            if type(value) is str and value.strip():
                return formulas.as_bytes(value)
        texts = (*self._answer_files(), *self._markdown())
        return formulas.as_bytes(formulas.find(label, texts))

    def recorded(self, pattern: str, which: str = "last") -> float:
        """Return a number in the notebooks' stored output: what the pattern's first group holds.

        Raises
        ------
        StatementError
            If no output matches, or the group is no number.
        """
        found = [match for text in self._outputs() for match in re.finditer(pattern, text)]
        if not found:
            told = "no stored output says it: hand the notebook in as it was run"
            raise StatementError("not_implemented", told)
        numbers = [_read("the stored output", m[1] if m.re.groups else m[0]) for m in found]
        number: float = _CHOOSE[which](numbers)
        return number

    # --- texts ------------------------------------------------------------------------------

    def _answer_files(self) -> Iterator[str]:
        """Yield the answers files' texts, the one that lies highest first."""
        named = (path for path in self.files if is_answers_file(path))
        for path in sorted(named, key=lambda path: (path.count("/"), path)):
            yield self.files[path].decode("utf-8-sig", "replace")

    def _markdown(self) -> Iterator[str]:
        given = {_joined(cell.get("source")) for cell in _cells_in(self.starter)}
        for cell in self._all_cells():
            text = _joined(cell.get("source"))
            if cell.get("cell_type") in ("markdown", "raw") and text not in given:
                yield text

    def _outputs(self) -> Iterator[str]:
        """Yield what each code cell has printed, or shown as text."""
        # Whoever saves the template without running it keeps what its author's cells have printed.
        given = set(map(_shown, _cells_in(self.starter)))
        for cell in self._all_cells():
            text = _shown(cell)
            if text.strip() and text not in given:
                yield text

    def _all_cells(self) -> list[dict[str, Any]]:
        if self._cells is None:
            self._cells = _cells_in(self.files)
        return self._cells


def is_answers_file(path: str) -> bool:
    """Tell whether a path is that of a file with worked numbers.

    >>> is_answers_file("hw/Answers.txt"), is_answers_file("answers.py")
    (True, False)
    """
    return path.rpartition("/")[2].casefold() in FILES


def _cells_in(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the cells of all notebooks among files, in the order of their paths."""
    notebooks = [data for path, data in sorted(files.items()) if path.endswith(".ipynb")]
    return [cell for data in notebooks for cell in _cells_of(data)]


def _shown(cell: Mapping[str, Any]) -> str:
    """Return all that a cell has printed, or shown as text."""
    outputs = cell.get("outputs")
    texts = [_output(one) for one in outputs] if isinstance(outputs, list) else []
    return _ESCAPE.sub("", "\n".join(texts))


def _cells_of(data: bytes) -> list[dict[str, Any]]:
    """Return a notebook's cells, whatever else is wrong with it; none of what is no notebook."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
        sheets = document.get("worksheets") or [document]
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # Loading the notebook's code says what is wrong with it.
        return []
    return [cell for cell in cells if isinstance(cell, dict)]


def _output(output: Any) -> str:
    if not isinstance(output, dict):
        return ""
    data = output.get("data")
    shown = data.get("text/plain") if isinstance(data, dict) else None
    return _joined(output.get("text", shown))


def _joined(text: Any) -> str:
    """Return a notebook's text, which may be a list of lines."""
    if isinstance(text, list):
        return "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""


# --- numbers ---------------------------------------------------------------------------------


def _right_side(name: str, line: str) -> str:
    """Return what a line says that a name is, or nothing.

    >>> _right_side("dW1_12", r"- **dW1\\_12** = $-1/16$"), _right_side("y", "dy: 3")
    ('-1/16', '')
    """
    plain = _DECORATION.sub("", line).replace("\\_", "_").replace("−", "-")
    start = rf"\s*(?:[-+•]\s+|\d+[.)]\s+)?[\"']?{re.escape(name)}[\"']?\s*[:=≈]\s*"
    match = re.match(start, plain)
    return plain[match.end() :].partition("#")[0].strip().strip("\"'") if match else ""


def _read(name: str, text: str) -> float:
    """Return the number that a text is; of ``3/4 = 0.75`` the first one."""
    for part in re.split(r"[=≈]", text):
        number = _parsed(part.strip().rstrip(".,;"))
        if number is not None:
            return number
    shown = text[:_LONGEST]
    raise StatementError("wrong", f"{name} is stated as {shown!r}, which is no number")


def _parsed(text: str) -> float | None:
    """Return the number that a text is, None where it is none.

    >>> _parsed("-1/16"), _parsed(r"-\\frac{1}{16}"), _parsed("51.5%"), _parsed("half")
    (-0.0625, -0.0625, 51.5, None)
    """
    fraction, plain = _FRACTION.fullmatch(text), _PLAIN.fullmatch(text)
    try:
        if fraction:
            sign = -1 if fraction[1] == "-" else 1
            return float(sign * Fraction(fraction[2]) / Fraction(fraction[3]))
        if plain:
            top, bottom = (Fraction("".join((part or "1").split())) for part in plain.group(1, 2))
            return float(top / bottom)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return None


def _plain(name: str, value: Any) -> Any:
    """Return a module's value as what can be answered: fractions and texts as numbers."""
    if type(value) is str:
        return _read(name, value.replace("−", "-"))
    if type(value) in (Fraction, Decimal):
        return float(value)
    return value
