"""From a text to tokens: LaTeX and plain spellings come out alike, each at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import Token

from grader.formula import spelling
from grader.formula.cursor import Tokens, Words
from grader.formula.derivatives import QUOTIENT, DerivativeScanner
from grader.formula.errors import FormulaError
from grader.formula.limits import LARGEST, MOST_TOKENS
from grader.formula.naming import SIMPLE

_INDEX = re.compile(
    r"\[\s*(?:(?P<column>:\s*,\s*(?:None|np\.newaxis))|(?:None|np\.newaxis)\s*,\s*:)\s*\]"
    r"|\.\s*reshape\s*\(\s*\(?\s*(?:(?P<shaped>-1\s*,\s*1)|1\s*,\s*-1)\s*,?\s*\)?\s*\)"
)
_LEFT_OUT = re.compile(
    r"\.\s*(?:astype\s*\(\s*(?:np\s*\.\s*)?(?:float|int|float64|float32)\s*\)|copy\s*\(\s*\))"
)
_ATTRIBUTE = re.compile(r"\.\s*([A-Za-z_]\w*)")
_KEYWORD = re.compile(r"(axis|keepdims)\s*=\s*(-?[01]|True|False)")
_IN_NUMPY = re.compile(
    r"@|(?<![A-Za-z])(?:np|numpy|torch|jnp)\.|\*\*|\.T(?![A-Za-z])|\.dot|\[\s*:|None"
)
_METHOD = re.compile(r"\.\s*(T(?![A-Za-z0-9_])|transpose\s*\(\s*\)|dot|sum|trace|mean)")
_NUMPY = re.compile(
    r"(?:np|numpy|scipy|math|torch|jnp)\s*\.\s*(?:linalg\s*\.\s*|special\s*\.\s*)?(?=[A-Za-z])"
)
_BAR = re.compile(r"\\\||\\[lr]?[vV]ert(?![a-z])|\\mid(?![a-z])|\|\||[|‖∥]")
_ONE = re.compile(r"\\(?:mathbb|mathbf|boldsymbol|vec|bm|mathds)\s*\{?\s*1\s*\}?|𝟙|𝟏")
_CLOSED = frozenset({"NAME", "NUMBER", "RPAR", "POST"})


def scan(text: str, start: int, end: int, words: Words, indices: frozenset[str]) -> list[Token]:
    """Return the tokens of a piece of a padded text.

    Parameters
    ----------
    text, start, end
        The text, and from where to where.
    words
        What is known.
    indices
        Letters that a sum counts with.

    Raises
    ------
    FormulaError
        At a sign or command that is unknown, or where there are too many tokens.
    """
    scanner = Scanner(text, end, words, indices)
    tokens = []
    for token in scanner.tokens(start):
        tokens.append(token)
        if len(tokens) > MOST_TOKENS:
            raise FormulaError("a formula of too many signs", start, end)
    return tokens


class Scanner(DerivativeScanner):
    """Scans one statement."""

    def __init__(self, text: str, end: int, words: Words, indices: frozenset[str]) -> None:
        # To NumPy a star goes entry by entry; elsewhere it is a product like any other.
        self.star = "star" if _IN_NUMPY.search(text) else "mul"
        super().__init__(text, end, words, indices)
        self.open_bars: list[int] = []
        """Depths at which a bar is open."""
        self.open_kind = ""
        """Whether the bar that was opened last is one, or two."""
        self.depth = 0
        self.last = ""
        """Kind of the last token."""

    def tokens(self, at: int) -> Iterator[Token]:
        """Yield the tokens from a place to the end."""
        while (at := self._skip(at)) < self.end:
            found, at = self._next(at)
            for token in found:
                self.last = token.type
                yield token

    def inner(self, start: int, end: int) -> list[Token]:
        """Return the tokens of a piece in between, in brackets."""
        scanner = self._beside(end)
        tokens = [self.token("LPAR", "(", start, start + 1), *scanner.tokens(start)]
        if len(tokens) == 1:
            raise FormulaError("something is missing here", start, end)
        return [*tokens, self.token("RPAR", ")", end, end + 1)]

    def _beside(self, end: int) -> Scanner:
        """Return a scanner of the same text up to a place, with no bracket open."""
        return Scanner(self.text, end, self.words, self.indices)

    def _next(self, at: int) -> Tokens:
        """Return what stands at a place, the first reader that knows it deciding."""
        for reader in (
            self._exponent,
            self._special,
            self._ratio,
            self._bracket,
            self._symbol,
            self._letters,
        ):
            found = reader(at)
            if found is not None:
                return found
        raise FormulaError(f"the sign {self.text[at]!r} has no meaning here", at, at + 1)

    def _exponent(self, at: int) -> Tokens | None:
        """Return what is raised, by a sign or by a raised letter."""
        text, sign = self.text, self.text[at]
        if text.startswith("**", at):
            return self._power(at, at + 2)
        if sign == "^":
            return self._power(at, at + 1)
        if sign in "ᵀ⊤'′":
            return [self.token("POST", "T", at, at + 1)], at + 1
        if text.startswith("⁻¹", at):
            return [self.token("POST", "inverse", at, at + 2)], at + 2
        if sign in "²³":
            power = str("²³".index(sign) + 2)
            return [self.token("POST", f"power {power}", at, at + 1)], at + 1
        if text.startswith((".^", ".'"), at):
            turned = [self.token("POST", "T", at, at + 2)]
            return (turned, at + 2) if text[at + 1] == "'" else self._power(at, at + 2)
        method = _METHOD.match(text, at, self.end) if sign == "." else None
        return self._method(at, method) if method else None

    def _special(self, at: int) -> Tokens | None:
        """Return a bar, a one in an odd font, or a derivative by its quotient."""
        if _BAR.match(self.text, at, self.end):
            return self._bar(at)
        one = _ONE.match(self.text, at, self.end)
        if one:
            return self._ones(at, one.end())
        quotient = QUOTIENT.match(self.text, at, self.end)
        if quotient and (self.text[at] != "d" or not self._is_word(at)):
            return self._derivative(at, quotient, quotient.end())
        return None

    def _bracket(self, at: int) -> Tokens | None:
        """Return a bracket of whatever kind; NumPy's ``[:, None]`` is none."""
        sign = self.text[at]
        if sign in "([.":
            index = _INDEX.match(self.text, at, self.end) if self.last in _CLOSED else None
            if index:
                kind = "column" if index["column"] or index["shaped"] else "row"
                return [self.token("POST", kind, at, index.end())], index.end()
            return self._dotted(at) if sign == "." else ([self._open(at)], at + 1)
        if sign in ")]}":
            return [self._close(at)], at + 1
        return self._brace(at) if sign == "{" else None

    def _symbol(self, at: int) -> Tokens | None:
        """Return an operator, a comparison or a number."""
        text, sign = self.text, self.text[at]
        if text.startswith(("==", "!=", ">=", "<="), at):
            return [self.token("CMP", text[at : at + 2], at, at + 2)], at + 2
        if text.startswith((".*", "./"), at):
            kind = "star" if text[at + 1] == "*" else "over"
            return [self.token("OP", kind, at, at + 2)], at + 2
        if sign in spelling.OPERATORS:
            return [self._operator(spelling.OPERATORS[sign], at, at + 1)], at + 1
        if sign == ",":
            return [self.token("COMMA", ",", at, at + 1)], at + 1
        if sign == "_":
            return self._subscript_of_group(at)
        if sign == "∑":
            return self._big_sum(at, at + 1)
        if sign == "∇":
            return self._nabla(at, at + 1)
        number = spelling.NUMBER.match(text, at, self.end)
        return self._number(at, number) if number else None

    def _letters(self, at: int) -> Tokens | None:
        """Return a command, a Greek letter, a named argument or a word."""
        text, sign = self.text, self.text[at]
        if sign == "\\":
            return self._command(at)
        if sign in spelling.SIGNS:
            return self._word(spelling.SIGNS[sign], at, at + 1)
        keyword = _KEYWORD.match(text, at, self.end) if self.depth else None
        if keyword:
            return [self.token("KEYWORD", keyword[0], at, keyword.end())], keyword.end()
        numpy = _NUMPY.match(text, at, self.end)
        if numpy:
            return [], numpy.end()
        run = spelling.WORD.match(text, at, self.end)
        return self._run(at, run[0]) if run else None

    def _dotted(self, at: int) -> Tokens | None:
        """Pass over what changes no value; say of anything else behind a dot that it is unknown."""
        left_out = _LEFT_OUT.match(self.text, at, self.end)
        if left_out:
            return [], left_out.end()
        attribute = _ATTRIBUTE.match(self.text, at, self.end)
        if not attribute:
            return None
        told = f".{attribute[1][:20]} is not known here; behind a dot may stand "
        raise FormulaError(
            told + ".T, .dot(…), .sum(…), .mean(…), .trace() and .reshape(-1, 1)",
            at,
            attribute.end(),
        )

    # --- brackets -------------------------------------------------------------------------

    def _open(self, at: int) -> Token:
        self.depth += 1
        return self.token("LPAR", "(", at, at + 1)

    def _close(self, at: int) -> Token:
        if self.open_bars and self.open_bars[-1] == self.depth:
            raise FormulaError("a bar is not closed before this", at, at + 1)
        self.depth -= 1
        return self.token("RPAR", ")", at, at + 1)

    def _brace(self, at: int) -> Tokens:
        """Return a group in braces; a single letter in them is a name like any other."""
        simple = SIMPLE.match(self.text, at, self.end)
        if simple and self._is_whole(at, simple):
            return self._named(simple[2], at, simple.end())
        return [self._open(at)], at + 1

    def _bar(self, at: int) -> Tokens:
        match = _BAR.match(self.text, at, self.end)
        assert match is not None, "asked before"
        is_norm = match[0] in ("\\|", "||", "‖", "∥") or "Vert" in match[0]
        name = "NORM" if is_norm else "BAR"
        is_open = bool(self.open_bars) and self.open_bars[-1] == self.depth
        if is_open:
            self.open_bars.pop()
            # Whatever was opened as a bar is closed by one: "||" may be two of them.
            if is_norm and match[0] == "||" and self.open_kind == "BAR":
                return [self.token("RBAR", "|", at, at + 1)], at + 1
            return [self.token(f"R{name}", match[0], at, match.end())], match.end()
        self.open_bars.append(self.depth)
        self.open_kind = name
        return [self.token(f"L{name}", match[0], at, match.end())], match.end()

    # --- operators ------------------------------------------------------------------------

    def _operator(self, kind: str, at: int, end: int) -> Token:
        if kind.startswith("CMP"):
            return self.token("CMP", kind[3:], at, end)
        if kind in ("PLUS", "MINUS"):
            return self.token(kind, kind, at, end)
        return self.token("OP", self.star if kind == "star" else kind, at, end)

    def _power(self, at: int, after: int) -> Tokens:
        """Return what an exponent says: a transposition, an inverse, a number, an expression."""
        is_plain = after == at + 2
        start, stop, end = self._argument(after)
        content = self.text[start:stop]
        tokens = self._posts(content, at, end, is_plain)
        if tokens is None:
            tokens = [self.token("POW", "^", at, after), *self.inner(start, stop)]
        return tokens, end

    def _method(self, at: int, method: re.Match[str]) -> Tokens:
        if method[1].startswith(("T", "transpose")):
            return [self.token("POST", "T", at, method.end())], method.end()
        return [self.token("METHOD", method[1], at, method.end())], method.end()

    def _number(self, at: int, number: re.Match[str]) -> Tokens:
        if not float(number[0]) <= LARGEST:
            raise FormulaError("a number as large as this has no place here", at, number.end())
        after = self._skip(number.end())
        if after < self.end and self.text[after] == "_":
            start, stop, end = self._argument(after + 1)
            if number[0] == "1" and spelling.COMPARED.search(self.text, start, stop):
                return self.inner(start, stop), end
        return [self.token("NUMBER", number[0], at, number.end())], number.end()

    def _ones(self, at: int, end: int) -> Tokens:
        """Return an indicator where a condition follows, else a vector of ones."""
        after = self._skip(end)
        opens = self.text[after : after + 2].startswith(("[", "(", "\\{"))
        if after < self.end and opens:
            stop = (
                self.text.find("\\}", after) if self.text[after] == "\\" else self._matching(after)
            )
            if spelling.COMPARED.search(self.text, after, max(stop, after)):
                return [], end
        if after < self.end and self.text[after] == "_":
            start, stop, past = self._argument(after + 1)
            if spelling.COMPARED.search(self.text, start, stop):
                return self.inner(start, stop), past
            return [self.token("NAME", "ones " + self.text[start:stop].strip(), at, past)], past
        return [self.token("NAME", "ones ", at, end)], end

    # --- commands -------------------------------------------------------------------------

    def _command(self, at: int) -> Tokens:
        command = spelling.COMMAND.match(self.text, at, self.end)
        if command is None:
            raise FormulaError("a backslash without a command", at, at + 1)
        word, after = command[1], command.end()
        if word in "{}":
            return [self._open(at) if word == "{" else self._close(at)], after
        if word in "lr" or word in ("langle", "rangle", "lbrace", "rbrace", "lbrack", "rbrack"):
            return [self._open(at) if word[0] == "l" else self._close(at)], after
        if word == "_":
            return self._subscript_of_group(at + 1)
        if word in spelling.COMMANDS:
            return [self._operator(spelling.COMMANDS[word], at, after)], after
        if word in ("sum", "Sum"):
            return self._big_sum(at, after)
        if word == "nabla":
            return self._nabla(at, after)
        if word in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._fraction(at, after)
        if word == "sqrt":
            return [self.token("FUNC", "sqrt", at, after)], after
        if word in spelling.FONTS:
            return self._font(at, after)
        if word in spelling.ACCENTS:
            return self._accent(word, at, after)
        if word in ("top", "intercal"):
            return [self.token("POST", "T", at, after)], after
        if word == "prime":
            return [self.token("POST", "T", at, after)], after
        if word in spelling.GREEK or self.words.is_function(word) or self.words.is_name(word):
            return self._named("\\" + word, at, after)
        raise FormulaError(f"the command \\{word} is not known here", at, after)
