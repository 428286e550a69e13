"""What is in a kit? The visible part of a rubric, its draws, and what else judging asks of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.checks.knowledge import Derivative, OtherData
from grader.checks.stacks import Stack
from grader.diagnosis import Background
from grader.errors import UsageError
from grader.kit.packing import PackingError, packed, unpacked
from grader.records import (
    Array,
    Case,
    DatasetRef,
    Draw,
    DrawKey,
    Expected,
    Group,
    Item,
    Limits,
    Modules,
    Nothing,
    Probe,
    ProblemRef,
    Rubric,
    SourceFile,
    Variant,
    Waiver,
)

SUFFIX = ".kit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Combinations(Mapping[str, Array]):
    """Arrays by name, each a combination of the same few.

    Parameters
    ----------
    names
        One a row of the coefficients.
    coefficients : (K, B) float array
    basis : (B, ...) float array
    origin : (...) float array
        What is added to each combination.
    """

    names: tuple[str, ...]
    coefficients: Array
    basis: Array
    origin: Array

    def stacked(self) -> Array:
        """Return all combinations, (K, ...)."""
        every: Array = self.origin + np.tensordot(self.coefficients, self.basis, axes=1)
        return every

    def __getitem__(self, name: str) -> Array:
        row = self.coefficients[self.names.index(name)]
        combined: Array = self.origin + np.tensordot(row, self.basis, axes=1)
        return combined

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """All that judging the visible items of one homework takes.

    Parameters
    ----------
    rubric
        Without hidden items, seeds, and whatever else a student is not to read.
    chosen
        Option of the rubric -> what the course has chosen.
    draws
        Every draw that may be asked for, with the right answers to visible items.
    options
        Problem -> its options' defaults.
    gradients
        Problem -> which of its answers are derivatives.
    backgrounds
        Draw and name of a convention -> what mistakes would answer there.
    other_data
        Draw, answer and full options, in one text -> other data that the draw could have had.
    """

    rubric: Rubric
    chosen: Mapping[str, str]
    draws: Mapping[DrawKey, Draw]
    options: Mapping[str, Mapping[str, str]]
    gradients: Mapping[str, Mapping[str, Derivative]]
    backgrounds: Mapping[tuple[DrawKey, str], Background]
    other_data: Mapping[tuple[DrawKey, str, str], OtherData]


_RECORDS = (
    Background,
    Case,
    Combinations,
    DatasetRef,
    Derivative,
    Draw,
    DrawKey,
    Expected,
    Group,
    Item,
    Kit,
    Limits,
    Modules,
    Nothing,
    OtherData,
    Probe,
    ProblemRef,
    Rubric,
    SourceFile,
    Stack,
    Variant,
    Waiver,
)


def options_text(options: Mapping[str, str]) -> str:
    """Return full options as one text.

    >>> options_text({"scaling": "sum", "penalty": "half"})
    'penalty=half scaling=sum'
    """
    return " ".join(f"{name}={options[name]}" for name in sorted(options))


def kit_bytes(kit: Kit) -> bytes:
    """Return the content of a kit's file."""
    return packed(kit)


def read_kit(path: Path) -> Kit:
    """Return the kit in a file.

    Raises
    ------
    UsageError
        If there is none, or it cannot be read by this version; the text says what to do.
    """
    try:
        found = unpacked(path.read_bytes(), _RECORDS)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    except PackingError as error:
        told = "unpack the course's zip file again, and install the wheel that lies in it"
        raise UsageError(f"{path}: {error}; {told}") from None
    if not isinstance(found, Kit):
        raise UsageError(f"{path}: it is no kit; unpack the course's zip file again")
    return found
