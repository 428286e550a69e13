"""Can a property's expressions be told of its answers, and a pattern be looked for?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.errors import Complaint
from grader.expressions import FUNCTIONS, forbidden, names_in
from grader.rubric.document import Path
from grader.rubric.draft import Draft
from grader.rubric.schema import AskedModel
from grader.rubric.wording import hint, shown

WHICH = ("last", "first", "largest", "smallest")
"""Which of several recorded numbers is meant."""


def property_complaints(
    draft: Draft, at: Path, item: AskedModel, inputs: tuple[str, ...] | None
) -> Iterator[Complaint]:
    """Yield what is wrong with the expressions of a property.

    Parameters
    ----------
    draft, at, item
        The item, at its path.
    inputs
        Names of what its probe is given, None where nobody can tell.
    """
    if item.check != "property":
        return
    for i, answer in enumerate(item.answer):
        if answer in (inputs or ()):
            message = f"{shown(answer)} is an input too: the answer needs another name here"
            yield draft.document.at((*at, "answer", i), message)
    written = item.further.get("holds")
    texts: list[tuple[Path, object]] = [((*at, "holds"), written)]
    if isinstance(written, list):
        texts = [((*at, "holds", i), text) for i, text in enumerate(written)]
    for path, text in texts:
        if isinstance(text, str) and text.strip():
            yield from _expression(draft, path, text, item.answer, inputs)


def _expression(
    draft: Draft, path: Path, text: str, answers: tuple[str, ...], inputs: tuple[str, ...] | None
) -> Iterator[Complaint]:
    try:
        found = list(forbidden(text))
        names = names_in(text)
    except SyntaxError as error:
        message = f"not an expression: {error.msg}"
        yield draft.document.inside(path, error.lineno or 1, error.offset or 1, message)
        return
    except (ValueError, MemoryError, RecursionError) as error:
        # What ast.parse() raises for NUL bytes and for nesting beyond its stack.
        yield draft.document.at(path, f"not an expression: {error or 'too deeply nested'}")
        return
    for line, column, told in found:
        yield draft.document.inside(path, line, column, told)
    known = [*answers, *(inputs or ())]
    for name, (line, column) in names.items():
        if inputs is not None and name not in known:
            message = f"{shown(name)} is neither an answer of this item nor an input"
            message += hint(name, [*known, *FUNCTIONS])
            yield draft.document.inside(path, line, column, message)


def pattern_complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield the patterns of ``recorded("…")`` that are none."""
    for name, probe in draft.rubric.probes.items():
        for answer, expression in probe.answers.items() if probe.draws else ():
            for line, column, told in _wrong_patterns(expression):
                path = ("probes", name, "answers", answer)
                yield draft.document.inside(path, line, column, told)


def _wrong_patterns(expression: str) -> Iterator[tuple[int, int, str]]:
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        # That it is no Python is told elsewhere.
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "recorded":
            which = [keyword.value for keyword in node.keywords if keyword.arg == "which"]
            for argument in node.args[:1]:
                yield from _at(argument, _no_pattern(argument))
            for argument in (*node.args[1:2], *which):
                yield from _at(argument, _no_choice(argument))


def _at(node: ast.expr, told: str) -> Iterator[tuple[int, int, str]]:
    if told:
        yield node.lineno, node.col_offset + 1, told


def _no_pattern(node: ast.expr) -> str:
    """Return why an argument is no pattern, nothing where it is one or nobody can tell."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            re.compile(node.value)
        except re.error as error:
            return f"{shown(node.value)} is no pattern: {error}"
    return ""


def _no_choice(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and node.value not in WHICH:
        return f"{shown(str(node.value))} cannot be chosen{hint(str(node.value), WHICH)}"
    return ""
