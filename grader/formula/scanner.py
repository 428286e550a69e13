"""From a text to tokens: LaTeX and plain spellings come out alike, each at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from lark import Token

from grader.formula import spelling
from grader.formula.errors import FormulaError
from grader.formula.limits import LARGEST, MOST_NAME, MOST_TOKENS

_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_INDEX = re.compile(r"\[\s*(?::\s*,\s*(?:None|np\.newaxis)|(?:None|np\.newaxis)\s*,\s*:)\s*\]")
_KEYWORD = re.compile(r"(axis|keepdims)\s*=\s*(-?[01]|True|False)")
_IN_NUMPY = re.compile(r"@|(?<![A-Za-z])(?:np|numpy)\.|\*\*|\.T(?![A-Za-z])|\.dot|\[\s*:|None")
_METHOD = re.compile(r"\.\s*(T(?![A-Za-z0-9_])|transpose\s*\(\s*\)|dot|sum|trace|mean)")
_NUMPY = re.compile(
    r"(?:np|numpy|scipy|math)\s*\.\s*(?:linalg\s*\.\s*|special\s*\.\s*)?(?=[A-Za-z])"
)
_SUM = re.compile(
    r"\s*_\s*(?:\{\s*([a-zA-Z])\s*(?:=\s*1)?\s*\}|([a-zA-Z]))"
    r"(?:\s*\^\s*(?:\{\s*([A-Za-z])\s*\}|([A-Za-z])))?"
)
_BOUND = re.compile(r"(?:\\sum|∑|Σ)" + _SUM.pattern)
_PARTIAL = r"(?:\\partial|∂|\\mathrm\s*\{\s*d\s*\}|\\rm\s+d|d)"
_FRACTION = re.compile(
    r"\\[dtc]?frac\s*\{\s*" + _PARTIAL + r"\s*" + spelling.LOSS + r"\s*\}\s*\{\s*" + _PARTIAL
)
_QUOTIENT = re.compile(
    _PARTIAL + r"\s*" + spelling.LOSS + r"\s*(?:/|_)\s*" + _PARTIAL + r"\s*(?=[A-Za-z\\])"
)
_TRAILING_LOSS = re.compile(r"\s*" + spelling.LOSS)
_COMPARED = re.compile(r"[<>≤≥]|\\(?:gt|lt|ge|le|geq|leq)(?![A-Za-z])|(?<![A-Za-z])=")
_ONE = re.compile(r"\\(?:mathbb|mathbf|boldsymbol|vec|bm|mathds)\s*\{?\s*1\s*\}?|𝟙|𝟏")
_SIMPLE = re.compile(
    r"\{?\s*(?:\\(?:" + "|".join(sorted(spelling.FONTS)) + r")(?![A-Za-z])\s*)*"
    r"(\{)?\s*([A-Za-z]+|\\[A-Za-z]+|[^\W\d_])\s*(\})?\s*\}?"
)


class Words(Protocol):
    """The names and functions that a scanner knows."""

    def is_name(self, word: str) -> bool:
        """Whether something is called so."""

    def is_function(self, word: str) -> bool:
        """Whether a function is called so."""


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


def bound_indices(text: str) -> frozenset[str]:
    """Return the letters that the sums of a text count with.

    >>> sorted(bound_indices(r"\\sum_{i=1}^N x_i + \\sum_k y_k"))
    ['i', 'k']
    """
    return frozenset(found[1] or found[2] for found in _BOUND.finditer(text))


class Scanner:
    """Scans one statement."""

    def __init__(self, text: str, end: int, words: Words, indices: frozenset[str]) -> None:
        # To NumPy a star goes entry by entry; elsewhere it is a product like any other.
        self.star = "star" if _IN_NUMPY.search(text) else "mul"
        self.text = text
        self.end = end
        self.words = words
        self.indices = indices
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
        scanner = Scanner(self.text, end, self.words, self.indices)
        tokens = [self.token("LPAR", "(", start, start + 1), *scanner.tokens(start)]
        if len(tokens) == 1:
            raise FormulaError("something is missing here", start, end)
        return [*tokens, self.token("RPAR", ")", end, end + 1)]

    def token(self, kind: str, value: str, start: int, end: int) -> Token:
        """Return a token at a place."""
        return Token(kind, value, start_pos=start, end_pos=end)

    def _skip(self, at: int) -> int:
        while at < self.end and self.text[at].isspace():
            at += 1
        return at

    def _next(self, at: int) -> tuple[list[Token], int]:
        text, sign = self.text, self.text[at]
        if text.startswith("**", at):
            return self._power(at, at + 2)
        if sign == "^":
            return self._power(at, at + 1)
        if text.startswith(("==", "!=", ">=", "<="), at):
            return [self.token("CMP", text[at : at + 2], at, at + 2)], at + 2
        if sign in "ᵀ⊤":
            return [self.token("POST", "T", at, at + 1)], at + 1
        if sign == "⁻" and text.startswith("⁻¹", at):
            return [self.token("POST", "inverse", at, at + 2)], at + 2
        if sign in "²³":
            return [self.token("POST", "power " + str("²³".index(sign) + 2), at, at + 1)], at + 1
        if sign in "|‖∥" or text.startswith(("\\|", "\\Vert", "\\lVert", "\\rVert"), at):
            return self._bar(at)
        if text.startswith(("\\vert", "\\lvert", "\\rvert", "\\mid"), at):
            return self._bar(at)
        one = _ONE.match(text, at, self.end)
        if one:
            return self._ones(at, one.end())
        quotient = _QUOTIENT.match(text, at, self.end)
        if quotient and (sign != "d" or not self._is_word(at)):
            return self._derivative(at, quotient, quotient.end())
        if sign in spelling.OPERATORS:
            return [self._operator(spelling.OPERATORS[sign], at, at + 1)], at + 1
        if sign in "([":
            index = _INDEX.match(text, at, self.end) if self.last in _CLOSED else None
            if index:
                kind = "column" if text[at + 1 : index.end()].lstrip().startswith(":") else "row"
                return [self.token("POST", kind, at, index.end())], index.end()
            return [self._open(at)], at + 1
        if sign in ")]":
            return [self._close(at)], at + 1
        if sign == "{":
            return self._brace(at)
        if sign == "}":
            return [self._close(at)], at + 1
        if sign == ",":
            return [self.token("COMMA", ",", at, at + 1)], at + 1
        if sign in "'′":
            return [self.token("POST", "T", at, at + 1)], at + 1
        if sign == "_":
            return self._subscript_of_group(at)
        method = _METHOD.match(text, at, self.end) if sign == "." else None
        if method:
            return self._method(at, method)
        number = spelling.NUMBER.match(text, at, self.end)
        if number:
            return self._number(at, number)
        if sign == "\\":
            return self._command(at)
        if sign in "∑":
            return self._big_sum(at, at + 1)
        if sign in "∇":
            return self._nabla(at, at + 1)
        if sign in spelling.SIGNS:
            return self._word(spelling.SIGNS[sign], at, at + 1)
        keyword = _KEYWORD.match(text, at, self.end) if self.depth else None
        if keyword:
            return [self.token("KEYWORD", keyword[0], at, keyword.end())], keyword.end()
        numpy = _NUMPY.match(text, at, self.end)
        if numpy:
            return [], numpy.end()
        run = spelling.WORD.match(text, at, self.end)
        if run:
            return self._run(at, run[0])
        raise FormulaError(f"the sign {sign!r} has no meaning here", at, at + 1)

    # --- brackets -------------------------------------------------------------------------

    def _open(self, at: int) -> Token:
        self.depth += 1
        return self.token("LPAR", "(", at, at + 1)

    def _close(self, at: int) -> Token:
        if self.open_bars and self.open_bars[-1] == self.depth:
            raise FormulaError("a bar is not closed before this", at, at + 1)
        self.depth -= 1
        return self.token("RPAR", ")", at, at + 1)

    def _brace(self, at: int) -> tuple[list[Token], int]:
        """Return a group in braces; a single letter in them is a name like any other."""
        simple = _SIMPLE.match(self.text, at, self.end)
        if simple and self._is_whole(at, simple):
            return self._named(simple[2], at, simple.end())
        return [self._open(at)], at + 1

    def _is_whole(self, at: int, simple: re.Match[str]) -> bool:
        """Whether what was matched from a brace on is a name, with every brace that it opens."""
        piece = self.text[at : simple.end()]
        return (
            _is_letter(simple[2]) and piece.endswith("}") and piece.count("{") == piece.count("}")
        )

    def _bar(self, at: int) -> tuple[list[Token], int]:
        match = re.compile(r"\\\||\\[lr]?[vV]ert|\\mid|\|\||[|‖∥]").match(self.text, at)
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

    def _argument(self, at: int) -> tuple[int, int, int]:
        """Return the place of what an ``_`` or ``^`` takes, and where it ends."""
        at = self._skip(at)
        if at >= self.end:
            raise FormulaError("something is missing at the end", at - 1, at)
        if self.text[at] in "{(":
            stop = self._matching(at)
            return at + 1, stop, stop + 1
        command = spelling.COMMAND.match(self.text, at, self.end)
        if command:
            stop = command.end()
            brace = self._skip(stop)
            if command[1] in spelling.FONTS and brace < self.end and self.text[brace] == "{":
                stop = self._matching(brace) + 1
            return at, stop, stop
        number = re.compile(r"[-−+]?\s*[0-9]+(?:\.[0-9]+)?|[-−]\s*T(?![A-Za-z])").match(
            self.text, at, self.end
        )
        if number:
            return at, number.end(), number.end()
        if self.text[at] in "-−":
            word = spelling.WORD.match(self.text, self._skip(at + 1), self.end)
            stop = word.end() if word else at + 1
            return at, stop, stop
        return at, at + 1, at + 1

    def _matching(self, at: int) -> int:
        """Return the place of the bracket that closes one."""
        depth = 0
        for place in range(at, self.end):
            sign = self.text[place]
            if self.text[place - 1] == "\\" and sign in "{}":
                continue
            depth += (sign in "([{") - (sign in ")]}")
            if depth == 0:
                return place
        raise FormulaError("this bracket is never closed", at, at + 1)

    def _power(self, at: int, after: int) -> tuple[list[Token], int]:
        """Return what an exponent says: a transposition, an inverse, a number, an expression."""
        is_plain = after == at + 2
        start, stop, end = self._argument(after)
        content = self.text[start:stop]
        tokens = self._posts(content, at, end, is_plain)
        if tokens is None:
            tokens = [self.token("POW", "^", at, after), *self.inner(start, stop)]
        return tokens, end

    def _posts(self, content: str, at: int, end: int, is_plain: bool = False) -> list[Token] | None:
        """Return the tokens of an exponent that is none: T, -1, -T, 2; None of any other."""
        number = spelling.POWER_NUMBER.fullmatch(content)
        entry = spelling.ENTRY_POWER.fullmatch(content)
        if spelling.TRANSPOSED.fullmatch(content):
            words = ["T"]
        elif spelling.INVERTED.fullmatch(content):
            words = ["inverse"]
        elif spelling.BOTH.fullmatch(content):
            words = ["inverse", "T"]
        elif spelling.PRIMED.fullmatch(content):
            words = ["T"]
        elif entry:
            words = ["entry_power " + entry[1].replace("−", "-")]
        elif number:
            power = "".join(number[1].replace("−", "-").split())
            words = [("entry_power " if is_plain else "power ") + power]
        else:
            return None
        return [self.token("POST", word, at, end) for word in words]

    def _method(self, at: int, method: re.Match[str]) -> tuple[list[Token], int]:
        if method[1].startswith(("T", "transpose")):
            return [self.token("POST", "T", at, method.end())], method.end()
        return [self.token("METHOD", method[1], at, method.end())], method.end()

    def _number(self, at: int, number: re.Match[str]) -> tuple[list[Token], int]:
        if not float(number[0]) <= LARGEST:
            raise FormulaError("a number as large as this has no place here", at, number.end())
        after = self._skip(number.end())
        if after < self.end and self.text[after] == "_":
            start, stop, end = self._argument(after + 1)
            if number[0] == "1" and _COMPARED.search(self.text, start, stop):
                return self.inner(start, stop), end
        return [self.token("NUMBER", number[0], at, number.end())], number.end()

    def _ones(self, at: int, end: int) -> tuple[list[Token], int]:
        """Return an indicator where a condition follows, else a vector of ones."""
        after = self._skip(end)
        opens = self.text[after : after + 2].startswith(("[", "(", "\\{"))
        if after < self.end and opens:
            stop = (
                self.text.find("\\}", after) if self.text[after] == "\\" else self._matching(after)
            )
            if _COMPARED.search(self.text, after, max(stop, after)):
                return [], end
        if after < self.end and self.text[after] == "_":
            start, stop, past = self._argument(after + 1)
            if _COMPARED.search(self.text, start, stop):
                return self.inner(start, stop), past
            return [self.token("NAME", "ones " + self.text[start:stop].strip(), at, past)], past
        return [self.token("NAME", "ones ", at, end)], end

    # --- sums and derivatives ---------------------------------------------------------------

    def _big_sum(self, at: int, after: int) -> tuple[list[Token], int]:
        found = _SUM.match(self.text, after, self.end)
        if not found:
            raise FormulaError("a sum needs its index: \\sum_i or \\sum_{i=1}^N", at, after)
        word = f"{found[1] or found[2]} {found[3] or found[4] or ''}"
        return [self.token("BIGSUM", word, at, found.end())], found.end()

    def _nabla(self, at: int, after: int) -> tuple[list[Token], int]:
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
    ) -> tuple[list[Token], int]:
        if stop < 0:
            inner = Scanner(self.text, self.end, self.words, self.indices)
            tokens, end = inner._next(self._skip(start))
            if not tokens or tokens[0].type != "NAME":
                raise FormulaError("a derivative needs what it is taken by", at, end)
            # An exponent belongs to the derivative, not to the name in it.
            name = f"∂{_loss_name(found)}/∂{tokens[0]}"
            return [self.token("NAME", name, at, end), *tokens[1:]], end
        return [self._partial(at, _loss_name(found), start, stop, end)], end

    def _partial(self, at: int, of: str, start: int, stop: int, end: int) -> Token:
        tokens = list(Scanner(self.text, stop, self.words, self.indices).tokens(start))
        while len(tokens) > 2 and tokens[0].type == "LPAR" and tokens[-1].type == "RPAR":
            tokens = tokens[1:-1]
        if len(tokens) != 1 or tokens[0].type != "NAME":
            raise FormulaError("a derivative is taken by one name", start, stop)
        return self.token("NAME", f"∂{of}/∂{tokens[0]}", at, end)

    # --- words ----------------------------------------------------------------------------

    def _command(self, at: int) -> tuple[list[Token], int]:
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

    def _fraction(self, at: int, after: int) -> tuple[list[Token], int]:
        derivative = _FRACTION.match(self.text, at, self.end)
        if derivative:
            brace = self.text.rfind("{", at, derivative.end())
            stop = self._matching(brace)
            return self._derivative(at, derivative, derivative.end(), stop, stop + 1)
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

    def _font(self, at: int, after: int) -> tuple[list[Token], int]:
        """Return a name in another font; of anything else the font is left out."""
        simple = _SIMPLE.match(self.text, after, self.end)
        start = self._skip(after)
        if simple and simple.end() <= self.end and start < self.end:
            piece = self.text[start : simple.end()]
            is_whole = piece.count("{") == piece.count("}")
            if is_whole and _is_letter(simple[2]):
                end = simple.end() if "{" in piece else self._one_letter(start, simple)
                word = simple[2] if "{" in piece else self.text[start:end]
                return self._named(word, at, end)
        return [], after

    def _one_letter(self, start: int, simple: re.Match[str]) -> int:
        """Return where the name after a font without braces ends: ``\\bf W x`` is two of them."""
        return simple.end(2) if simple[2].startswith("\\") else simple.start(2) + 1

    def _accent(self, accent: str, at: int, after: int) -> tuple[list[Token], int]:
        simple = _SIMPLE.match(self.text, after, self.end)
        if not simple:
            raise FormulaError(f"\\{accent} needs a letter", at, after)
        # Two of them, \hat{\mathbf{y}}, have a closing brace each.
        end = simple.end()
        name = accent.replace("wide", "") + simple[2].lstrip("\\")
        return self._decorated(name, at, end)

    def _named(self, word: str, at: int, end: int) -> tuple[list[Token], int]:
        """Return a word that is known to be one: a command, or what stands in a font."""
        plain = word.lstrip("\\")
        if plain in spelling.SIGNS:
            plain = spelling.SIGNS[plain]
        if len(plain) > 1 and word[0] != "\\" and not self._is_known(plain):
            return self._split(plain, at, end)
        return self._word(plain, at, end)

    def _is_known(self, word: str) -> bool:
        return self.words.is_name(word) or self.words.is_function(word)

    def _is_word(self, at: int) -> bool:
        run = spelling.WORD.match(self.text, at, self.end)
        return run is not None and self._is_known(run[0].replace("_", ""))

    def _word(self, word: str, at: int, end: int) -> tuple[list[Token], int]:
        if self.words.is_function(word) and not self.words.is_name(word):
            return self._function(word, at, end)
        return self._decorated(spelling.SAME.get(word, word), at, end)

    def _function(self, word: str, at: int, end: int) -> tuple[list[Token], int]:
        """Return a function with the primes that stand on it."""
        primes = 0
        while True:
            after = self._skip(end)
            if after < self.end and self.text[after] in "'′":
                primes, end = primes + 1, after + 1
            elif after < self.end and self.text[after] == "^":
                start, stop, past = self._argument(after + 1)
                content = self.text[start:stop]
                if re.fullmatch(r"\s*[2-8]\s*", content):
                    word = f"{word}^{content.strip()}"
                    end = past
                    break
                if not re.fullmatch(r"\s*(?:(?:\\prime|'|′)\s*)+|\s*\(1\)\s*", content):
                    break
                primes, end = primes + max(1, content.count("'") + content.count("prime")), past
            else:
                break
        if primes > 1:
            raise FormulaError("only first derivatives are known", at, end)
        word, power, exponent = word.partition("^")
        return [self.token("FUNC", word + "'" * primes + power + exponent, at, end)], end

    def _run(self, at: int, run: str) -> tuple[list[Token], int]:
        """Return a word of plain letters: a name, a function, or several names side by side."""
        whole = run.replace("_", "")
        if "_" in run and self._is_known(whole):
            return self._word(whole, at, at + len(run))
        run = run.partition("_")[0]
        if self._is_known(run) or len(run) == 1:
            return self._word(run, at, at + len(run))
        return self._split(run, at, at + len(run))

    def _split(self, run: str, at: int, end: int) -> tuple[list[Token], int]:
        """Return the names that stand in a word without a space between them."""
        pieces = self._pieces(run)
        if not pieces:
            return self._decorated(run, at, end)
        tokens: list[Token] = []
        place = self.text.find(run[0], at)
        for piece in pieces[:-1]:
            found, place = self._word(piece, place, place + len(piece))[0], place + len(piece)
            tokens += found
        last, after = self._word(pieces[-1], place, max(end, place + len(pieces[-1])))
        return tokens + last, after

    def _pieces(self, run: str) -> list[str]:
        """Return a word cut into known names, the longest first; nothing where that fails."""
        pieces: list[str] = []
        at = 0
        while at < len(run):
            for length in range(len(run) - at, 0, -1):
                piece = run[at : at + length]
                if self.words.is_name(piece) or (length > 1 and self.words.is_function(piece)):
                    break
            else:
                # An unknown letter among known ones is told by itself.
                piece = run[at]
                if not pieces or not piece.isalpha():
                    return []
            pieces.append(piece)
            at += len(piece)
        return pieces

    def _decorated(self, base: str, at: int, end: int) -> tuple[list[Token], int]:
        """Return a name with its subscripts and its layer, and what its exponent does to it."""
        name, index, posts = base, "", list[Token]()
        while True:
            after = self._skip(end)
            sign = self.text[after] if after < self.end else ""
            if sign and sign in _SUBSCRIPTS:
                name, end = name + str(_SUBSCRIPTS.index(sign)), after + 1
            elif sign == "_" or self.text.startswith("\\_", after):
                start, stop, past = self._argument(after + (1 if sign == "_" else 2))
                content = self.text[start:stop]
                if name == "1" or _COMPARED.search(content):
                    raise FormulaError("a condition has no place in a subscript", start, stop)
                layer, own = self._subscript(content, start)
                name, index, end = name + layer, own or index, past
            elif sign == "^" and not posts:
                start, stop, past = self._argument(after + 1)
                told = self._superscript(name, after, start, stop, past)
                if told is None:
                    break
                layer, own, posts = told
                name, index, end = name + layer, own or index, past
            else:
                break
        if len(name) > MOST_NAME:
            raise FormulaError("a name as long as this has no place here", at, end)
        value = name if not index else f"{name}|{index}"
        return [self.token("NAME", value, at, end), *posts], end

    def _subscript(self, content: str, start: int) -> tuple[str, str]:
        """Return the part of a name in a subscript, and the index in it."""
        words = re.findall(
            r"[0-9]+|\\?[A-Za-z]+", re.sub(r"\\(?:text|mathrm|rm|mathbf)\b", "", content)
        )
        if not words:
            raise FormulaError("this subscript has no meaning here", start, start + len(content))
        if words[-1] in self.indices:
            return "".join(words[:-1]), words[-1]
        return "".join(word.lstrip("\\") for word in words), ""

    def _superscript(
        self, name: str, at: int, start: int, stop: int, past: int
    ) -> tuple[str, str, list[Token]] | None:
        """Return the layer, the index and the operations in an exponent; None if it is a power."""
        content = self.text[start:stop]
        if self.text[start - 1] == "(" and re.fullmatch(r"\s*[0-9]{1,2}\s*", content):
            return content.strip(), "", []
        if self.text[start - 1] == "(" and content.strip() in self.indices:
            return "", content.strip(), []
        layer = spelling.LAYER.match(content)
        if layer:
            rest = content[layer.end() :].strip().lstrip("^").strip()
            posts = self._posts(rest.strip("{}"), at, past) if rest else []
            if posts is None or (layer[1].isalpha() and layer[1] not in self.indices):
                raise FormulaError("this superscript has no meaning here", at, past)
            return ("", layer[1], posts) if layer[1].isalpha() else (layer[1], "", posts)
        digits = content.strip()
        if digits.isdigit() and not self.words.is_name(name) and self.words.is_name(name + digits):
            return digits, "", []
        posts = self._posts(content, at, past)
        return None if posts is None else ("", "", posts)

    def _subscript_of_group(self, at: int) -> tuple[list[Token], int]:
        """Return the index of a bracket, or the condition under a 1."""
        start, stop, end = self._argument(at + 1)
        layer, index = self._subscript(self.text[start:stop], start)
        if not index or layer:
            raise FormulaError("a subscript here must be the index of a sum", at, end)
        return [self.token("POST", f"index {index}", at, end)], end


_CLOSED = frozenset({"NAME", "NUMBER", "RPAR", "POST"})
_NOT_NAMES = frozenset(
    {"sum", "frac", "dfrac", "tfrac", "nabla", "partial", "top", "sqrt", "cdot", "odot", "circ",
     "times", "prime", "left", "right", "lvert", "rvert", "intercal"}
) | spelling.FONTS | spelling.ACCENTS  # fmt: skip


def _is_letter(word: str) -> bool:
    """Whether what stands in braces or in a font is a name, and no command of another kind."""
    return not (word.startswith("\\") and word[1:] in _NOT_NAMES)


def _loss_name(found: re.Match[str]) -> str:
    """Return the canonical name of what is differentiated: L, or a part of it."""
    return f"L{found['part'] or ''}"
