"""What can be chosen in a rubric, in how many ways, and what has been chosen?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from grader.errors import UsageError
from grader.records import Option
from grader.rubric.document import Document, Path, Setting
from grader.rubric.schema import OptionModel
from grader.rubric.wording import hint, shown

OPTIONS: Path = ("options",)
MOST_COMBINATIONS = 64
"""Combinations of choices that are all checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice that somebody has made.

    Parameters
    ----------
    option, choice
        What was chosen; whether a rubric has it is not known yet.
    source
        Where it was said, for messages: ``--option``, ``course.yaml:3:20``.
    """

    option: str
    choice: str
    source: str


def declared_options(document: Document) -> tuple[Option, ...]:
    """Return the options of a rubric that can be read and leave something to choose.

    What is wrong with the others is for ``validation`` and ``option_checks`` to tell.
    """
    written = document.data.get("options") if isinstance(document.data, dict) else None
    entries = written.items() if isinstance(written, dict) else ()
    return tuple(_read(name, entry) for name, entry in entries if _is_readable(entry))


def _is_readable(entry: object) -> bool:
    try:
        return isinstance(entry, dict) and bool(OptionModel.model_validate(entry).choices)
    except ValidationError:
        return False


def _read(name: str, entry: object) -> Option:
    model = OptionModel.model_validate(entry)
    return Option(id=name, title=model.title, default=model.default, choices=dict(model.choices))


def combinations(options: Sequence[Option]) -> list[dict[str, str]]:
    """Return every way to choose, the defaults first; only them where there are too many.

    >>> one = Option(id="p", title="", default="drop", choices={"keep": {}, "drop": {}})
    >>> combinations([one])
    [{'p': 'drop'}, {'p': 'keep'}]
    """
    defaults = {option.id: _default(option) for option in options}
    if are_too_many(options):
        return [defaults]
    ways = [
        [_default(option), *(name for name in option.choices if name != _default(option))]
        for option in options
    ]
    names = [option.id for option in options]
    return [dict(zip(names, way, strict=True)) for way in itertools.product(*ways)]


def are_too_many(options: Sequence[Option]) -> bool:
    """Whether not every combination of choices is checked."""
    return count_of(options) > MOST_COMBINATIONS


def count_of(options: Sequence[Option]) -> int:
    """Return how many combinations of choices there are."""
    return math.prod(len(option.choices) for option in options)


def _default(option: Option) -> str:
    return option.default if option.default in option.choices else next(iter(option.choices))


def settings_of(
    document: Document, options: Sequence[Option], chosen: Mapping[str, str]
) -> dict[str, Setting]:
    """Return what each name stands for under a choice.

    Parameters
    ----------
    document
        Where the options are written.
    options
        What can be chosen.
    chosen
        Option -> choice, for each of them.
    """
    settings: dict[str, Setting] = {}
    for option in options:
        choice = chosen[option.id]
        at = _place(document, option, choice)
        settings[option.id] = Setting(value=choice, values=tuple(option.choices), path=at)
        for name, value in option.choices[choice].items():
            values = tuple(sets[name] for sets in option.choices.values() if name in sets)
            settings[name] = Setting(value=value, values=values, path=(*at, name))
    return settings


def _place(document: Document, option: Option, choice: str) -> Path:
    """Return the path of a choice, in a list of names or as a key."""
    at = (*OPTIONS, option.id, "choices")
    if (*at, choice) in document.places:
        return (*at, choice)
    return (*at, list(option.choices).index(choice))


def chosen_of(rubric: str, options: Sequence[Option], made: Sequence[Choice]) -> dict[str, str]:
    """Return what is chosen in the end: the defaults, and over them what people chose.

    Parameters
    ----------
    rubric
        Its id, for messages.
    options
        What can be chosen.
    made
        Choices in the order of their weight, the last one winning.

    Raises
    ------
    UsageError
        With every choice that the rubric does not know, and what was meant.
    """
    mistakes = list(_mistakes(rubric, {option.id: option for option in options}, made))
    if mistakes:
        raise UsageError("\n".join(mistakes))
    return combinations(options)[0] | {one.option: one.choice for one in made}


def _mistakes(rubric: str, known: Mapping[str, Option], made: Sequence[Choice]) -> Iterator[str]:
    for one in made:
        if one.option not in known:
            told = f"rubric {rubric} has no option {shown(one.option)} to choose"
            yield f"{one.source}: {told}{hint(one.option, known)}"
        elif one.choice not in known[one.option].choices:
            told = f"option {one.option} of rubric {rubric} cannot be {shown(one.choice)}"
            yield f"{one.source}: {told}{hint(one.choice, known[one.option].choices)}"
