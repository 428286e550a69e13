"""What stands in a formula, as it was written: nothing is known of shapes yet."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One piece of a formula.

    Parameters
    ----------
    kind
        ``number``, ``name``, ``sum``, ``chain``, ``transpose``, ``inverse``, ``power``,
        ``entry_power``, ``call``, ``bars``, ``over``, ``compare``, ``big_sum``, ``index``.
    parts
        What it is made of.
    words
        What goes with the parts: a name, the signs of a sum, the operators of a chain.
    value
        Of a number.
    start, end
        Its place in the text.
    depth
        How many pieces lie within one another.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    words: tuple[str, ...] = ()
    value: float = 0.0
    start: int = 0
    end: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One operation, with the shape of what comes out.

    Parameters
    ----------
    op
        A row of ``operations.OPERATIONS``, or ``name``, ``const``, ``pick``, ``big_sum``.
    args
        What it works on.
    shape
        Rows and columns, each a symbol such as ``N``, or 1; ``?`` for an identity of open size.
    word
        Name, function, index.
    value
        Of a constant or an exponent.
    is_entrywise
        Whether it came from an entrywise function: what stands beside it is meant entry by entry.
    start, end, depth
        As of a ``Node``.
    """

    op: str
    args: tuple[Term, ...] = ()
    shape: Shape = (1, 1)
    word: str = ""
    value: float = 0.0
    is_entrywise: bool = False
    start: int = 0
    end: int = 0
    depth: int = field(default=1)

    @property
    def is_scalar(self) -> bool:
        """Whether it is one number."""
        return self.shape == (1, 1)

    @property
    def is_vector(self) -> bool:
        """Whether it is a column or a row, and no single number."""
        return (self.shape[0] == 1) != (self.shape[1] == 1)

    @property
    def is_column(self) -> bool:
        """Whether it is a column of several entries."""
        return self.shape[0] != 1 and self.shape[1] == 1


Side = str | int
Shape = tuple[Side, Side]
OPEN = "?"
"""Side of an identity whose size its neighbours tell."""
