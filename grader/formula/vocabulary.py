"""Which names may a formula for a problem use, and of which shapes are they?"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import reference
from grader.formula.notation import NOTATIONS, Notation
from grader.formula.operations import entry_function, is_function_word, whole_function
from grader.formula.spelling import GREEK
from grader.formula.tree import Shape, Side
from grader.records import Array
from reference.problem import Problem

_DERIVATIVE = re.compile(r"d(L[0-9]?)_?d_?(\w+)|(?:d|grad)_?([A-Za-z]\w*)")
_SAMPLE_SEED = 7
_CLOSE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One name.

    Parameters
    ----------
    shape
        Rows and columns; a vector is a column unless the problem lays examples in rows.
    latex
        How it is written back.
    examples
        Axis along which the examples lie, None where there is none.
    is_intermediate
        Whether it is no input, but follows from them: a student may define it anew.
    """

    shape: Shape
    latex: str
    examples: int | None = None
    is_intermediate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a formula for one answer may say.

    Parameters
    ----------
    problem, options
        The problem, with all its options.
    answer
        The answer that is asked for.
    target
        The same as a derivative, ``∂L/∂W``; empty where it is none.
    symbols
        Name -> what it is.
    aliases
        Other names of them.
    functions
        Letters that stand for a function here: ``f``, ``phi``.
    steps
        Intermediates by their own formulas, in an order in which they can be worked out.
    closed
        Those of them that only other ones may use.
    sizes
        Side -> its length in a sample, for messages.
    shape
        Of what is asked for.
    broadcasts
        Whether a vector may be added to each example of a batch.
    batch
        Side that counts the examples of a batch, or nothing.
    rows_are_examples
        Whether an example is a row.
    """

    problem: str
    options: Mapping[str, str]
    answer: str
    target: str
    symbols: Mapping[str, Symbol]
    aliases: Mapping[str, str]
    functions: Mapping[str, str]
    steps: Mapping[str, str]
    sizes: Mapping[str, int]
    shape: Shape
    broadcasts: bool
    closed: frozenset[str] = frozenset()
    batch: str = ""
    rows_are_examples: bool = False

    def canonical(self, name: str) -> str:
        """Return the one name of several spellings: ``dz2`` and ``∂L/∂z2`` are one thing.

        A name that is not known stays as it is.
        """
        if name in self.symbols:
            return name
        if name in self.aliases:
            return self.aliases[name]
        plain = name.replace("_", "")
        if plain in self.symbols or plain in self.aliases:
            return self.aliases.get(plain, plain)
        if name == self.answer or plain == self.answer.replace("_", ""):
            return self.target or self.answer
        derivative = _DERIVATIVE.fullmatch(name)
        if derivative:
            of, wrt = derivative[1] or "L", derivative[2] or derivative[3]
            named = f"∂{of}/∂{self.canonical(wrt)}"
            if self.is_known_derivative(named) or wrt in self.symbols or wrt in self.aliases:
                return self.aliases.get(named, named)
        if name.startswith("∂"):
            of, _, wrt = name.partition("/∂")
            inner = wrt if wrt in self.symbols else self.aliases.get(wrt, wrt)
            named = f"{of}/∂{inner}"
            return self.aliases.get(named, named)
        return name

    def is_known_derivative(self, name: str) -> bool:
        """Whether a derivative is one that the problem has a name for, or asks for."""
        return name in self.aliases or name in self.symbols or name == self.target

    def is_name(self, word: str) -> bool:
        """Whether something is called so, by whatever of its names."""
        found = self.canonical(word)
        if found in self.symbols or found in (self.target, self.answer) or found.startswith("∂"):
            return True
        return word in ("I", "e", *self.steps) or self.row_of(word) != ""

    def row_of(self, word: str) -> str:
        """Return the matrix of which a small letter is one example, x of X, or nothing."""
        if not word.islower():
            return ""
        symbol = self.symbols.get(word.upper())
        is_matrix = symbol is not None and symbol.shape != (1, 1)
        return word.upper() if is_matrix or word.upper() in self.steps else ""

    def is_function(self, word: str) -> bool:
        """Whether a word is a function here."""
        return word.rstrip("'") in self.functions or is_function_word(word.rstrip("'"))

    def function(self, word: str) -> tuple[str, bool] | None:
        """Return the entrywise function that a word means, and whether its derivative."""
        plain = word.rstrip("'")
        if plain in self.functions:
            return self.functions[plain], word.endswith("'")
        return entry_function(word)

    def operation(self, word: str) -> str:
        """Return the operation on whole arrays that a word means, or nothing."""
        return whole_function(word.rstrip("'"))

    def meant(self, word: str, own: Iterable[str] = ()) -> str:
        """Return the known name that an unknown one was probably meant to be, or nothing."""
        known = [name for name in [*self.symbols, *own] if not name.startswith("∂")]
        for name in known:
            if name.casefold() == word.casefold():
                return name
        near = difflib.get_close_matches(word, known, 1, _CLOSE)
        return near[0] if near else ""

    def length(self, side: Side) -> int:
        """Return a side's length in the sample."""
        return side if isinstance(side, int) else self.sizes.get(side, 0)


