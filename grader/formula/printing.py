"""How was a formula read? Written back as LaTeX, with brackets where anybody could doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.formula.operations import FUNCTIONS
from grader.formula.tree import OPEN, Term

if TYPE_CHECKING:
    from grader.formula.vocabulary import Vocabulary

SUM, HADAMARD, PRODUCT, BASE = range(4)
"""How tightly what is written holds together."""
_NAMED = {
    "det": r"\det",
    "trace": r"\mathrm{tr}",
    "diag": r"\mathrm{diag}",
    "undiag": r"\mathrm{diag}",
    "softmax": r"\mathrm{softmax}",
    "maximum": r"\max",
    "where": r"\mathrm{where}",
}
_COMPARISONS = {">": ">", "<": "<", ">=": r"\geq", "<=": r"\leq", "==": "==", "!=": "!="}
_LONGEST = 600


def latex(term: Term, words: Vocabulary) -> str:
    """Return a term as LaTeX that is read as the same term again, cut short if it is very long."""
    text = _Printer(words).text(term, SUM)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


class _Printer:
    """Writes terms with a vocabulary's letters."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words

    def text(self, term: Term, least: int) -> str:
        """Return a term's text, in brackets where it holds less tightly than asked."""
        written, holds = self._written(term)
        return written if holds >= least else rf"\left({written}\right)"

    def _written(self, term: Term) -> tuple[str, int]:
        writer = getattr(self, f"_{term.op}", None)
        if writer is not None:
            found: tuple[str, int] = writer(term)
            return found
        if term.op in _NAMED:
            inside = ", ".join(self.text(arg, SUM) for arg in term.args)
            return rf"{_NAMED[term.op]}\left({inside}\right)", BASE
        if term.op in _COMPARISONS:
            left, right = (self.text(arg, SUM) for arg in term.args)
            return rf"\left[{left} {_COMPARISONS[term.op]} {right}\right]", BASE
        raise AssertionError(f"no way to write {term.op}")

    def _const(self, term: Term) -> tuple[str, int]:
        if term.word:
            return term.word if term.word == "e" else rf"\{term.word}", BASE
        return f"{term.value:.12g}" if "e" not in f"{term.value:.12g}" else repr(term.value), BASE

    def _name(self, term: Term) -> tuple[str, int]:
        symbol = self.words.symbols.get(term.word)
        return (symbol.latex if symbol else named(term.word)), BASE

    def _pick(self, term: Term) -> tuple[str, int]:
        written = self.text(term.args[0], BASE)
        if written.endswith("}") and term.args[0].op == "name" and "_{" in written:
            return f"{written[:-1]},{term.word}}}", BASE
        return f"{written}_{{{term.word}}}", BASE

    def _eye(self, term: Term) -> tuple[str, int]:
        side = term.shape[0]
        return ("I" if side == OPEN else f"I_{{{side}}}"), BASE

    def _ones(self, term: Term) -> tuple[str, int]:
        return rf"\mathbf{{1}}_{{{term.shape[0]}}}", BASE

    def _neg(self, term: Term) -> tuple[str, int]:
        return f"-{self.text(term.args[0], HADAMARD)}", SUM

    def _add(self, term: Term) -> tuple[str, int]:
        pieces: list[str] = []
        for sign, arg in zip(term.word, term.args, strict=True):
            between = f" {sign} " if pieces else sign.replace("+", "")
            pieces.append(between + self.text(arg, HADAMARD))
        return "".join(pieces), SUM

    def _scale(self, term: Term) -> tuple[str, int]:
        number, other = term.args
        left = self.text(number, PRODUCT)
        right = self.text(other, BASE)
        # "2 3" would be another number than the product.
        between = r" \cdot " if right[:1].isdigit() or left[-1:].isdigit() else " "
        if other.op == "big_sum":
            right = self.text(other, SUM)
        return f"{left}{between}{right}", PRODUCT

    def _matmul(self, term: Term) -> tuple[str, int]:
        left, right = term.args
        return f"{self.text(left, PRODUCT)} {self.text(right, BASE)}", PRODUCT

    def _had(self, term: Term) -> tuple[str, int]:
        left, right = term.args
        return rf"{self.text(left, HADAMARD)} \odot {self.text(right, PRODUCT)}", HADAMARD

    def _over(self, term: Term) -> tuple[str, int]:
        above, below = (self.text(arg, SUM) for arg in term.args)
        return rf"\frac{{{above}}}{{{below}}}", BASE

    def _T(self, term: Term) -> tuple[str, int]:
        return self._behind(term.args[0], r"\top")

    def _inverse(self, term: Term) -> tuple[str, int]:
        return self._behind(term.args[0], "-1")

    def _matrix_power(self, term: Term) -> tuple[str, int]:
        return self._behind(term.args[0], f"{term.value:g}")

    def _power(self, term: Term) -> tuple[str, int]:
        inner = term.args[0]
        is_plain = inner.is_scalar or inner.is_vector or inner.is_entrywise
        return self._behind(inner, ("" if is_plain else r"\circ ") + f"{term.value:g}")

    def _raised(self, term: Term) -> tuple[str, int]:
        base, exponent = term.args
        return self._behind(base, self.text(exponent, SUM))

    def _behind(self, inner: Term, exponent: str) -> tuple[str, int]:
        written, holds = self._written(inner)
        # What has an exponent already gets brackets: (K^{-1})^T.
        if holds < BASE or inner.op not in ("name", "eye", "const", "pick") or inner.value < 0:
            written = rf"\left({written}\right)"
        return f"{written}^{{{exponent}}}", BASE

    def _function(self, term: Term) -> tuple[str, int]:
        name = term.word.rstrip("'")
        prime = "'" if term.word.endswith("'") else ""
        return rf"{FUNCTIONS[name].latex}{prime}\left({self.text(term.args[0], SUM)}\right)", BASE

    def _logdet(self, term: Term) -> tuple[str, int]:
        return rf"\log\left(\det\left({self.text(term.args[0], SUM)}\right)\right)", BASE

    def _norm(self, term: Term) -> tuple[str, int]:
        return rf"\mathrm{{norm}}\left({self.text(term.args[0], SUM)}\right)", BASE

    def _abs(self, term: Term) -> tuple[str, int]:
        return rf"\mathrm{{abs}}\left({self.text(term.args[0], SUM)}\right)", BASE

    def _sum_all(self, term: Term) -> tuple[str, int]:
        return rf"\mathrm{{sum}}\left({self.text(term.args[0], SUM)}\right)", BASE

    def _sum_rows(self, term: Term) -> tuple[str, int]:
        return rf"\mathrm{{sum}}\left({self.text(term.args[0], SUM)}, axis=0\right)", BASE

    def _sum_columns(self, term: Term) -> tuple[str, int]:
        return rf"\mathrm{{sum}}\left({self.text(term.args[0], SUM)}, axis=1\right)", BASE

    def _big_sum(self, term: Term) -> tuple[str, int]:
        index, side = term.word.split()
        return rf"\sum_{{{index}=1}}^{{{side}}} {self.text(term.args[0], HADAMARD)}", SUM


def named(name: str) -> str:
    """Return how a student's own name is written: its digits as a subscript.

    >>> named("m1"), named("∂L/∂z2"), named("delta")
    ('m_{1}', '\\\\frac{\\\\partial L}{\\\\partial z_{2}}', '\\\\delta')
    """
    from grader.formula.vocabulary import latex_of

    if name.startswith("∂"):
        of, _, wrt = name[1:].partition("/∂")
        return rf"\frac{{\partial {latex_of(of)}}}{{\partial {latex_of(wrt)}}}"
    return latex_of(name)
