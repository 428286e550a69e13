"""What stands in a YAML file, and at which line and column?

Repeated keys are mistakes, unquoted words are read by ``scalars``, and depth and size are capped,
so that aliases cannot blow up. Anchors, aliases and merge keys (``<<``) work, and own keys win over
merged ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from grader.errors import Complaint, RubricError
from grader.rubric.document import Body, Document, Path, Place
from grader.rubric.scalars import AmbiguousScalarError, resolve
from grader.rubric.wording import shown
from grader.rubric.yaml_syntax import (
    LINE_BREAK,
    MAX_DEPTH,
    UnreadableError,
    compose,
    decode,
    place_of,
)

MAX_VALUES = 50_000
"""Values of a document with its aliases written out."""

_HEADER = re.compile(r"(?:&\S+\s+)?[|>]")
_ANCHOR = re.compile(r"&\S+\s+")
_CHARACTERS = {
    "'": re.compile("''|."),
    '"': re.compile(r"\\(?:x.{2}|u.{4}|U.{8}|.)|."),
}
"""How each character of a text in quotes is written, by the quote."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_HALF = "half a character: an escape from \\uD800 to \\uDFFF"

Pairs = dict[str, tuple[yaml.Node, yaml.Node]]
"""Key -> its node and its value's node."""


def read_document(data: bytes, file: str) -> Document:
    """Read a YAML file strictly.

    Parameters
    ----------
    data
        The file's bytes, UTF-8.
    file
        Its path, as complaints name it.

    Returns
    -------
    Document
        Plain data with the place of every value and key. Mistakes that leave the rest readable
        (a repeated key, an ambiguous number) are in its ``complaints``.

    Raises
    ------
    RubricError
        If nothing can be read: no UTF-8, no YAML, several documents, an alias bomb.
    """
    try:
        text = decode(data)
        root = compose(text)
        reading = _Reading(text=text, file=file)
        content = reading.value(root, ())
    except UnreadableError as error:
        line, column = error.place
        raise RubricError([_complaint(file, (line, column), str(error))]) from None
    return Document(
        file=file,
        data=content,
        places=reading.places,
        key_places=reading.key_places,
        bodies=reading.bodies,
        complaints=tuple(sorted(reading.complaints, key=lambda c: (c.line, c.column))),
        broken=frozenset(reading.broken),
    )


