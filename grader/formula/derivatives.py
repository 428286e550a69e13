"""Which derivative is meant, and what is summed? Fractions, quotients, nablas, indices."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator

from lark import Token

from grader.formula import spelling
from grader.formula.cursor import Tokens
from grader.formula.errors import FormulaError
from grader.formula.naming import NameScanner

_SUM = re.compile(
    r"\s*_\s*(?:\{\s*([a-zA-Z])\s*(?:=\s*1)?\s*\}|([a-zA-Z]))"
    r"(?:\s*\^\s*(?:\{\s*([A-Za-z])\s*\}|([A-Za-z])))?"
)
_BOUND = re.compile(r"(?:\\sum|∑|Σ)" + _SUM.pattern)
_PARTIAL = r"(?:\\partial|∂|\\mathrm\s*\{\s*d\s*\}|\\rm\s+d|d)"
_FRACTION = re.compile(
    r"\\[dtc]?frac\s*\{\s*" + _PARTIAL + r"\s*" + spelling.LOSS + r"\s*\}\s*\{\s*" + _PARTIAL
)
_SIGN = r"(?:\\partial|∂)\s*"
_FRACTION_OF = re.compile(r"\\[dtc]?frac\s*(\{)\s*" + _PARTIAL + r"\s*(?!\})")
_BELOW = re.compile(r"\s*(\{)\s*" + _PARTIAL + r"\s*(?!\})")
_ALONE = re.compile(_SIGN)
_BY = re.compile(r"\s*/\s*" + _SIGN)
QUOTIENT = re.compile(
    _PARTIAL + r"\s*" + spelling.LOSS + r"\s*(?:/|_)\s*" + _PARTIAL + r"\s*(?=[A-Za-z\\])"
)
_TRAILING_LOSS = re.compile(r"\s*" + spelling.LOSS)


def bound_indices(text: str) -> frozenset[str]:
    """Return the letters that the sums of a text count with.

    >>> sorted(bound_indices(r"\\sum_{i=1}^N x_i + \\sum_k y_k"))
    ['i', 'k']
    """
    return frozenset(found[1] or found[2] for found in _BOUND.finditer(text))


class DerivativeScanner(NameScanner):
    """Reads derivatives, fractions and sums at a place."""

    @abstractmethod
    def _beside(self, end: int) -> DerivativeScanner:
        """Return a scanner of the same text up to a place, with no bracket open."""

    @abstractmethod
    def _next(self, at: int) -> Tokens:
        """Return what stands at a place."""

    @abstractmethod
    def tokens(self, at: int) -> Iterator[Token]:
        """Yield the tokens from a place to the end."""

    @abstractmethod
    def inner(self, start: int, end: int) -> list[Token]:
        """Return the tokens of a piece in between, in brackets."""

    def _big_sum(self, at: int, after: int) -> Tokens:
        found = _SUM.match(self.text, after, self.end)
        if not found:
            raise FormulaError("a sum needs its index: \\sum_i or \\sum_{i=1}^N", at, after)
        word = f"{found[1] or found[2]} {found[3] or found[4] or ''}"
        return [self.token("BIGSUM", word, at, found.end())], found.end()

    def _nabla(self, at: int, after: int) -> Tokens:
        after = self._skip(after)
        if after >= self.end or self.text[after] != "_":
            raise FormulaError("a gradient needs what it is taken by: \\nabla_W L", at, after)
        start, stop, end = self._argument(after + 1)
        loss = _TRAILING_LOSS.match(self.text, end, self.end)
        of = _loss_name(loss) if loss else "L"
        end = loss.end() if loss else end
        return [self._partial(at, of, start, stop, end)], end

    def _derivative(
        self, at: int, found: re.Match[str], start: int, stop: int = -1, end: int = -1
    ) -> Tokens:
        if stop < 0:
            tokens, end = self._beside(self.end)._next(self._skip(start))
            if not tokens or tokens[0].type != "NAME":
                raise FormulaError("a derivative needs what it is taken by", at, end)
            # An exponent belongs to the derivative, not to the name in it.
            name = f"∂{_loss_name(found)}/∂{tokens[0]}"
            return [self.token("NAME", name, at, end), *tokens[1:]], end
        return [self._partial(at, _loss_name(found), start, stop, end)], end

    def _partial(self, at: int, of: str, start: int, stop: int, end: int) -> Token:
        return self.token("NAME", f"∂{of}/∂{self._one_name(start, stop)}", at, end)

    def _one_name(self, start: int, stop: int) -> Token:
        tokens = list(self._beside(stop).tokens(start))
        while len(tokens) > 2 and tokens[0].type == "LPAR" and tokens[-1].type == "RPAR":
            tokens = tokens[1:-1]
        if len(tokens) != 1 or tokens[0].type != "NAME":
            raise FormulaError("a derivative is of one name by one name", start, stop)
        return tokens[0]

    def _fraction_of(self, at: int) -> Tokens | None:
        """Return the derivative of something else than the loss, as a fraction; a name like any."""
        found = _FRACTION_OF.match(self.text, at, self.end)
        if not found:
            return None
        stop = self._matching(found.start(1))
        below = _BELOW.match(self.text, stop + 1, self.end)
        if not below:
            return None
        end = self._matching(below.start(1))
        of = self._one_name(found.end(), stop)
        return [self._partial(at, of, below.end(), end, end + 1)], end + 1

    def _ratio(self, at: int) -> Tokens | None:
        """Return the derivative of something else than the loss, with a slash."""
        found = _ALONE.match(self.text, at, self.end)
        if not found:
            return None
        above, end = self._next(self._skip(found.end())) if found.end() < self.end else ([], at)
        by = _BY.match(self.text, end, self.end)
        below = self._next(self._skip(by.end())) if by and by.end() < self.end else None
        if not below or [token.type for token in (*above, *below[0][:1])] != ["NAME", "NAME"]:
            told = "a derivative is written ∂L/∂W or \\frac{\\partial L}{\\partial W}"
            raise FormulaError(told, at, found.end())
        tokens, end = below
        return [self.token("NAME", f"∂{above[0]}/∂{tokens[0]}", at, end), *tokens[1:]], end

    def _fraction(self, at: int, after: int) -> Tokens:
        derivative = _FRACTION.match(self.text, at, self.end)
        if derivative:
            brace = self.text.rfind("{", at, derivative.end())
            stop = self._matching(brace)
            return self._derivative(at, derivative, derivative.end(), stop, stop + 1)
        of_another = self._fraction_of(at)
        if of_another:
            return of_another
        partial = re.compile(r"\s*\{\s*" + _PARTIAL + r"\s*\}\s*\{\s*" + _PARTIAL).match(
            self.text, after, self.end
        )
        if partial:
            # The loss stands behind: \frac{\partial}{\partial W} L.
            stop = self._matching(self.text.rfind("{", at, partial.end()))
            loss = _TRAILING_LOSS.match(self.text, stop + 1, self.end)
            end = loss.end() if loss else stop + 1
            of = _loss_name(loss) if loss else "L"
            return [self._partial(at, of, partial.end(), stop, end)], end
        tokens = [self.token("FRAC", "frac", at, after)]
        for _ in range(2):
            after = self._skip(after)
            # \frac12 is one half: a number there is one digit.
            if after < self.end and self.text[after].isdigit():
                start, stop, end = after, after + 1, after + 1
            else:
                start, stop, end = self._argument(after)
            tokens += self.inner(start, stop)
            after = end
        return tokens, after


def _loss_name(found: re.Match[str]) -> str:
    """Return the canonical name of what is differentiated: L, or a part of it."""
    return f"L{found['part'] or ''}"
