"""What may one value of a rubric be? The smallest types of its language, with their messages.

Each function takes what the YAML reader made of a value and returns what the schema keeps, or
raises ``wrong(...)`` with the end of a sentence that starts with the key's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from grader.rubric.wording import describe, hint

ID_RULE = "a letter or digit, then letters, digits, '_', '-' and '.'"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")

MOST_POINTS = 10_000
FINEST_POINTS = Decimal("0.0001")


def wrong(message: str) -> PydanticCustomError:
    """Return the error of one value: ``must be a number, not the text 'five'``."""
    return PydanticCustomError("rubric", "{text}", {"text": message})


def is_id(name: str) -> bool:
    """Whether a name can be an id: safe in file names, tables and ``probe/case/0``.

    >>> is_id("q4.dW1"), is_id("../q4"), is_id("")
    (True, False, False)
    """
    return _ID.fullmatch(name) is not None


def text(value: object) -> str:
    """Return a text that is not blank."""
    if not isinstance(value, str):
        raise wrong(f"must be a text, not {describe(value)}" + _quote(value))
    if not value.strip():
        raise wrong("must not be blank")
    return value


def identifier(value: object) -> str:
    """Return an id."""
    name = text(value)
    if not is_id(name):
        raise wrong(f"must be {ID_RULE}, not {describe(value)}")
    return name


def one_of(words: Iterable[str]) -> Callable[[object], str]:
    """Return the validator of a choice between words."""
    known = tuple(words)

    def choice(value: object) -> str:
        word = text(value)
        if word not in known:
            raise wrong(f"cannot be {word[:60]!r}{hint(word, known)}")
        return word

    return choice


def number(value: object) -> int | Decimal:
    """Return a number, exactly."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise wrong(f"must be a number, not {describe(value)}")
    return value


