"""Which constants do people forget, or use twice? Factors by name, with each draw's value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from grader.records import Array

BATCH_NAMES = ("N", "n")
"""What a problem calls the number of its examples, the first that it has."""
_NUMBERS = {"0": 0.0, "-1": -1.0, "2": 2.0, "1/2": 0.5}
_RARE_NUMBERS = {"-2": -2.0, "-1/2": -0.5, "3": 3.0, "1/3": 1 / 3, "4": 4.0, "1/4": 0.25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A named factor.

    Parameters
    ----------
    name
        ``"1/N"``; ``"1"`` for none.
    values : (K,) float array
        Its value on each of K draws; NaN where it has none.
    weight
        How far-fetched it is: 0 for 1, 1 for common ones, a little more for rare ones.
    """

    name: str
    values: Array
    weight: float


def batch_name(sizes: Mapping[str, float]) -> str:
    """Return what the number of examples is called, or nothing.

    >>> batch_name({"D": 5, "N": 7}), batch_name({"D": 5})
    ('N', '')
    """
    return next((name for name in BATCH_NAMES if name in sizes), "")


def symbols(sizes: Sequence[Mapping[str, float]]) -> tuple[Symbol, ...]:
    """Return all factors that the draws' numbers make, the plainest first.

    Parameters
    ----------
    sizes
        The numbers of each draw.

    >>> [symbol.name for symbol in symbols([{"N": 7, "C": 3}])][:8]
    ['1', '0', '-1', '2', '1/2', 'N', '1/N', 'N/(N-1)']
    """
    table = {name: np.full(len(sizes), number) for name, number in _NUMBERS.items()}
    names = [name for name in sizes[0] if all(name in one for one in sizes)]
    batch = batch_name(sizes[0])
    columns = {name: np.array([float(one[name]) for one in sizes]) for name in names}
    with np.errstate(all="ignore"):
        if batch in columns:
            table |= dict(_of_batch(batch, columns[batch]))
        common = set(table)
        table |= {name: np.full(len(sizes), number) for name, number in _RARE_NUMBERS.items()}
        for name, column in columns.items():
            table |= dict(_of_size(name, column))
        whole = [name for name in names if (columns[name] == columns[name].round()).all()]
        for one, other in combinations(whole, 2):
            table |= dict(_of_pair(one, columns[one], other, columns[other]))
    ones = Symbol(name="1", values=np.ones(len(sizes)), weight=0.0)
    rows = (
        Symbol(name=name, values=values, weight=1.0 if name in common else 1.1)
        for name, values in table.items()
    )
    return (ones, *rows)


def _of_batch(name: str, size: Array) -> Iterator[tuple[str, Array]]:
    yield name, size
    yield f"1/{name}", 1.0 / size
    yield f"{name}/({name}-1)", np.where(size > 1, size / (size - 1.0), np.nan)
    yield f"({name}-1)/{name}", (size - 1.0) / size


def _of_size(name: str, size: Array) -> Iterator[tuple[str, Array]]:
    yield name, size
    yield f"1/{name}", 1.0 / size
    yield f"-{name}", -size
    yield f"-1/{name}", -1.0 / size
    yield f"2{name}", 2.0 * size
    yield f"{name}/2", size / 2.0
    yield f"2/{name}", 2.0 / size
    yield f"1/(2{name})", 0.5 / size
    yield f"{name}^2", size**2
    yield f"1/{name}^2", size**-2.0
    yield f"sqrt({name})", np.sqrt(size)
    yield f"1/sqrt({name})", 1.0 / np.sqrt(size)
    if ((size > 0) & (size < 1)).all():
        yield f"1-{name}", 1.0 - size
        yield f"1/(1-{name})", 1.0 / (1.0 - size)


def _of_pair(one: str, first: Array, other: str, second: Array) -> Iterator[tuple[str, Array]]:
    yield f"{one}*{other}", first * second
    yield f"1/({one}*{other})", 1.0 / (first * second)
    yield f"{one}/{other}", first / second
    yield f"{other}/{one}", second / first
