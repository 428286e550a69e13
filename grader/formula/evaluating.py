"""What is a formula's value on a draw? Bounded work on the grader's own arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from grader.formula.errors import FormulaError
from grader.formula.limits import MOST_ENTRIES, MOST_WORK
from grader.formula.operations import FUNCTIONS, OPERATIONS
from grader.formula.tree import Term
from grader.records import Array

Value = Callable[[str], Array]
"""Gives the matrix that a name stands for."""


class Evaluator:
    """Evaluates terms, all of them together within one budget.

    Parameters
    ----------
    value
        Gives the matrix of a name.
    sizes
        Side -> its length on this draw.
    """

    def __init__(self, value: Value, sizes: Mapping[str, int]) -> None:
        self.value = value
        self.sizes = sizes
        self.work = 0
        self.places: dict[str, int] = {}
        """Index of an open sum -> where it stands."""

    def of(self, term: Term) -> Array:
        """Return a term's value as a matrix.

        Raises
        ------
        FormulaError
            If it takes too much work or room.
        """
        self.work += 1
        if self.work > MOST_WORK:
            raise FormulaError("this takes too many operations", term.start, term.end)
        with np.errstate(all="ignore"):
            result = self._result(term)
        if result.size > MOST_ENTRIES:
            raise FormulaError("this becomes too large an array", term.start, term.end)
        return result

    def _result(self, term: Term) -> Array:
        match term.op:
            case "const":
                return np.full((1, 1), term.value)
            case "name":
                return self.value(term.word)
            case "eye":
                return np.eye(self._length(term.shape[0]))
            case "ones":
                return np.ones((self._length(term.shape[0]), 1))
            case "big_sum":
                return self._sum(term)
            case "pick":
                whole, place = self.of(term.args[0]), self.places[term.word]
                picked: Array = np.take(whole, place, axis=int(term.value)).reshape(-1, 1)
                return picked
        args = [self.of(arg) for arg in term.args]
        try:
            return self._applied(term, args)
        except np.linalg.LinAlgError:
            told = "this matrix has no inverse here"
            raise FormulaError(told, term.start, term.end) from None

    def _applied(self, term: Term, args: list[Array]) -> Array:
        match term.op:
            case "add":
                return self._added(term.word, args)
            case "power":
                return np.float_power(args[0], term.value)
            case "raised":
                return np.float_power(args[0], args[1])
            case "matrix_power":
                return np.linalg.matrix_power(args[0], int(term.value))
            case "function":
                function = FUNCTIONS[term.word.rstrip("'")]
                apply = function.derivative if term.word.endswith("'") else function.apply
                if apply is None:
                    told = f"the derivative of {function.latex} is not known here"
                    raise FormulaError(told, term.start, term.end)
                return apply(args[0])
        return OPERATIONS[term.op](*args)

    def _added(self, signs: str, args: list[Array]) -> Array:
        total = args[0] if signs[0] == "+" else -args[0]
        for sign, arg in zip(signs[1:], args[1:], strict=True):
            total = total + arg if sign == "+" else total - arg
        return total

    def _sum(self, term: Term) -> Array:
        index, side = term.word.split()
        total = None
        for place in range(self._length(side)):
            self.places[index] = place
            one = self.of(term.args[0])
            total = one if total is None else total + one
        del self.places[index]
        assert total is not None, "a draw has one example at least"
        return total

    def _length(self, side: str | int) -> int:
        return side if isinstance(side, int) else self.sizes[side]
