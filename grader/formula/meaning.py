"""What does a tree mean? Names, shapes, and which product is meant where a text leaves it open.

Shapes are kept as symbols (N by D), never as the lengths of one draw, so that a formula means the
same on square draws as on all others. A product that is written without a sign is the matrix
product; where the shapes do not allow that and the factors come from entrywise functions, it is the
entrywise one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from grader.formula import products
from grader.formula.errors import FormulaError, ShapeError
from grader.formula.limits import MOST_EXPONENT
from grader.formula.making import made, told_of, transposed, unfit
from grader.formula.printing import latex
from grader.formula.tree import OPEN, Node, Term
from grader.formula.vocabulary import Vocabulary

Lookup = Callable[[str], Term | None]
"""Gives what a name was defined to be, or None."""


class Reader:
    """Reads trees with a vocabulary and what a student has defined so far.

    Parameters
    ----------
    words
        The problem's names.
    own
        Gives what a name was defined to be in an earlier line.
    own_names
        All names that are defined, for suggestions.
    """

    def __init__(
        self, words: Vocabulary, own: Lookup, own_names: Mapping[str, object] | None = None
    ) -> None:
        self.words = words
        self.own = own
        self.own_names = own_names or {}
        self.indices: dict[str, list[str]] = {}
        """Index of an open sum -> its side, as soon as it is known."""

    def term(self, node: Node) -> Term:
        """Return what a node means.

        Raises
        ------
        FormulaError
            If a name is not known, or something has no meaning here.
        ShapeError
            If shapes do not fit.
        """
        term: Term = getattr(self, f"_{node.kind}")(node)
        return replace(term, start=node.start, end=node.end)

    # --- leaves ---------------------------------------------------------------------------

    def _number(self, node: Node) -> Term:
        return Term(op="const", value=node.value)

    def _name(self, node: Node) -> Term:
        name, index = node.words[0], node.words[1] if len(node.words) > 1 else ""
        if name.startswith("ones "):
            return self._ones(node, name.removeprefix("ones ").strip())
        name = self.words.canonical(name)
        if self.own(name) is None and name not in self.words.symbols and self.words.row_of(name):
            # A small letter is an example of what the large one is, or in a batch the same.
            row = self.words.row_of(name)
            name = row if index or row in self.words.steps else name
        found = self.own(name)
        if found is not None and OPEN in found.shape:
            return found
        if found is not None:
            term = Term(op="name", shape=found.shape, word=name, is_entrywise=found.is_entrywise)
            return self._picked(node, term, index, None) if index else term
        if name in self.words.symbols:
            symbol = self.words.symbols[name]
            term = Term(op="name", shape=symbol.shape, word=name)
            return self._picked(node, term, index, symbol.examples) if index else term
        if name == "e":
            return Term(op="const", value=math.e, word="e")
        if name == "pi":
            return Term(op="const", value=math.pi, word="pi")
        if name[0] == "I" and (not name[1:] or name[1:] in self.words.sizes):
            side = name[1:] or OPEN
            return Term(op="eye", shape=(side, side))
        raise self._unknown(node, name)

    def _ones(self, node: Node, side: str) -> Term:
        if side not in self.words.sizes:
            known = ", ".join(self.words.sizes)
            told = f"a vector of ones needs its length, as in \\mathbf{{1}}_N (sizes: {known})"
            raise FormulaError(told, node.start, node.end)
        return Term(op="ones", shape=(side, 1))

    def _unknown(self, node: Node, name: str) -> FormulaError:
        shown = name.replace("∂L", "∂L", 1)
        if name in (self.words.target, self.words.answer):
            told = f"{shown} is what is asked for: it cannot stand in its own derivation"
            return FormulaError(told, node.start, node.end)
        if name.startswith("∂"):
            told = f"{shown} is not known here: say what it is in a line before"
            return FormulaError(told, node.start, node.end)
        meant = self.words.meant(name, self.own_names)
        whole = re.match(r"([A-Za-z]+[0-9]*?)([a-z]{1,2})$", name)
        if whole and whole[1] in self.words.symbols:
            told = (
                f"{name} looks like an entry of {whole[1]}, and no sum counts with {whole[2]}: "
                "write it with whole matrices"
            )
        elif meant:
            told = f"unknown name {shown}; did you mean {meant}?"
        else:
            known = ", ".join([*self.words.symbols, *self.words.steps])
            told = f"unknown name {shown}; known here: {known}"
        return FormulaError(told, node.start, node.end)

    def _picked(self, node: Node, whole: Term, index: str, axis: int | None) -> Term:
        """Return one example of a batch as a column, or one entry of a vector as a number."""
        if index not in self.indices:
            told = f"no sum runs over the index {index} here: a sum reaches to the next + or -, "
            raise FormulaError(told + "brackets take it further", node.start, node.end)
        wanted = self.indices[index]
        if axis is None and not wanted and self.words.batch in whole.shape:
            axis = whole.shape.index(self.words.batch)
        if axis is None or (wanted and whole.shape[axis] != wanted[0]):
            places = [i for i, side in enumerate(whole.shape) if side in wanted]
            if not places and whole.is_vector:
                places = [0 if whole.is_column else 1]
            if not places:
                told = f"it is not clear what {latex(whole, self.words)}_{index} is here"
                raise ShapeError(told, node.start, node.end)
            axis = places[0]
        side = whole.shape[axis]
        if not isinstance(side, str):
            told = f"{latex(whole, self.words)} has nothing to number by {index}"
            raise ShapeError(told, node.start, node.end)
        if wanted and wanted[0] != side:
            told = f"the index {index} runs to {wanted[0]} and to {side}"
            raise ShapeError(told, node.start, node.end)
        wanted[:] = [side]
        rest = whole.shape[1 - axis]
        return made("pick", (whole,), (rest, 1), node, word=index, value=float(axis))

    # --- what stands behind ------------------------------------------------------------------

    def _group(self, node: Node) -> Term:
        return self.term(node.parts[0])

    def _transpose(self, node: Node) -> Term:
        return transposed(self.term(node.parts[0]), node)

    def _column(self, node: Node) -> Term:
        inner = self.term(node.parts[0])
        return inner if inner.shape[1] == 1 else transposed(inner, node)

    def _row(self, node: Node) -> Term:
        inner = self.term(node.parts[0])
        return inner if inner.shape[0] == 1 else transposed(inner, node)

    def _index(self, node: Node) -> Term:
        inner = self.term(node.parts[0])
        return self._picked(node, inner, node.words[0], None)

    def _inverse(self, node: Node) -> Term:
        return self.inverted(self.term(node.parts[0]), node)

    def inverted(self, inner: Term, node: Node) -> Term:
        """Return an inverse: of a matrix, or entry by entry."""
        if inner.is_scalar or inner.is_vector or inner.is_entrywise:
            return made("power", (inner,), inner.shape, node, value=-1.0, is_entrywise=True)
        if inner.shape[0] != inner.shape[1]:
            told = f"{self._told(inner)}: only a square matrix has an inverse"
            raise ShapeError(told, node.start, node.end)
        return made("inverse", (inner,), inner.shape, node)

    def _power(self, node: Node) -> Term:
        inner, power = self.term(node.parts[0]), node.value
        if inner.is_scalar or inner.is_vector or inner.is_entrywise:
            return self.entry(inner, power, node)
        if inner.shape[0] != inner.shape[1] or power != int(power):
            told = f"{self._told(inner)}: only a square matrix has such a power"
            raise ShapeError(told, node.start, node.end)
        if not 0 <= abs(power) <= MOST_EXPONENT:
            told = f"a power of a matrix beyond {MOST_EXPONENT}"
            raise FormulaError(told, node.start, node.end)
        return made("matrix_power", (inner,), inner.shape, node, value=power)

    def _entry_power(self, node: Node) -> Term:
        inner = self.term(node.parts[0])
        # K**-1 of a matrix is its inverse: nobody means the inverse of each entry.
        is_matrix = not (inner.is_scalar or inner.is_vector or inner.is_entrywise)
        if node.value == -1 and is_matrix:
            return self.inverted(inner, node)
        return self.entry(inner, node.value, node)

    def entry(self, inner: Term, power: float, node: Node) -> Term:
        """Return a power of every entry."""
        is_entrywise = not inner.is_scalar
        return made("power", (inner,), inner.shape, node, value=power, is_entrywise=is_entrywise)

    def _raised(self, node: Node) -> Term:
        base, exponent = node.parts
        raised = self.term(exponent)
        is_e = base.kind == "name" and base.words[0] == "e"
        if is_e:
            return made("function", (raised,), raised.shape, node, word="exp", is_entrywise=True)
        inner = self.term(base)
        if not inner.is_scalar or not raised.is_scalar:
            told = "only a number, or e, has such an exponent"
            raise ShapeError(told, node.start, node.end)
        return made("raised", (inner, raised), (1, 1), node)

    # --- sums and products -------------------------------------------------------------------

    def _sum(self, node: Node) -> Term:
        return products.added(self, [self._summand(p) for p in node.parts], node.words, node)

    def _summand(self, node: Node) -> Term:
        """Return a term of a sum; ones of open length are added like the number 1."""
        is_one = node.kind == "name" and node.words[0] == "ones "
        return Term(op="const", value=1.0) if is_one else self.term(node)

    def _chain(self, node: Node) -> Term:
        return products.multiplied(self, [self.term(p) for p in node.parts], node.words, node)

    def _over(self, node: Node) -> Term:
        above, below = map(self.term, node.parts)
        return products.divided(self, above, below, node)

    def _compare(self, node: Node) -> Term:
        left, right = map(self.term, node.parts)
        shape = right.shape if left.is_scalar else left.shape
        if not (left.is_scalar or right.is_scalar or left.shape == right.shape):
            raise unfit(self.words, left, right, "compared")
        return made(node.words[0], (left, right), shape, node, is_entrywise=True)

    def _big_sum(self, node: Node) -> Term:
        index, limit = node.words
        if index in self.indices:
            raise FormulaError(f"the index {index} is in use already", node.start, node.end)
        self.indices[index] = [limit] if limit in self.words.sizes else []
        try:
            body = self.term(node.parts[0])
            sides = self.indices[index]
        finally:
            del self.indices[index]
        if not sides or not _uses(body, index):
            told = f"nothing in this sum is numbered by {index}"
            raise FormulaError(told, node.start, node.end)
        return made("big_sum", (body,), body.shape, node, word=f"{index} {sides[0]}")

    def _sum_mark(self, node: Node) -> Term:
        raise FormulaError("a sum needs what it sums", node.start, node.end)

    # --- functions ------------------------------------------------------------------------

    def _bars(self, node: Node) -> Term:
        inner = self.term(node.parts[0])
        if node.words[0] == "norm":
            return made("norm", (inner,), (1, 1), node)
        if inner.is_scalar or inner.is_vector:
            op = "abs" if inner.is_scalar else "norm"
            return made(op, (inner,), (1, 1), node)
        return self.determinant("det", inner, node)

    def determinant(self, op: str, inner: Term, node: Node) -> Term:
        """Return a determinant, or its logarithm."""
        if inner.shape[0] != inner.shape[1] or inner.shape[0] == OPEN:
            told = f"{self._told(inner)}: only a square matrix has a determinant"
            raise ShapeError(told, node.start, node.end)
        return made(op, (inner,), (1, 1), node)

    def _call(self, node: Node) -> Term:
        word, *keywords = node.words
        args = [self.term(part) for part in node.parts]
        function = self.words.function(word)
        if function is not None:
            return self._entrywise(node, function, args)
        op = self.words.operation(word)
        if not op or word.endswith("'"):
            raise FormulaError(f"{word} is no function here", node.start, node.end)
        return products.called(self, op, args, keywords, node)

    def _entrywise(self, node: Node, function: tuple[str, bool], args: list[Term]) -> Term:
        name, is_derivative = function
        if len(args) != 1:
            raise FormulaError("this function is of one thing", node.start, node.end)
        (inner,) = args
        if name == "log" and inner.op in ("det",):
            return made("logdet", inner.args, (1, 1), node)
        if name == "exp" and not is_derivative and inner.op == "eye":
            raise ShapeError("exp of an identity is not known here", node.start, node.end)
        is_matrix = inner.shape[0] == inner.shape[1] and not inner.is_scalar
        if name in ("log", "exp", "sqrt") and is_matrix and not inner.is_entrywise:
            told = f"{self._told(inner)}: {name} of a square matrix is not clear"
            raise ShapeError(told, node.start, node.end)
        word = name + "'" * is_derivative
        return made("function", (inner,), inner.shape, node, word=word, is_entrywise=True)

    def _told(self, term: Term) -> str:
        return told_of(self.words, term)


def _uses(term: Term, index: str) -> bool:
    if term.op == "pick" and term.word == index:
        return True
    return any(_uses(arg, index) for arg in term.args)
