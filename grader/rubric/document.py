"""Where in the file does a complaint belong? Data of a YAML file with the place of everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.errors import Complaint

Path = tuple[str | int, ...]
"""Keys and indices from the root: ``("items", 0, "points")``."""
Place = tuple[int, int]
"""Line and column, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Where the text of a scalar starts in the file."""

    line: int
    column: int
    by_line: bool
    """Whether each line of the text is one line of the file (a block ``|``, or a single line)."""
    columns: tuple[tuple[int, ...], ...] = ()
    """Column in the file of each character, line by line of the text, each line's end included;
    only of a single line in quotes that has escapes, where a text's line breaks are escapes too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a name stands for under one choice of the rubric's options."""

    value: Any
    values: tuple[Any, ...]
    """What it stands for under each choice of its option."""
    path: Path
    """Where the value is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """A ``$name`` of an option where nothing is replaced."""

    name: str
    kind: str
    """``code``; ``value`` where it is only a part of one; ``text`` for anything else."""
    at: int
    """Characters before it in the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """What was chosen of a rubric's options, and what came of it."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    """Names that ``$name`` or ``only`` reads, under whichever choice."""
    left_out: frozenset[Path] = frozenset()
    """Probes, groups, items and expected modules whose ``only`` does not match."""
    unresolved: Mapping[Path, str] = field(default_factory=dict)
    """Path of a value -> the name in it that no option sets."""
    misplaced: Mapping[Path, Misplaced] = field(default_factory=dict)
    """Path of a text -> the name of an option that stands in it in vain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML file as plain data: dicts, lists, texts, exact numbers, booleans and None."""

    file: str
    data: Any
    places: Mapping[Path, Place]
    """Where each value starts; one that came by an alias or a merge, where it is written."""
    key_places: Mapping[Path, Place]
    bodies: Mapping[Path, Body]
    complaints: tuple[Complaint, ...]
    broken: frozenset[Path]
    """Values that a complaint of the reader is about."""
    variation: Variation = Variation()

    @property
    def all_places(self) -> frozenset[Place]:
        """Where any value or key of it starts."""
        return frozenset(self.places.values()) | frozenset(self.key_places.values())

    def keys(self, path: Path) -> tuple[str, ...]:
        """Return the keys of the mapping at a path; none where there is no mapping."""
        there = self.data
        for step in path:
            try:
                there = there[step]
            except (KeyError, IndexError, TypeError):
                return ()
        return tuple(there) if isinstance(there, dict) else ()

    def text(self, path: Path) -> str:
        """Return the text at a path."""
        there = self.data
        for step in path:
            there = there[step]
        return str(there)

    def at(self, path: Path, message: str) -> Complaint:
        """Return a complaint about the value at a path, or about the nearest one around it."""
        while path not in self.places:
            path = path[:-1]
        return self._complaint(self.places[path], message)

    def at_key(self, path: Path, message: str) -> Complaint:
        """Return a complaint about a key."""
        if path not in self.key_places:
            return self.at(path, message)
        return self._complaint(self.key_places[path], message)

    def inside(self, path: Path, line: int, column: int, message: str) -> Complaint:
        """Return a complaint about a line and column of the text at a path, counted from 1."""
        body = self.bodies.get(path)
        if body is None or not body.by_line:
            return self.at(path, message)
        if body.columns:
            columns = body.columns[min(line, len(body.columns)) - 1]
            place = (body.line, columns[min(column, len(columns)) - 1])
        else:
            place = (body.line + line - 1, body.column + column - 1)
        return self._complaint(place, message)

    def _complaint(self, place: Place, message: str) -> Complaint:
        return Complaint(file=self.file, line=place[0], column=place[1], message=message)
