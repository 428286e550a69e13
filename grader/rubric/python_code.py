"""Is the Python of a probe Python, and where in the YAML file is it not?"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Literal

from grader.errors import Complaint
from grader.rubric.document import Document, Path
from grader.rubric.schema import ProbeModel


def python_complaints(document: Document, at: Path, probe: ProbeModel) -> Iterator[Complaint]:
    """Yield a complaint for each block and expression of a probe that does not compile.

    Parameters
    ----------
    document
        The rubric, with the place of each text.
    at
        Path of the probe.
    probe
        Its draft; what is not there is not judged.
    """
    for i, variant in enumerate(probe.variants):
        yield from _compiled(document, (*at, "variants", i, "code"), variant.code, "exec")
    for key, code in (("code", probe.code), ("fallback", probe.fallback), ("again", probe.again)):
        yield from _compiled(document, (*at, key), code, "exec")
    if probe.loss not in probe.answers:
        yield from _compiled(document, (*at, "loss"), probe.loss, "eval")
    for name, expression in probe.answers.items():
        yield from _compiled(document, (*at, "answers", name), expression, "eval")


def _compiled(
    document: Document, path: Path, code: str, mode: Literal["exec", "eval"]
) -> Iterator[Complaint]:
    """Yield where a text fails to compile, at its line in the YAML file."""
    what = "not Python" if mode == "exec" else "not a Python expression"
    if not code or path in document.variation.misplaced:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<rubric>", mode, dont_inherit=True)
    except SyntaxError as error:
        line, column = _position(error, code)
        yield document.inside(path, line, column, f"{what}: {error.msg}")
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        # What compile() raises for NUL bytes and for nesting beyond its stack.
        yield document.at(path, f"{what}: {error or 'too deeply nested'}")


def _position(error: SyntaxError, code: str) -> tuple[int, int]:
    """Return line and column of a syntax error, inside the text."""
    line = min(max(error.lineno or 1, 1), code.rstrip().count("\n") + 1)
    if line != error.lineno:
        return line, 1
    return line, max(error.offset or 1, 1)
