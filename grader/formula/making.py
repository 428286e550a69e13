"""How is an operation made, how is it told of, and how does an identity get its size?"""

from __future__ import annotations

from dataclasses import replace

from grader.formula.errors import FormulaError, ShapeError
from grader.formula.limits import MOST_LAYERS
from grader.formula.printing import latex
from grader.formula.tree import OPEN, Node, Shape, Side, Term
from grader.formula.vocabulary import Vocabulary


def made(
    op: str,
    args: tuple[Term, ...],
    shape: Shape,
    at: Node | Term,
    *,
    word: str = "",
    value: float = 0.0,
    is_entrywise: bool = False,
) -> Term:
    """Return an operation at a place.

    Raises
    ------
    FormulaError
        If too many of them lie within one another.
    """
    depth = 1 + max((arg.depth for arg in args), default=0)
    if depth > MOST_LAYERS:
        raise FormulaError("too much within one another", at.start, at.end)
    return Term(
        op=op,
        args=args,
        shape=shape,
        word=word,
        value=value,
        is_entrywise=is_entrywise,
        start=at.start,
        end=at.end,
        depth=depth,
    )


def spanned(op: str, left: Term, right: Term, shape: Shape, is_entrywise: bool) -> Term:
    """Return an operation on two terms, whose place spans both of them."""
    place = Node(kind="place", start=min(left.start, right.start), end=max(left.end, right.end))
    return made(op, (left, right), shape, place, is_entrywise=is_entrywise)


def transposed(inner: Term, at: Node | Term) -> Term:
    """Return the transposed of a term; of a number it is the same."""
    if inner.is_scalar or inner.op == "eye":
        return inner
    if inner.op == "T":
        return inner.args[0]
    shape = (inner.shape[1], inner.shape[0])
    return made("T", (inner,), shape, at, is_entrywise=inner.is_entrywise)


def sized(term: Term, side: Side) -> Term:
    """Return a term with an identity of open size in the size of its neighbours."""
    if OPEN not in term.shape:
        return term
    args = tuple(sized(arg, side) for arg in term.args)
    return replace(term, args=args, shape=(side, side))


def settled(term: Term) -> Term:
    """Return a term in which every identity has its size.

    Raises
    ------
    ShapeError
        If nothing tells the size of one: of that in ``sum(I)``.
    """
    if OPEN in term.shape:
        told = "nothing tells the size of this identity: write it as in I_N"
        raise ShapeError(told, term.start, term.end)
    for arg in term.args:
        settled(arg)
    return term


def fitted(words: Vocabulary, term: Term) -> Term:
    """Return a whole formula with such an identity in the size of what is asked for.

    Raises
    ------
    ShapeError
        If nothing tells it.
    """
    if OPEN not in term.shape:
        return term
    if words.shape[0] != words.shape[1]:
        raise ShapeError("nothing tells the size of this identity", term.start, term.end)
    return sized(term, words.shape[0])


def told_of(words: Vocabulary, term: Term) -> str:
    """Return what a term is, with its shape in a sample: ``K^{-1} Y is 7×5``."""
    shown = latex(term, words)
    if term.is_scalar:
        return f"{shown} is a number"
    sides = [str(words.length(side)) if side != OPEN else "n" for side in term.shape]
    return f"{shown} is {'×'.join(sides)}"


def unfit(words: Vocabulary, left: Term, right: Term, done: str) -> ShapeError:
    """Return the error about two parts that do not fit."""
    told = f"{told_of(words, left)}, {told_of(words, right)}: these cannot be {done}"
    return ShapeError(told, min(left.start, right.start), max(right.end, left.end))
