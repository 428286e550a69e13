"""Which name is meant? Letters, fonts, hats, subscripts and layers, and names side by side."""

from __future__ import annotations

import re

from lark import Token

from grader.formula import spelling
from grader.formula.cursor import Cursor, Tokens
from grader.formula.errors import FormulaError
from grader.formula.limits import MOST_NAME

_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
SIMPLE = re.compile(
    r"\{?\s*(?:\\(?:" + "|".join(sorted(spelling.FONTS)) + r")(?![A-Za-z])\s*)*"
    r"(\{)?\s*([A-Za-z]+|\\[A-Za-z]+|[^\W\d_])\s*(\})?\s*\}?"
)
"""One letter or command, with the fonts and braces around it."""
_NOT_NAMES = frozenset(
    {"sum", "frac", "dfrac", "tfrac", "nabla", "partial", "top", "sqrt", "cdot", "odot", "circ",
     "times", "prime", "left", "right", "lvert", "rvert", "intercal"}
) | spelling.FONTS | spelling.ACCENTS  # fmt: skip


class NameScanner(Cursor):
    """Reads names and functions at a place."""

    def _font(self, at: int, after: int) -> Tokens:
        """Return a name in another font; of anything else the font is left out."""
        simple = SIMPLE.match(self.text, after, self.end)
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

    def _is_whole(self, at: int, simple: re.Match[str]) -> bool:
        """Whether what was matched from a brace on is a name, with every brace that it opens."""
        piece = self.text[at : simple.end()]
        return (
            _is_letter(simple[2]) and piece.endswith("}") and piece.count("{") == piece.count("}")
        )

    def _accent(self, accent: str, at: int, after: int) -> Tokens:
        simple = SIMPLE.match(self.text, after, self.end)
        if not simple:
            raise FormulaError(f"\\{accent} needs a letter", at, after)
        # Two of them, \hat{\mathbf{y}}, have a closing brace each.
        end = simple.end()
        name = accent.replace("wide", "") + simple[2].lstrip("\\")
        return self._decorated(name, at, end)

    def _named(self, word: str, at: int, end: int) -> Tokens:
        """Return a word that is known to be one: a command, or what stands in a font."""
        plain = word.lstrip("\\")
        self._must_be_short(plain, at)
        if plain in spelling.SIGNS:
            plain = spelling.SIGNS[plain]
        if len(plain) > 1 and word[0] != "\\" and not self._is_known(plain):
            return self._split(plain, at, end)
        return self._word(plain, at, end)

    def _must_be_short(self, word: str, at: int) -> None:
        """Refuse a word that no names side by side make: cutting it up would take too long."""
        if len(word) > MOST_NAME:
            raise FormulaError("a word as long as this has no place here", at, at + len(word))

    def _is_known(self, word: str) -> bool:
        return self.words.is_name(word) or self.words.is_function(word)

    def _is_word(self, at: int) -> bool:
        run = spelling.WORD.match(self.text, at, self.end)
        return (
            run is not None and len(run[0]) <= MOST_NAME and self._is_known(run[0].replace("_", ""))
        )

    def _word(self, word: str, at: int, end: int) -> Tokens:
        if self.words.is_function(word) and not self.words.is_name(word):
            return self._function(word, at, end)
        return self._decorated(spelling.SAME.get(word, word), at, end)

    def _function(self, word: str, at: int, end: int) -> Tokens:
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

    def _run(self, at: int, run: str) -> Tokens:
        """Return a word of plain letters: a name, a function, or several names side by side."""
        self._must_be_short(run, at)
        whole = run.replace("_", "")
        if "_" in run and self._is_known(whole):
            return self._word(whole, at, at + len(run))
        run = run.partition("_")[0]
        if self._is_known(run) or len(run) == 1:
            return self._word(run, at, at + len(run))
        return self._split(run, at, at + len(run))

    def _split(self, run: str, at: int, end: int) -> Tokens:
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

    def _decorated(self, base: str, at: int, end: int) -> Tokens:
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
                if name == "1" or spelling.COMPARED.search(content):
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

    def _subscript_of_group(self, at: int) -> Tokens:
        """Return the index of a bracket, or the condition under a 1."""
        start, stop, end = self._argument(at + 1)
        layer, index = self._subscript(self.text[start:stop], start)
        if not index or layer:
            raise FormulaError("a subscript here must be the index of a sum", at, end)
        return [self.token("POST", f"index {index}", at, end)], end


def _is_letter(word: str) -> bool:
    """Whether what stands in braces or in a font is a name, and no command of another kind."""
    return not (word.startswith("\\") and word[1:] in _NOT_NAMES)
