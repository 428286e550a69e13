"""Is it YAML at all? PyYAML's nodes, or the one reason why there are none.

PyYAML parses; tags are refused and nesting is capped while it composes its nodes.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from grader.rubric.document import Place

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What PyYAML counts as the end of a line."""


class UnreadableError(Exception):
    """What makes a document unreadable as a whole, at a place."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


class _Composer(yaml.SafeLoader):
    """PyYAML's composer, with tags refused and nesting capped."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None) is not None:
            raise UnreadableError(f"tags such as {event.tag} have no place here", place_of(event))
        if self.depth > MAX_DEPTH:
            raise UnreadableError(f"nested deeper than {MAX_DEPTH} levels", place_of(event))
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def decode(data: bytes) -> str:
    """Return the text of a file, without a byte order mark."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"larger than {MAX_BYTES} bytes", (0, 0))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        message = "not UTF-8: save the file as UTF-8"
        raise UnreadableError(message, _end_of(before)) from None


def compose(text: str) -> yaml.Node:
    """Return the root node, with every error of PyYAML's as one of ours."""
    try:
        loader = _Composer(text)
    except yaml.reader.ReaderError as error:
        place = _end_of(text[: error.position])
        message = f"the character U+{error.character:04X} may not stand in YAML"
        raise UnreadableError(message, place) from None
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise UnreadableError(_syntax(error), place) from None
    except (ValueError, OverflowError):
        # PyYAML lets an escape beyond Unicode ("\UFFFFFFFF") through to chr().
        place = (loader.line + 1, loader.column + 1)
        raise UnreadableError("a number or an escape that cannot be read", place) from None
    finally:
        loader.dispose()
    if root is None:
        raise UnreadableError("the file is empty", (1, 1))
    return root


def _syntax(error: yaml.MarkedYAMLError) -> str:
    """Return what is wrong with the syntax, and the usual reason."""
    problem = error.problem or error.context or "unreadable"
    if r"'\t'" in problem:
        return "a tab: YAML is indented with spaces"
    if "mapping values are not allowed" in problem:
        return "a colon that is not expected: quote a text that holds ': ', or mend the indentation"
    if "expected a single document" in (error.context or ""):
        return "a second document: a rubric is one document"
    where = f"{error.context}, " if error.context else ""
    return f"not YAML: {where}{problem}"


def place_of(node: Any) -> Place:
    """Return where a node or an event starts, counted from 1."""
    return node.start_mark.line + 1, node.start_mark.column + 1


def _end_of(text: str) -> Place:
    """Return the place just after a text."""
    lines = LINE_BREAK.split(text)
    return len(lines), len(lines[-1]) + 1