def whole(low: int, high: int | None = None) -> Callable[[object], int]:
    """Return the validator of a whole number in a range."""
    bounds = f"from {low} to {high}" if high is not None else f"of at least {low}"

    def whole_number(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong(f"must be a whole number {bounds}, not {describe(value)}")
        if value < low or (high is not None and value > high):
            raise wrong(f"must be a whole number {bounds}, not {value}")
        return value

    return whole_number


def version(ours: int) -> Callable[[object], int]:
    """Return the validator of the language's version."""

    def only_ours(value: object) -> int:
        if isinstance(value, bool) or value != ours:
            raise wrong(f"must be {ours}, the version that is read here, not {describe(value)}")
        return ours

    return only_ours


def seconds(low: str, high: str) -> Callable[[object], float]:
    """Return the validator of a time in a range."""

    def time(value: object) -> float:
        given = number(value)
        if not Decimal(low) <= given <= Decimal(high):
            raise wrong(f"must be from {low} to {high} seconds, not {given}")
        return float(given)

    return time


def points(value: object) -> Decimal:
    """Return points: more than 0, to four decimals."""
    given = Decimal(number(value))
    if given <= 0:
        raise wrong(f"must be more than 0, not {given}")
    if given > MOST_POINTS or given % FINEST_POINTS:
        raise wrong(f"must be at most {MOST_POINTS}, with at most 4 decimals, not {given}")
    return given


def weight(value: object) -> Decimal:
    """Return a share: more than 0 and at most 1."""
    given = Decimal(number(value))
    if not 0 < given <= 1:
        raise wrong(f"must be a weight, more than 0 and at most 1, not {given}")
    return given


def percent(value: object) -> Decimal:
    """Return percent: more than 0 and at most 100."""
    given = Decimal(number(value))
    if not 0 < given <= 100:
        raise wrong(f"must be percent, more than 0 and at most 100, not {given}")
    return given


def hours(value: object) -> int:
    """Return a time that is given in hours, in seconds."""
    given = Decimal(number(value))
    if not 0 <= given <= 720:
        raise wrong(f"must be from 0 to 720 hours, not {given}")
    return round(given * 3600)


def part(value: object) -> Decimal:
    """Return a part of an item's points: 0 to 1."""
    given = Decimal(number(value))
    if not 0 <= given <= 1:
        raise wrong(f"must be from 0 to 1, not {given}")
    return given


def fraction(value: object) -> float:
    """Return a share that may be 0: at least 0 and less than 1."""
    given = number(value)
    if not 0 <= given < 1:
        raise wrong(f"must be at least 0 and less than 1, not {given}")
    return float(given)


def exact(value: object) -> str:
    """Return a fraction or a decimal as a text that is exact: ``-1/16``."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    try:
        return str(Fraction("".join(text(value).split())))
    except (ValueError, ZeroDivisionError):
        message = f"must be a fraction such as -1/16, or a decimal, not {describe(value)}"
        raise wrong(message) from None


def tolerance(value: object) -> float:
    """Return how far a number may be off, 0 or more."""
    given = number(value)
    if given < 0:
        raise wrong(f"must be at least 0, not {given}")
    return float(given)


def yes_or_no(value: object) -> bool:
    """Return a boolean."""
    if not isinstance(value, bool):
        raise wrong(f"must be true or false, not {describe(value)}")
    return value


def share(value: object) -> float:
    """Return a share that only sets a threshold: more than 0 and at most 1."""
    given = number(value)
    if not 0 < given <= 1:
        raise wrong(f"must be more than 0 and at most 1, not {given}")
    return float(given)


def quantity(value: object) -> int | float:
    """Return a size or a setting: whole numbers stay whole."""
    given = number(value)
    return given if isinstance(given, int) else float(given)


def constant(value: object) -> Any:
    """Return what the rubric's ``with:`` hands to the student's process."""
    if isinstance(value, list):
        return [constant(entry) for entry in value]
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, Decimal)):
        return quantity(value)
    raise wrong(f"must be a number, a text, true, false or a list of them, not {describe(value)}")


def one_or_more(value: object) -> object:
    """Return a list, of one where a single text stands."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise wrong(f"must be a text or a list of texts, not {describe(value)}" + _quote(value))
    if not value:
        raise wrong("must name at least one")
    return value


def source(value: object) -> object:
    """Return a problem as a mapping, also where only its id stands."""
    if isinstance(value, str):
        return {"id": value}
    if not isinstance(value, dict):
        raise wrong(
            f"must be a problem's id, or a mapping with id and options, not {describe(value)}"
        )
    return value


def _mapping_or(key: str, wanted: str, value: object) -> object:
    """Return a mapping as it is, and a text alone as the mapping that has it under a key."""
    if isinstance(value, str):
        return {key: text(value)}
    if not isinstance(value, dict):
        raise wrong(f"must be {wanted}, not {describe(value)}" + _quote(value))
    return value


def module(value: object) -> object:
    """Return a module as a mapping, also where only its path stands."""
    return _mapping_or("path", "a module's path, or a mapping with path and only", value)


def leader_source(value: object) -> object:
    """Return a place on the leaderboard as a mapping, also where only its name stands."""
    return _mapping_or("name", "a name, or a mapping with name, of and order", value)


def option_source(value: object) -> object:
    """Return an option as a mapping, also where only its fixed value stands."""
    return _mapping_or("default", "a text, or a mapping with default and choices", value)


def named_choices(value: object) -> object:
    """Return choices as a mapping, also where their names alone stand."""
    if isinstance(value, list):
        names = [identifier(name) for name in value]
        if len(set(names)) < len(names):
            raise wrong("must not hold a choice twice")
        value = {name: {} for name in names}
    elif isinstance(value, dict):
        for name in value:
            identifier(name)
    else:
        raise wrong(f"must be a list of texts or a mapping, not {describe(value)}")
    return filled(value)


def filled(value: object) -> object:
    """Refuse an empty list and an empty mapping."""
    if value in ([], {}):
        raise wrong("must not be empty")
    return value


def something(value: object) -> object:
    """Refuse the empty value of a key that may be left out."""
    if value is None:
        raise wrong("must not be empty: leave the key out, or give it a value")
    return value


def _quote(value: object) -> str:
    """Return what to write where a number or a boolean was meant as a text."""
    if isinstance(value, bool):
        return f'; write "{str(value).lower()}" in quotes for the word'
    return f'; write "{value}" in quotes' if isinstance(value, (int, Decimal)) else ""


Text = Annotated[str, PlainValidator(text)]
Id = Annotated[str, PlainValidator(identifier)]
Points = Annotated[Decimal, PlainValidator(points)]
Weight = Annotated[Decimal, PlainValidator(weight)]
Share = Annotated[float, PlainValidator(share)]
Percent = Annotated[Decimal, PlainValidator(percent)]
Quantity = Annotated[int | float, PlainValidator(quantity)]
Constant = Annotated[Any, PlainValidator(constant)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(one_or_more)]