def vocabulary(
    problem_id: str,
    options: Mapping[str, str],
    answer: str,
    allowed: Iterable[str] | None = None,
) -> Vocabulary:
    """Return what a formula for an answer of a problem may say.

    Parameters
    ----------
    problem_id, options
        The problem of ``reference``, with all its options.
    answer
        Name of the answer that is asked for.
    allowed
        Intermediates that may be used; all that come before the answer if None.

    Raises
    ------
    KeyError
        If there is no such problem or answer.
    """
    problem = reference.problem(problem_id)
    notation = NOTATIONS.get(problem_id, Notation())
    sample = problem.inputs(np.random.default_rng(_SAMPLE_SEED), options=options)
    sizes = {name: int(sample[name]) for name in problem.sizes[0] if name in sample}
    shapes = _Shapes(problem, options, notation, sizes)
    symbols: dict[str, Symbol] = {name: Symbol(shape=(1, 1), latex=name) for name in sizes}
    for name, value in sample.items():
        if name not in sizes and _is_real(value):
            symbols[name] = shapes.symbol(name, np.shape(value))
    right = problem.solve(sample, options)
    values = {**right, **_steps_of(problem, sample, options, right)}
    gradient = problem.gradients.get(answer)
    target = f"∂{_loss_name(gradient.of)}/∂{gradient.wrt}" if gradient else ""
    usable = _before(answer, problem, notation, values)
    steps = dict(notation.steps(options))
    closed = frozenset[str]() if allowed is None else frozenset(steps).difference(allowed)
    if allowed is not None:
        usable = [name for name in usable if name in set(allowed)]
    for name in usable:
        symbols[name] = shapes.symbol(name, np.shape(values[name]), is_intermediate=True)
    symbols.pop(answer, None)
    # The answer under another name is no derivation of it.
    names = {**notation.aliases}
    aliases = {alias: name for alias, name in names.items() if name in symbols or name in steps}
    aliases = {alias: name for alias, name in aliases.items() if alias != target}
    return Vocabulary(
        problem=problem_id,
        options=dict(options),
        answer=answer,
        target=target,
        symbols=symbols,
        aliases=aliases,
        functions=notation.functions(options),
        steps=steps,
        closed=closed,
        sizes=sizes,
        shape=symbols[gradient.wrt].shape if gradient else shapes.of(answer, right[answer].shape),
        broadcasts=shapes.has_batch,
        batch=shapes.batch,
        rows_are_examples=shapes.is_in_rows,
    )


