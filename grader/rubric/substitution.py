"""What does ``$name`` stand for, where may it stand, and where does it stand in vain?

It stands for what an option sets, as the whole of a value. In code and in prose nothing is
replaced: there it is a mistake as soon as an option has that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grader.rubric.document import Misplaced, Path, Setting

_NAME = re.compile(r"\$([A-Za-z_]\w*)")
_INSIDE = re.compile(r"(?<![$\w])\$([A-Za-z_]\w*)")
_OPTIONS = "options"
_OF_PROBES = {
    **dict.fromkeys(("problem", "with", "dataset", "cases", "limits"), "value"),
    **dict.fromkeys(("code", "fallback", "again", "loss", "answers"), "code"),
}
_NO_VALUE = ("id", "name", "title", "check", "probe", "answer", "group", "hint", "visibility")
_OF_ITEMS = {
    **dict.fromkeys((*_NO_VALUE, "only"), "text"),
    "holds": "code",
}
"""What stands under a key of an item; all its other keys are values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substituted:
    """A rubric's data with its names replaced.

    Parameters
    ----------
    data
        Without any ``$name`` that an option sets.
    unresolved
        Path of a value -> the name in it that no option sets.
    misplaced
        Path of a text -> the name in it that an option sets, where nothing is replaced.
    """

    data: dict[str, Any]
    unresolved: dict[Path, str] = field(default_factory=dict)
    misplaced: dict[Path, Misplaced] = field(default_factory=dict)


def substituted(data: dict[str, Any], settings: Mapping[str, Setting]) -> Substituted:
    """Replace each ``$name`` that is the whole of a value by what it stands for.

    >>> one = Setting(value="half", values=("half", "full"), path=())
    >>> probes = {"net": {"with": {"kind": "$kind"}, "code": "x = $kind"}}
    >>> found = substituted({"probes": probes}, {"kind": one})
    >>> found.data["probes"]["net"]["with"], list(found.misplaced)
    ({'kind': 'half'}, [('probes', 'net', 'code')])
    """
    found = Substituted(data={})
    for key, value in data.items():
        found.data[key] = value if key == _OPTIONS else _replaced(value, (key,), settings, found)
    return found


def used_names(data: dict[str, Any]) -> Iterator[str]:
    """Yield every name that a value of a rubric reads."""
    for key, value in data.items():
        for path, text in _texts(value, (key,)) if key != _OPTIONS else ():
            named = _NAME.fullmatch(text)
            if named and _kind(path) == "value":
                yield named[1]


def _replaced(value: Any, path: Path, settings: Mapping[str, Setting], found: Substituted) -> Any:
    """Return a value with its names replaced, and note what could not be; ``$$`` is a dollar."""
    if isinstance(value, dict):
        return {k: _replaced(v, (*path, k), settings, found) for k, v in value.items()}
    if isinstance(value, list):
        return [_replaced(v, (*path, i), settings, found) for i, v in enumerate(value)]
    if not isinstance(value, str):
        return value
    kind = _kind(path)
    named = _NAME.fullmatch(value)
    if kind == "value" and named:
        if named[1] in settings:
            return _exact(settings[named[1]].value)
        found.unresolved[path] = named[1]
    elif kind == "value" and value.startswith("$$"):
        return value[1:]
    else:
        for inside in _INSIDE.finditer(value):
            if inside[1] in settings:
                found.misplaced[path] = Misplaced(name=inside[1], kind=kind, at=inside.start())
                break
    return value


def _exact(value: Any) -> Any:
    """Return what an option sets as the reader would have read it: numbers are exact."""
    if isinstance(value, list):
        return [_exact(entry) for entry in value]
    return Decimal(str(value)) if isinstance(value, float) else value


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _texts(inner, (*path, i))
    elif isinstance(value, str):
        yield path, value


def _kind(path: Path) -> str:
    """Return what stands at a path: ``value``, ``code``, or ``text`` of any other kind."""
    match path:
        case ("probes", _, "variants", _, "code"):
            return "code"
        case ("probes", _, key, *_):
            return _OF_PROBES.get(str(key), "text")
        case ("items", _, "any_of", _, key, *_) | ("sections", _, "items", _, "any_of", _, key, *_):
            return _OF_ITEMS.get(str(key), "value")
        case ("items", _, key, *_) | ("sections", _, "items", _, key, *_):
            return _OF_ITEMS.get(str(key), "value")
        case ("limits", *_) | ("groups", _, "accept", *_):
            return "value"
    return "text"
