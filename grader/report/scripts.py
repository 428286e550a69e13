"""How can a student see a wrong answer in an interpreter of their own? A few lines of Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.records import Draw, Probe, Variant

MOST_ENTRIES = 60
"""Numbers that are written out; larger draws are not for reading."""
_READERS = frozenset({"stated", "recorded"})
"""Names in a probe's code that read what was handed in; no interpreter has them."""


def script(probe: Probe, variant: Variant, draw: Draw, answer: str) -> list[str]:
    """Return lines of Python that print an answer on a draw, beside the student's files.

    Parameters
    ----------
    probe, variant
        How the student's code is called.
    draw
        On which inputs.
    answer
        What is printed; names with commas between them for several together.

    Returns
    -------
    list of str
        Empty where the inputs are too many to be written out, or where the call cannot be made by
        hand.
    """
    code = variant.code.rstrip()
    expression = ", ".join(probe.answers[name] for name in answer.split(", "))
    used = _names_in(code) | _names_in(expression)
    if used & _READERS:
        return []
    given = {n: v for n, v in {**probe.constants, **draw.inputs}.items() if n in used}
    if sum(map(_size, given.values())) > MOST_ENTRIES:
        return []
    return [
        "import numpy as np",
        *_assignments(given),
        *code.splitlines(),
        f"print({expression})",
    ]


def _names_in(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def _assignments(given: Mapping[str, Any]) -> Iterator[str]:
    for name, value in given.items():
        yield from f"{name} = {_literal(value)}".splitlines()


def _size(value: Any) -> int:
    """Return how many numbers an input holds."""
    if isinstance(value, (list, dict)):
        return sum(map(_size, value.values() if isinstance(value, dict) else value))
    return int(np.size(value))


def _literal(value: Any) -> str:
    """Return an input as Python would read it back, to the last bit."""
    if isinstance(value, np.ndarray) and not value.size:
        return f"np.zeros({value.shape}, dtype={value.dtype.name!r})"
    if isinstance(value, np.ndarray):
        inner = np.array2string(
            value, separator=", ", floatmode="unique", threshold=MOST_ENTRIES + 1, max_line_width=90
        )
        dtype = f", dtype={value.dtype.name!r}" if _is_ambiguous(value) else ""
        return f"np.array({inner}{dtype})"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {_literal(v)}" for k, v in value.items()) + "}"
    return repr(value)


def _is_ambiguous(value: np.ndarray[Any, Any]) -> bool:
    """Whether the numbers as they are written would be read as another type."""
    return value.dtype.name not in ("float64", "int64", "bool")
