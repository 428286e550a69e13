"""How are hundreds of arrays by name, all of one shape, held as one array?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from grader.records import Array


@runtime_checkable
class Stacking(Protocol):
    """A mapping of arrays that can give them all at once, faster than one by one."""

    def stacked(self) -> Array:
        """Return all of its arrays, (K, ...)."""


def stacked(arrays: Mapping[str, Array]) -> Array:
    """Return all arrays of a mapping, which are of one shape, as one: (K, ...)."""
    return arrays.stacked() if isinstance(arrays, Stacking) else np.stack(list(arrays.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack(Mapping[str, Array]):
    """Arrays by name, all of one shape.

    Parameters
    ----------
    names
        One for each array.
    arrays : (K, ...) array
    """

    names: tuple[str, ...]
    arrays: Array

    def stacked(self) -> Array:
        """Return all of its arrays, (K, ...)."""
        return self.arrays

    def __getitem__(self, name: str) -> Array:
        array: Array = self.arrays[self.names.index(name)]
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
