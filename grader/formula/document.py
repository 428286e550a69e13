"""A student's text: definitions line by line, and the answer among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lark import Token

from grader.formula.derivatives import bound_indices
from grader.formula.errors import FormulaError
from grader.formula.evaluating import Evaluator
from grader.formula.grammar import parse
from grader.formula.making import fitted, settled
from grader.formula.meaning import Reader
from grader.formula.padding import SIGNED, Statement, padded, statements
from grader.formula.printing import latex, named
from grader.formula.scanner import scan
from grader.formula.spelling import WHERE, WORD
from grader.formula.tree import OPEN, Term
from grader.formula.vocabulary import Vocabulary, values_on
from grader.records import Array

_ASSIGNED = re.compile(rf"(?:\\(?:mathrm|mathit|text)\s*\{{)?\s*({WORD.pattern})\s*\}}?")
_MOST_OPEN = 3
"""Operations within operations of a definition that stands itself wherever its name does."""


class UnansweredError(FormulaError):
    """A text that speaks of other quantities than the one that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An answer that has been read.

    Parameters
    ----------
    text
        As it was written.
    words
        The vocabulary it was read with.
    term
        What it means.
    own
        Names that the student has defined and the answer depends on, each after those it uses.
    steps
        Intermediates of the problem that it uses and that have formulas of ours.
    """

    text: str
    words: Vocabulary
    term: Term
    own: Mapping[str, Term]
    steps: Mapping[str, Term]

    @property
    def latex(self) -> str:
        """How it was read, definitions first."""
        symbols = self.words.symbols
        lines = [
            f"{symbols[name].latex if name in symbols else named(name)} = {latex(term, self.words)}"
            for name, term in self.own.items()
        ]
        left = named(self.words.target or self.words.answer)
        return r", \quad ".join([*lines, f"{left} = {latex(self.term, self.words)}"])

    @property
    def own_intermediates(self) -> tuple[str, ...]:
        """Intermediates of the problem that the student has worked out anew."""
        return tuple(name for name in self.own if self._is_the_problems(name))

    def _is_the_problems(self, name: str) -> bool:
        symbol = self.words.symbols.get(name)
        is_intermediate = symbol is not None and symbol.is_intermediate
        return is_intermediate or (name in self.words.steps and symbol is None)

    @property
    def is_transposed(self) -> bool:
        """Whether it is a matrix that lies the other way, by its symbols: square draws hide it."""
        rows, columns = self.words.shape
        return rows != columns and self.term.shape == (columns, rows)

    def value(self, inputs: Mapping[str, Any], own: Mapping[str, Array] | None = None) -> Array:
        """Return the answer on a draw, as a matrix.

        Parameters
        ----------
        inputs
            The draw's.
        own
            The student's own values of intermediates, from earlier steps.

        Raises
        ------
        FormulaError
            If it takes too much work.
        """
        return self._evaluator(inputs, own or {}).of(self.term)

    def own_values(
        self, inputs: Mapping[str, Any], own: Mapping[str, Array] | None = None
    ) -> dict[str, Array]:
        """Return what the student's own definitions come to on a draw; see ``value``."""
        evaluator = self._evaluator(inputs, own or {})
        return {name: evaluator.value(name) for name in self.own}

    def _evaluator(self, inputs: Mapping[str, Any], own: Mapping[str, Array]) -> Evaluator:
        values = values_on(self.words, inputs)
        for name, value in own.items():
            # A step of another shape than it should have is none to go on from.
            lying = [
                v for v in (value, value.T) if name in values and v.shape == values[name].shape
            ]
            values |= {name: lying[0]} if lying else {}
        sizes = {side: int(inputs[side]) for side in self.words.sizes}
        evaluator = Evaluator(values.__getitem__, sizes)
        # Once each and in their order, however often they are named: definitions cannot multiply
        # the work.
        for name, term in self.steps.items():
            values[name] = evaluator.of(term)
        for name, term in self.own.items():
            values[name] = evaluator.of(term)
        return evaluator


def read(text: str, words: Vocabulary, ignored: frozenset[str] = frozenset()) -> Formula:
    """Read an answer.

    Parameters
    ----------
    text
        Lines of definitions and the answer: the last line that says what is asked for, or the last
        line. Of a chain of equalities the last member counts.
    words
        What may be said.
    ignored
        Names whose definitions are passed over, so that they stand for what the problem says.

    Raises
    ------
    FormulaError
        If it cannot be read; a ``ShapeError`` where its parts do not fit together.
    UnansweredError
        If it says what other derivatives are, and not this one.
    """
    try:
        return _read(text, words, ignored)
    except RecursionError:
        # The caps above keep it away; how deep a caller's own stack is nobody knows here.
        raise FormulaError("too much within one another", 0, 1) from None


