"""What may a check be told in a rubric? One model for the parameters of each."""

# Annotations are evaluated here, as in ``schema``.
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, PlainValidator

from grader.rubric.fields import (
    Share,
    Texts,
    exact,
    fraction,
    one_of,
    tolerance,
    yes_or_no,
)

METHODS = ("reference", "numeric")
"""A gradient is compared with the reference's, or with numeric derivatives of the own loss."""
PRECISIONS = ("single", "double")
UNITS = ("share", "percent")
"""How an accuracy is written in stored output."""


class Strict(BaseModel):
    """A mapping of the rubric; an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    REQUIRED: ClassVar[tuple[str, ...]] = ()


class ValueParameters(Strict):
    """The check ``value``."""

    stabilised: Annotated[bool, PlainValidator(yes_or_no)] = True
    """Whether ``log(p + 1e-8)`` and the like are right as well."""


class GradientParameters(Strict):
    """The check ``gradient``: what the answers are held against."""

    method: Annotated[str, PlainValidator(one_of(METHODS))] = "reference"
    precision: Annotated[str, PlainValidator(one_of(PRECISIONS))] = "single"
    """Whether what is only as exact as single precision, or as finite differences, is right."""


class TrainingParameters(Strict):
    """The check ``training``: the share of the hidden test set to get right."""

    REQUIRED = ("accuracy",)
    accuracy: Share = 0.0
    zero_at: Annotated[float, PlainValidator(fraction)] = -1.0
    """Share that earns nothing yet; from there to ``accuracy`` the points grow by whole percent."""


class NumberParameters(Strict):
    """The check ``number``: the one number that is right."""

    REQUIRED = ("value",)

    value: Annotated[str, PlainValidator(exact)] = ""
    within: Annotated[float, PlainValidator(tolerance)] = 0.0
    """How far it may be off; without it only what rounding does."""


class PropertyParameters(Strict):
    """The check ``property``: what must hold of the answers."""

    REQUIRED = ("holds",)

    holds: Texts = ()
    """Expressions, each true or false or a share from 0 to 1."""


class RecordedParameters(TrainingParameters):
    """The check ``recorded``: the accuracy that a stored output must say."""

    unit: Annotated[str, PlainValidator(one_of(UNITS))] = "share"


class UpdateParameters(ValueParameters):
    """The check ``update``: as ``value``."""


class FormulaParameters(Strict):
    """The check ``formula``: what a formula may say, and how its value may lie."""

    names: Texts = ()
    """Intermediates of the problem that it may use; without it all that come before the answer."""
    transposed: Annotated[bool, PlainValidator(yes_or_no)] = False
    """Whether the transposed gradient is right as well (numerator layout)."""


class WrittenParameters(Strict):
    """The check ``written``: a person marks it."""


CHECKS: Mapping[str, type[Strict]] = MappingProxyType(
    {
        "value": ValueParameters,
        "gradient": GradientParameters,
        "formula": FormulaParameters,
        "training": TrainingParameters,
        "update": UpdateParameters,
        "number": NumberParameters,
        "property": PropertyParameters,
        "recorded": RecordedParameters,
        "written": WrittenParameters,
    }
)
"""Every check with the model of its parameters: the further keys of an item that uses it."""

UNPROBED_CHECKS = frozenset({"written"})
"""Checks that ask a submission for nothing."""

SOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "value": ("problem",),
        "gradient": ("problem",),
        "formula": ("problem",),
        "update": ("problem",),
        "training": ("dataset",),
        "number": ("draws",),
        "recorded": ("draws",),
        "property": ("problem", "dataset", "draws"),
    }
)
"""Check -> the keys one of which its probe must have."""
COMPARED_CHECKS = frozenset({"value", "gradient", "formula", "update"})
"""Checks that hold answers against the right ones of a problem."""
MEASURED_CHECKS = frozenset({"training", "recorded"})
"""Checks that reach an accuracy."""
UNDIVIDED_CHECKS = frozenset({"number", "recorded"})
"""Checks of a single answer on a single draw."""