def _complaint(file: str, place: Place, message: str) -> Complaint:
    return Complaint(file=file, line=place[0], column=place[1], message=message)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Turns nodes into data, and notes where everything stands."""

    text: str
    file: str
    places: dict[Path, Place] = field(default_factory=dict)
    key_places: dict[Path, Place] = field(default_factory=dict)
    bodies: dict[Path, Body] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    count: int = 0
    pairs: dict[int, Pairs] = field(default_factory=dict)

    def value(self, node: yaml.Node, path: Path) -> Any:
        """Return the data of a node and all below it."""
        self._spend(node, len(path))
        self.places[path] = place_of(node)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(entry, (*path, i)) for i, entry in enumerate(node.value)]
        return self._mapping(node, path)

    def _spend(self, node: yaml.Node, depth: int) -> None:
        """Count one value, against bombs of aliases and aliases inside themselves."""
        self.count += 1
        if self.count > MAX_VALUES:
            message = f"aliases expand to more than {MAX_VALUES} values"
            raise UnreadableError(message, place_of(node))
        if depth > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels (an alias inside itself?)"
            raise UnreadableError(message, place_of(node))

    def _complain(self, node: yaml.Node, message: str) -> None:
        self.complaints.append(_complaint(self.file, place_of(node), message))

    def _mapping(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        result = {}
        for key, (key_node, value_node) in self._pairs(node, 0).items():
            inner = (*path, key)
            self.key_places[inner] = place_of(key_node)
            result[key] = self.value(value_node, inner)
        return result

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        """Return a scalar's value; an ambiguous one stays a text, and its path is broken."""
        text: str = node.value
        if _SURROGATE.search(text):
            self._complain(node, _HALF)
            self.broken.add(path)
            return ""
        if node.style is not None:
            self.bodies[path] = _body(node, self.text)
            return text
        try:
            resolved = resolve(text)
        except AmbiguousScalarError as error:
            self._complain(node, str(error))
            self.broken.add(path)
            return text
        if isinstance(resolved, str):
            self.bodies[path] = _body(node, self.text)
        return resolved

    def _pairs(self, node: yaml.Node, depth: int) -> Pairs:
        """Return a mapping's keys, merged ones first; each mapping is looked at once."""
        if id(node) not in self.pairs:
            self._spend(node, depth)
            own: Pairs = {}
            merged: Pairs = {}
            for key_node, value_node in node.value:
                if _is_merge(key_node):
                    if merged:
                        self._complain(key_node, "'<<' is repeated: merge a list, << : [*a, *b]")
                    merged |= self._merged(value_node, depth)
                else:
                    self._add(own, key_node, value_node)
            self.pairs[id(node)] = merged | own
        return self.pairs[id(node)]

    def _merged(self, node: yaml.Node, depth: int) -> Pairs:
        """Return what ``<<`` brings: the keys of one mapping, or of several, the first winning."""
        merged: Pairs = {}
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if isinstance(source, yaml.MappingNode):
                merged = self._pairs(source, depth + 1) | merged
            else:
                self._complain(source, "'<<' merges a mapping: write an alias such as *name")
        return merged

    def _add(self, pairs: Pairs, key_node: yaml.Node, value_node: yaml.Node) -> None:
        """Add one pair, unless its key is no word or is there already."""
        if not isinstance(key_node, yaml.ScalarNode):
            self._complain(key_node, "a key is a word, not a list or a mapping")
            return
        key: str = key_node.value
        if _SURROGATE.search(key):
            self._complain(key_node, _HALF)
            return
        if not _is_word(key_node):
            self._complain(key_node, f'a key is a word: write "{key}" in quotes')
        if key in pairs:
            line = place_of(pairs[key][0])[0]
            self._complain(key_node, f"the key {shown(key)} is repeated: it is in line {line} too")
        else:
            pairs[key] = (key_node, value_node)


def _is_merge(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value == "<<" and node.style is None


def _is_word(node: yaml.ScalarNode) -> bool:
    """Whether a key is quoted, or reads as a word."""
    try:
        return node.style is not None or isinstance(resolve(node.value), str)
    except AmbiguousScalarError:
        return False


def _body(node: yaml.ScalarNode, text: str) -> Body:
    """Return where a scalar's own text starts in the file, and whether its lines match."""
    line, column = place_of(node)
    start, end = node.start_mark.index, node.end_mark.index
    if node.style == "|":
        header = _HEADER.match(text, start)
        skipped = LINE_BREAK.findall(header[0]) if header else []
        raw = LINE_BREAK.split(text[header.end() if header else start : end])[1:]
        return Body(line=line + len(skipped) + 1, column=_indent(raw, node.value) + 1, by_line=True)
    anchor = _ANCHOR.match(text, start)
    is_quoted = node.style in _CHARACTERS
    shift = (len(anchor[0]) if anchor else 0) + is_quoted
    if LINE_BREAK.search(text, start, end):
        return Body(line=line, column=column, by_line=False)
    column += shift
    written = text[start + shift : end - 1] if is_quoted else node.value
    columns = () if written == node.value else _columns(node, written, column)
    return Body(line=line, column=column, by_line=True, columns=columns)


def _columns(node: yaml.ScalarNode, written: str, column: int) -> tuple[tuple[int, ...], ...]:
    """Return the column of each character of a text in quotes, for each line of the text."""
    rows: list[list[int]] = [[]]
    pieces = _CHARACTERS[node.style].finditer(written)
    for piece, character in zip(pieces, node.value, strict=False):
        rows[-1].append(column + piece.start())
        if character == "\n":
            rows.append([])
    rows[-1].append(column + len(written))
    return tuple(map(tuple, rows))


def _indent(raw: list[str], value: str) -> int:
    """Return by how many spaces a block's lines are indented in the file."""
    for there, here in zip(raw, _lines(value), strict=False):
        if here.strip():
            return len(there) - len(here)
    return 0


def _lines(value: str) -> Iterator[str]:
    return iter(LINE_BREAK.split(value))