def _read(text: str, words: Vocabulary, ignored: frozenset[str]) -> Formula:
    """Return an answer; its line may start with a minus where it uses what lines before define."""
    document = _Document(text, words, ignored)
    try:
        return document.formula()
    except UnansweredError:
        raise
    except FormulaError as error:
        cut = _cut(text, words, ignored) if SIGNED.search(document.padded) else None
        if cut is None:
            raise error from None
        return cut


def _cut(text: str, words: Vocabulary, ignored: frozenset[str]) -> Formula | None:
    """Return an answer whose line starts with a minus, or None if there is none."""
    try:
        found = _Document(text, words, ignored, is_cut_at_signs=True).formula()
    except FormulaError:
        return None
    return found if found.own else None


@dataclass(slots=True)
class _Document:
    """A text that is being read."""

    text: str
    words: Vocabulary
    ignored: frozenset[str] = frozenset()
    is_cut_at_signs: bool = False
    padded: str = ""
    defined: dict[str, Statement] = field(default_factory=dict)
    terms: dict[str, Term | FormulaError] = field(default_factory=dict)
    """What each line comes to; what is wrong with a line matters only if it is used."""
    uses: dict[str, set[str]] = field(default_factory=dict)
    """Name -> the student's names that its line uses; the answer's own are under nothing."""
    reading: str = ""
    steps: dict[str, Term] = field(default_factory=dict)
    indices: frozenset[str] = frozenset()

    def formula(self) -> Formula:
        """Return the answer with what it depends on."""
        self.padded = padded(self.text)
        lines = statements(self.padded, is_cut_at_signs=self.is_cut_at_signs)
        self.indices = bound_indices(self.padded)
        answer = self._answer(lines)
        for name, line in self.defined.items():
            self._define(name, line)
        self.reading = ""
        term = settled(fitted(self.words, self._read(answer)))
        used = self._used()
        own = {
            name: term
            for name, term in self.terms.items()
            if name in used and isinstance(term, Term) and OPEN not in term.shape
        }
        return Formula(text=self.text, words=self.words, term=term, own=own, steps=self.steps)

    def _define(self, name: str, line: Statement) -> None:
        """Read a line's definition; it knows only those before it, so nothing defines itself."""
        self.reading = name
        try:
            term = self._read(line)
            if OPEN in term.shape and term.depth <= _MOST_OPEN:
                # An identity gets its size where its name stands, in each place its own.
                self.terms[name] = term
            else:
                # Once it has a name it counts as one layer: what it is of is worked out before.
                self.terms[name] = replace(settled(term), depth=1)
        except FormulaError as error:
            self.terms[name] = error

    def _used(self) -> set[str]:
        """Return the student's names that the answer depends on."""
        waiting, used = list(self.uses.get("", ())), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                waiting += self.uses.get(name, ())
        return used

    # --- which line is what ------------------------------------------------------------------

    def _answer(self, lines: list[Statement]) -> Statement:
        """Return the line that says what is asked for, and note what the lines before define."""
        named_lines = [(self._left_side(line), line) for line in lines]
        asked = self.words.target or self.words.answer
        places = [i for i, (name, _) in enumerate(named_lines) if name == asked]
        if not places:
            # Under the label of one part of the loss, who says L means that part.
            loose = re.sub(r"^∂L[0-9]", "∂L", asked)
            places = [i for i, (name, _) in enumerate(named_lines) if name == loose != asked]
        place = places[-1] if places else self._last(named_lines)
        others = [*(name for name, _ in named_lines), *self._derivatives(named_lines[place][0])]
        if not places and any(map(self._is_another, others)):
            told = f"nothing here says what {asked} is"
            raise UnansweredError(told, lines[-1].members[0][0], lines[-1].members[0][1])
        if not places and 1 not in self.words.shape and self._is_turned(named_lines[place][1]):
            told = f"this says what the transposed of {asked} is: write {asked} itself"
            raise FormulaError(told, *named_lines[place][1].members[0])
        for name, line in named_lines[:place]:
            if self._is_definition(name, line):
                # Of several lines for one name the last one before the answer counts.
                self.defined.pop(name, None)
                self.defined[name] = line
        # What is defined behind the answer, "where s = …", counts as well.
        for name, line in named_lines[place + 1 :]:
            if name not in self.defined and self._is_definition(name, line):
                self.defined[name] = line
        return named_lines[place][1]

    def _is_definition(self, name: str, line: Statement) -> bool:
        """Return whether a line defines something; what is given cannot be defined."""
        if not name or name in self.ignored or name == (self.words.target or self.words.answer):
            return False
        symbol = self.words.symbols.get(name)
        is_given = symbol is not None and not symbol.is_intermediate
        if is_given and name not in self.words.sizes:
            told = f"{name} is given: what you define needs another name"
            raise FormulaError(told, *line.members[0])
        return True

    def _last(self, lines: list[tuple[str, Statement]]) -> int:
        """Return the place of the last line, or of the last that only definitions follow."""
        bare = [i for i, (name, line) in enumerate(lines) if not name and len(line.members) == 1]
        # "K^T = K" is said of something; what stands alone is an answer.
        bare = bare or [i for i, (name, _) in enumerate(lines) if not name]
        if not bare:
            return len(lines) - 1
        behind = [name for name, _ in lines[bare[-1] + 1 :] if name]
        is_used = all(self._is_used_in(lines[bare[-1]][1], name) for name in behind)
        return bare[-1] if is_used or WHERE.search(self.text) else len(lines) - 1

    def _is_used_in(self, line: Statement, name: str) -> bool:
        """Whether a line says a name that another one defines."""
        self.defined.setdefault(name, line)
        try:
            tokens = self._tokens(*line.members[-1])
        except FormulaError:
            return False
        finally:
            del self.defined[name]
        said = (str(token).partition("|")[0] for token in tokens if token.type == "NAME")
        return any(self.words.canonical(one) == name for one in said)

    def _left_side(self, line: Statement) -> str:
        """Return the one name on the left of a line, or nothing."""
        start, end = line.members[0]
        if len(line.members) < 2 or start == end:
            return ""
        try:
            tokens = self._tokens(start, end)
        except FormulaError:
            return ""
        if len(tokens) != 1 or tokens[0].type != "NAME":
            # What code assigns to, Kinv or Wx, is one name, however its letters could be cut.
            found = _ASSIGNED.fullmatch(self.padded, start, end)
            word = found[1].replace("_", "") if found else ""
            return "" if self.words.is_function(word) else word
        name = str(tokens[0])
        return "" if "|" in name else self.words.canonical(name)

    def _is_turned(self, line: Statement) -> bool:
        """Whether the left side of a line is what is asked for, transposed."""
        try:
            tokens = self._tokens(*line.members[0])
        except FormulaError:
            return False
        said = [str(token) for token in tokens if token.type not in ("LPAR", "RPAR")]
        asked = self.words.target or self.words.answer
        return (
            len(line.members) > 1 and said[1:] == ["T"] and self.words.canonical(said[0]) == asked
        )

    def _derivatives(self, name: str) -> list[str]:
        """Return which derivatives an intermediate is another name of: ∂L1/∂X of dL1_dX."""
        return [alias for alias, of in self.words.aliases.items() if of == name and alias[0] == "∂"]

    def _is_another(self, name: str) -> bool:
        """Whether a name is a derivative of the loss in another input than the asked one."""
        return (
            re.match(r"∂L[0-9]?/", name) is not None
            and name.partition("/∂")[2] in self.words.symbols
            and (not self.words.symbols[name.partition("/∂")[2]].is_intermediate)
        )

    # --- reading ------------------------------------------------------------------------------

    def _tokens(self, start: int, end: int) -> list[Token]:
        return scan(self.padded, start, end, self, self.indices)

    def is_name(self, word: str) -> bool:
        """Whether something is called so, by the problem or by the student."""
        return word in self.defined or self.words.is_name(word)

    def is_function(self, word: str) -> bool:
        """Whether a function is called so, and the student has not taken its name."""
        return word not in self.defined and self.words.is_function(word)

    def _read(self, line: Statement) -> Term:
        start, end = line.members[-1]
        if start >= end:
            raise FormulaError("there is nothing behind the equals sign", start - 1, start)
        tree = parse(self._tokens(start, end))
        return Reader(self.words, self._own, self.defined).term(tree)

    def _own(self, name: str) -> Term | None:
        """Return what a name was defined to be: by the student, or by the problem's own formula."""
        if name in self.terms:
            found = self.terms[name]
            if isinstance(found, FormulaError):
                raise found
            self.uses.setdefault(self.reading, set()).add(name)
            return found
        is_step = name in self.words.steps and name not in self.words.closed
        if is_step and name not in self.words.symbols:
            return self._step(name)
        return None

    def _step(self, name: str) -> Term:
        if name not in self.steps:
            # A formula of ours: it is read without the student's definitions.
            document = _Document(self.words.steps[name], self.words)
            earlier = list(self.words.steps)[: list(self.words.steps).index(name)]
            known = {step: self.words.steps[step] for step in earlier}
            open_words = replace(self.words, steps=known, closed=frozenset())
            document.words = replace(open_words, target="", answer=name)
            found = document.formula()
            self.steps.update(found.steps)
            self.steps[name] = found.term
        return self.steps[name]