def values_on(vocabulary: Vocabulary, inputs: Mapping[str, Any]) -> dict[str, Array]:
    """Return the names' values on a draw, each as a matrix; what is worked out by steps is left."""
    problem = reference.problem(vocabulary.problem)
    known: dict[str, Any] = dict(inputs)
    if any(symbol.is_intermediate for symbol in vocabulary.symbols.values()):
        right = problem.solve(inputs, vocabulary.options)
        known |= right
        known |= _steps_of(problem, inputs, vocabulary.options, right)
    values = {}
    for name, symbol in vocabulary.symbols.items():
        array = np.asarray(known[name], np.float64)
        values[name] = array.reshape(-1, 1) if symbol.shape[1] == 1 else np.atleast_2d(array)
    return values


def _is_real(value: Any) -> bool:
    """Whether an input is numbers: a label is that of a class, which no formula can use."""
    return not isinstance(value, str) and np.asarray(value).dtype.kind == "f"


def _steps_of(
    problem: Problem,
    inputs: Mapping[str, Any],
    options: Mapping[str, str],
    right: Mapping[str, Array],
) -> Mapping[str, Array]:
    """Return what a problem works out on the way to its answers."""
    steps = {name: right[name] for name in problem.intermediates if name in right}
    return problem.given(inputs, options, steps)


def _before(
    answer: str, problem: Problem, notation: Notation, values: Mapping[str, Array]
) -> list[str]:
    """Return the intermediates that come before an answer: later ones would give it away."""
    known = [*problem.intermediates, *notation.more]
    if answer in known:
        known = known[: known.index(answer)]
    return [name for name in known if name in values and name not in notation.hidden]


def _loss_name(of: str) -> str:
    """Return how the thing that is differentiated is called in a formula."""
    return of if re.fullmatch(r"L[0-9]?", of) else "L"


@dataclass(slots=True)
class _Shapes:
    """Symbolic shapes of a problem's arrays, inputs as they are declared, others by their sizes."""

    problem: Problem
    options: Mapping[str, str]
    notation: Notation
    sizes: Mapping[str, int]

    @property
    def declared(self) -> Mapping[str, tuple[str | int, ...]]:
        return self.problem.shapes(self.options)

    @property
    def batch(self) -> str:
        """Side along which examples lie, or nothing."""
        sides = {side for shape in self.declared.values() for side in shape}
        return self.notation.batch if self.notation.batch in sides else ""

    @property
    def has_batch(self) -> bool:
        return bool(self.batch)

    @property
    def is_in_rows(self) -> bool:
        """Whether examples are rows, so that a bias is a row too."""
        return any(len(shape) == 2 and shape[0] == self.batch for shape in self.declared.values())

    def of(self, name: str, numbers: tuple[int, ...]) -> Shape:
        """Return a shape as rows and columns."""
        sides: tuple[Side, ...] = tuple(
            side if isinstance(side, (str, int)) else str(side)
            for side in self.declared.get(name, ())
        )
        if len(sides) != len(numbers):
            by_length = {length: side for side, length in self.sizes.items()}
            sides = tuple(1 if length == 1 else by_length.get(length, length) for length in numbers)
        if len(sides) > 2:
            return (1, 1)
        if not sides:
            return (1, 1)
        if len(sides) == 2:
            return sides[0], sides[1]
        if self.is_in_rows and sides[0] != self.batch:
            return 1, sides[0]
        return sides[0], 1

    def symbol(
        self, name: str, numbers: tuple[int, ...], *, is_intermediate: bool = False
    ) -> Symbol:
        """Return a name with its shape."""
        shape = self.of(name, numbers)
        axis = shape.index(self.batch) if self.batch in shape else None
        latex = self.notation.latex.get(name) or latex_of(name)
        return Symbol(shape=shape, latex=latex, examples=axis, is_intermediate=is_intermediate)


def latex_of(name: str) -> str:
    """Return how a name is written: its digits as a subscript.

    >>> latex_of("W2"), latex_of("alpha"), latex_of("delta1")
    ('W_{2}', '\\\\alpha', '\\\\delta_{1}')
    """
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    if letters in GREEK:
        letters = "\\" + letters
    elif len(letters) > 1:
        letters = f"\\mathrm{{{letters}}}"
    return f"{letters}_{{{digits}}}" if digits else letters
