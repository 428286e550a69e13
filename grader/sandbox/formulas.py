"""Where in a submission's texts does a formula stand? (Child's side.)

A formula stands under a label, ``q1.d:``, in an answers file, in a notebook's Markdown cell or in a
module's text ``q1_d``. Here it is only found: what it means is read on the other side of the pipe,
by the grader's own parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from grader.sandbox.answers import StatementError

MOST_BYTES = 16_000
"""Longest text that is handed on; a formula's own limit is below it."""
_from_buffer = np.frombuffer
_BEFORE = r"[ \t]*(?:(?:[-+•>]|\*(?!\*)|#+|\d+[.)])[ \t]+)*[*_`\"']*"
_NEXT = re.compile(_BEFORE + r"[A-Za-z][\w.]*(?:\([a-z0-9]\))?[*_`\"']*[ \t]*:(?![=:])")
_INNER = re.compile(
    r"(?P<before>[ \t]+)(?P<name>"
    r"(?:dL[0-9]?_?)?d[A-Za-z]_?[0-9]*|delta_?[0-9]*|grad_[A-Za-z]_?[0-9]*)"
    r":(?![=:])[ \t]*(?P<rest>\S.*)"
)
"""One of several answers under a label, as YAML has them."""
_HEADING = re.compile(r"[ \t]*#+[ \t]")
_MATHS = re.compile(
    r"\$\$(.+?)\$\$|(?<!\\)\\\[(.+?)(?<!\\)\\\]|(?<!\\)\\\((.+?)(?<!\\)\\\)"
    r"|\\begin\{(?:align|aligned|equation|gather|split)\*?\}(.+?)\\end\{\w+\*?\}"
    r"|```[ \t]*\w*\n(.+?)```|(?<!\\)\$([^$\n]+?)\$|`([^`\n]+)`",
    re.DOTALL,
)


def as_bytes(text: str) -> NDArray[np.uint8]:
    """Return a text as numbers, the only thing that a process may hand back.

    Raises
    ------
    StatementError
        If it is longer than any formula.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > MOST_BYTES:
        raise StatementError("wrong", f"a formula of {len(data)} bytes is longer than any answer")
    return _from_buffer(data, np.uint8)


def find(label: str, texts: Iterable[str]) -> str:
    """Return the formula under a label: of several texts the first, of several in one the last.

    Raises
    ------
    StatementError
        If there is none.

    >>> find("q1.d", ["q1.c: words\\nq1.d: $W e x^T$\\n"])
    'W e x^T'
    """
    start = re.compile(
        _BEFORE + re.escape(label) + r"[*_`\"']*[ \t]*(?:[:=][*_`]*(?P<rest>.*)|(?P<alone>))$",
        re.IGNORECASE,
    )
    for text in texts:
        blocks = [block for block in _blocks(text.splitlines(), start) if block.strip()]
        if blocks:
            return blocks[-1]
    told = f"no formula stands under {label}: neither in an answers file, nor in a Markdown cell"
    raise StatementError("not_implemented", told)


def _blocks(lines: list[str], start: re.Pattern[str]) -> Iterable[str]:
    for number, line in enumerate(lines):
        found = start.match(line)
        if not found:
            continue
        block = [found["rest"] or ""]
        for following in lines[number + 1 :]:
            # In YAML an answer may be several, each under its own name: "  dW1: …".
            inner = _INNER.fullmatch(following)
            if inner and len(inner["before"].expandtabs()) > _indent(line):
                block.append(f"{inner['name']} = {_cleaned([inner['rest']])}")
                continue
            if _NEXT.match(following) or _HEADING.match(following):
                break
            block.append(following)
        yield _cleaned(block)


def _indent(line: str) -> int:
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())


def _cleaned(block: list[str]) -> str:
    """Return what of a block is a formula: without YAML's and Markdown's own signs."""
    first = block[0].strip()
    # YAML's sign for a text of several lines.
    if re.fullmatch(r"[|>][-+0-9]*", first):
        first = ""
    quoted = re.fullmatch(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')[ \t]*(?:#.*)?", first)
    if quoted:
        return _unquoted(quoted[1])
    text = "\n".join([first, *block[1:]])
    maths = [next(filter(None, found.groups())) for found in _MATHS.finditer(text)]
    return "\n".join(maths) if maths else text.strip()


def _unquoted(text: str) -> str:
    """Return the text in quotes; in YAML's double ones a backslash is an escape."""
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    try:
        told = json.loads(text)
    except ValueError:
        # "\nabla" stands for nothing there, but everybody sees what is meant.
        told = text[1:-1]
    # "\nabla" is read as a new line and "abla", "\top" as a tab and "op".
    odd = isinstance(told, str) and any(sign in told for sign in "\n\t\f\b\r")
    return text[1:-1] if odd or not isinstance(told, str) else told
