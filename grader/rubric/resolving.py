"""What does a rubric say once its options are chosen?

``only`` has left out what does not match, ``$name`` has become what it stands for, and every value
still knows its place in the file. All checks and the building see one such document at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from grader.records import Option
from grader.rubric.choices import settings_of
from grader.rubric.document import Document, Path, Variation
from grader.rubric.substitution import substituted, used_names

_HOMES = ("probes", "groups")
_EXPECTED: Path = ("modules", "expected")
_Value = TypeVar("_Value")


def resolved(document: Document, options: Sequence[Option], chosen: Mapping[str, str]) -> Document:
    """Return a rubric's document under one choice of its options.

    Parameters
    ----------
    document
        As the YAML reader left it.
    options
        What can be chosen.
    chosen
        Option -> choice, for each of them.
    """
    if not isinstance(document.data, dict):
        return document
    settings = settings_of(document, options, chosen)
    cut = _Cut(options={option.id: option for option in options}, chosen=chosen)
    found = substituted(cut.data(document.data), settings)
    return replace(
        document,
        data=found.data,
        places=cut.moved(document.places),
        key_places=cut.moved(document.key_places),
        bodies=cut.moved(document.bodies),
        broken=frozenset(cut.moved(dict.fromkeys(document.broken, True))),
        variation=Variation(
            chosen=dict(chosen),
            settings=settings,
            used=frozenset(_used(document.data)),
            left_out=frozenset(path for path, to in cut.moves.items() if to is None),
            unresolved=found.unresolved,
            misplaced=found.misplaced,
        ),
    )


# --- only ------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Cut:
    """Leaves out what a choice excludes, and remembers where the rest has moved to."""

    options: Mapping[str, Option]
    chosen: Mapping[str, str]
    moves: dict[Path, Path | None] = field(default_factory=dict)

    def data(self, whole: dict[str, Any]) -> dict[str, Any]:
        """Return a rubric's data without what does not match."""
        kept = deepcopy(whole)
        for home in _HOMES:
            if isinstance(kept.get(home), dict):
                kept[home] = self._mapping(kept[home], home)
        if isinstance(kept.get("items"), list):
            kept["items"] = self._list(kept["items"], ("items",), ("items",))
        if isinstance(kept.get("sections"), list):
            kept["sections"] = self._sections(kept["sections"])
        modules = kept.get("modules")
        if isinstance(modules, dict) and isinstance(modules.get("expected"), list):
            modules["expected"] = self._list(modules["expected"], _EXPECTED, _EXPECTED)
        return kept

    def moved(self, by_path: Mapping[Path, _Value]) -> dict[Path, _Value]:
        """Return what is known of paths by the paths that they have now."""
        if not self.moves:
            return dict(by_path)
        pairs = ((self._path(path), value) for path, value in by_path.items())
        return {path: value for path, value in pairs if path is not None}

    def _path(self, path: Path) -> Path | None:
        for end in (4, 3, 2):
            if path[:end] in self.moves and len(path) >= end:
                to = self.moves[path[:end]]
                return None if to is None else (*to, *path[end:])
        return path

    def _mapping(self, entries: dict[str, Any], home: str) -> dict[str, Any]:
        self.moves |= {(home, name): None for name in entries if not self._is_in(entries[name])}
        return {name: entry for name, entry in entries.items() if (home, name) not in self.moves}

    def _list(self, entries: list[Any], at: Path, to: Path) -> list[Any]:
        kept = [i for i, entry in enumerate(entries) if self._is_in(entry)]
        self.moves |= {(*at, i): None for i in range(len(entries))}
        self.moves |= {(*at, i): (*to, new) for new, i in enumerate(kept)}
        return [entries[i] for i in kept]

    def _sections(self, sections: list[Any]) -> list[Any]:
        """Return the sections of which something is left."""
        kept: list[Any] = []
        for s, section in enumerate(sections):
            to: Path = ("sections", len(kept))
            items = section.get("items") if isinstance(section, dict) else None
            if isinstance(items, list) and items:
                section["items"] = self._list(items, ("sections", s, "items"), (*to, "items"))
            is_left = not items or bool(section["items"])
            self.moves["sections", s] = to if is_left else None
            if is_left:
                kept.append(section)
        return kept

    def _is_in(self, entry: Any) -> bool:
        """Whether something is there under the choice; what cannot be read always is."""
        only = entry.get("only") if isinstance(entry, dict) else None
        return not isinstance(only, dict) or all(
            self.chosen[name] in _listed(wanted)
            for name, wanted in only.items()
            if name in self.options and _are_known(wanted, self.options[name])
        )


def _listed(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _are_known(wanted: Any, option: Option) -> bool:
    return all(isinstance(one, str) and one in option.choices for one in _listed(wanted))


# --- names -----------------------------------------------------------------------------------


def _used(data: dict[str, Any]) -> Iterator[str]:
    """Yield every name that something in a rubric depends on."""
    yield from used_names(data)
    for entry in _entries(data):
        only = entry.get("only") if isinstance(entry, dict) else None
        yield from only if isinstance(only, dict) else ()


def _entries(data: dict[str, Any]) -> Iterator[Any]:
    """Yield whatever may have an ``only``."""
    for home in _HOMES:
        yield from data[home].values() if isinstance(data.get(home), dict) else ()
    sections = data.get("sections")
    for holder in (data, *(sections if isinstance(sections, list) else ())):
        items = holder.get("items") if isinstance(holder, dict) else None
        yield from items if isinstance(items, list) else ()
    modules = data.get("modules")
    expected = modules.get("expected") if isinstance(modules, dict) else None
    yield from expected if isinstance(expected, list) else ()
