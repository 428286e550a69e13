"""What is wrong with a formula is told with its place, and hostile text ends in an error at once."""

from __future__ import annotations

import pytest

from grader.formula import FormulaError, ShapeError, read
from grader.formula.document import UnansweredError
from grader.formula.errors import pointed
from grader.formula.limits import MOST_TEXT
from tests.formula.table import Row, inputs_of, rows, words_of

SWISH = ("swish_net", "given=g", "dW1")
TIED = ("autoencoder", "-", "dW")
LATENT = ("gplvm", "-", "dL_dX")


def complaint(what: tuple[str, str, str], text: str) -> FormulaError:
    with pytest.raises(FormulaError) as raised:
        read(text, words_of(*what))
    return raised.value


@pytest.mark.parametrize(
    ("what", "text", "told", "place"),
    [
        (LATENT, "K^{-1}Y + X", "K^{-1} Y is 7×5, X is 7×3: these cannot be added", "K^{-1}Y + X"),
        (TIED, "W M x^T", "unknown name M; did you mean m?", "M"),
        (TIED, "W w x^T", "unknown name w; did you mean W?", "w"),
        (LATENT, "K + 1", "needs an identity", "K + 1"),
        (LATENT, "X^{-1} X", "X is 7×3: only a square matrix has an inverse", "X^{-1}"),
        (LATENT, r"\log|X| X", "X is 7×3: only a square matrix has a determinant", "|X|"),
        (LATENT, "X / K", "nothing can be divided by it; an inverse is A^{-1}", "K"),
        (SWISH, "g h_1", "g is 7×1, h_{1} is 3×1: these cannot be multiplied", "g h_1"),
        (SWISH, r"\mathrm{swish}' \odot g", "swish needs what it is taken of", r"\mathrm{swish}'"),
        (SWISH, "(g h_1^T", "this '(' is never closed", "("),
        (SWISH, "g h_1^T)", "this ')' closes nothing", ")"),
        (SWISH, r"\underbrace{g x^T}_{a + g", "this '{' is never closed", "{"),
        (SWISH, r"g \frobnicate h_1", r"the command \frobnicate is not known", r"\frobnicate"),
        (SWISH, "g * ! x", "the sign '!' has no meaning here", "!"),
        (SWISH, "g x^T +", "the formula ends too early", "+"),
        (SWISH, "dW1 = ", "there is nothing behind the equals sign", "="),
        (SWISH, r"\sum_i g x^T", "nothing in this sum is numbered by i", r"\sum_i g x^T"),
        (SWISH, "x = g\nx x^T", "x is given: what you define needs another name", "x"),
        (SWISH, r"\nabla_{W_1} L", "is what is asked for", r"\nabla_{W_1} L"),
        (SWISH, "eye(7) g", "eye needs a size, as in eye(N)", "eye(7)"),
        (SWISH, "g^{x} x^T", "only a number, or e, has such an exponent", "g^{x}"),
        (SWISH, "", "there is no formula", ""),
        (SWISH, "sum(I) g x^T", "nothing tells the size of this identity", "I"),
        (SWISH, "m = norm(I)\nm g x^T", "nothing tells the size of this identity", "I"),
        (
            SWISH,
            "g.flatten() x^T",
            ".flatten is not known here; behind a dot may stand",
            ".flatten",
        ),
        (SWISH, r"\sum_i x_i + g_i", "brackets take it further", "g_i"),
        (SWISH, "g x^T\n- x", "these cannot be added", "g x^T\n- x"),
        (SWISH, "m = g\ng x^T\n- x", "these cannot be added", "g x^T\n- x"),
        (SWISH, r"\frac{\partial L}{\partial b_1} x^T", "say what it is in a line before", None),
        (SWISH, r"\frac{\partial z_2}{\partial W_1} g", "∂z2/∂W1 is not known here", None),
        (SWISH, r"(\partial L) g", r"a derivative is written ∂L/∂W or \frac", r"\partial"),
        (SWISH, "W_{2,ji} g_i", "W2ji looks like an entry of W2", "W_{2,ji}"),
    ],
)
def test_a_complaint_says_what_and_where(
    what: tuple[str, str, str], text: str, told: str, place: str | None
) -> None:
    error = complaint(what, text)

    assert told in str(error)
    place = text[error.start : error.end].strip() if place is None else place
    line, carets = (pointed(text, error) + "\n").split("\n")[:2]
    assert line[carets.index("^") :].startswith(place[:1])
    if place:
        assert text[error.start : error.end].strip() == place


def test_a_text_that_speaks_of_other_gradients_answers_nothing() -> None:
    error = complaint(SWISH, r"\nabla_{b_2} L = g")

    assert isinstance(error, UnansweredError)
    assert "∂L/∂W1" in str(error)


def test_a_wrong_line_costs_nothing_unless_it_is_used() -> None:
    lines = "q = g + x\n"

    assert read(lines + "g x^T", words_of(*SWISH)).own == {}
    assert isinstance(complaint(SWISH, lines + "q x^T"), ShapeError)


def test_nothing_is_defined_by_itself() -> None:
    assert "unknown name q" in str(complaint(SWISH, "q = q + g\nq x^T"))
    assert "unknown name r" in str(complaint(SWISH, "q = r\nr = q\nq x^T"))


def test_of_two_lines_for_one_name_the_one_before_the_answer_counts() -> None:
    lines = "s = g\n\\nabla_{W_1} L = s x^T\ns = 2 g\n\\nabla_{b_1} L = s"
    first = read(lines, words_of("swish_net", "given=g", "dW1"))
    second = read(lines, words_of("swish_net", "given=g", "db1"))

    assert first.latex.startswith("s = g, ")
    assert second.latex.startswith(r"s = 2 \cdot g, ") or second.latex.startswith("s = 2 g, ")


def test_an_answer_cannot_stand_for_itself_under_another_name() -> None:
    for answer, text in (("delta2", "delta2"), ("delta2", "delta1"), ("dW1", "dW1")):
        with pytest.raises(FormulaError):
            read(text, words_of("sigmoid_mlp", "-", answer))


HOSTILE = {
    "a huge text": "W" * (MOST_TEXT + 1),
    "many terms": "+".join(["W"] * 2_000),
    "many factors": r"\alpha " + "2 " * 2_000,
    "nested brackets": "(" * 3_000 + "W" + ")" * 3_000,
    "nested braces": "{" * 59 + "W" + "}" * 59 + "{" * 3_000,
    "an endless tower": "2^" * 3_000 + "2",
    "nested functions": r"\exp(" * 200 + "W" + ")" * 200,
    "a huge exponent": "(W W^T)^{1000000000}",
    "a power of a power": "((W W^T)^8)^{99}",
    "a huge number": "9" * 5_000,
    "a number beyond all": "1e999 W",
    "a huge identity": "eye(1000000000)",
    "bars within bars": "|" * 2_001,
    "primes": "\\sigma" + "'" * 3_000 + "(x)",
    "sums within sums": r"\sum_i " * 500 + "x_i",
    "blanks": "W" + " " * 7_000 + "+",
    "lines": "\n" * 7_000,
    "definitions": "\n".join(f"q{i} = 2" for i in range(900)),
    "Python": "__import__('os').system('true')",
    "an attribute": "W.__class__.__mro__",
    "a NUL": "W\0x",
    "lone surrogates": "W \ud800 x",
    "control signs": "W \x1b[31m x",
    "a comment alone": "# W",
    "minus after minus": "-" * 1_000 + "W",
    "backslashes": "\\" * 1_001,
    "subscripts": "W" + "_1" * 2_000,
    "hats": r"\hat" * 800,
    "a long word": "WX" * 3_900,
    "a long word in a font": r"\mathrm{" + "WX" * 3_900 + "}",
    "identities of identities": "a0 = I\n"
    + "\n".join(f"a{i + 1} = a{i} + a{i}" for i in range(36)),
    "half a note": r"\underbrace{W}_{" * 400,
    "a long hat": r"\hat{" + "x" * 7_000 + "}",
    "exponents": "W" + "^{W}" * 1_900,
    "fractions": r"\frac{1}{2}" * 700,
    "half a derivative": "dL/" * 2_600,
    "gradients": r"\nabla_W L" * 700,
    "commas": ",a=1" * 1_900,
    "fonts": r"\mathbf" * 800,
}


BATCH = Row(problem="autoencoder", options="examples=batch", answer="dW", verdict="", text="")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_an_error_and_nothing_else(name: str) -> None:
    with pytest.raises(FormulaError) as raised:
        read(HOSTILE[name], BATCH.words).value(inputs_of(BATCH))

    assert len(str(raised.value)) <= 300
    assert len(pointed(HOSTILE[name], raised.value)) < 300


@pytest.mark.parametrize("text", ["2^{" * 40 + "2" + "}" * 40, r"\frac{1}{" * 40 + "1" + "}" * 40])
def test_towers_of_numbers_are_one_number(text: str) -> None:
    assert read(text, BATCH.words).value(inputs_of(BATCH)).shape == (1, 1)


def test_definitions_that_double_each_other_are_worked_out_once_each() -> None:
    lines = ["q0 = e x^T"] + [f"q{i} = q{i - 1} + q{i - 1}" for i in range(1, 35)]
    words = words_of(*TIED)
    formula = read("\n".join([*lines, "W q34"]), words)

    value = formula.value(inputs_of(next(rows())))
    assert value.shape == (5, 7)
    assert len(formula.latex) < 4_000


def test_sums_within_sums_run_out_of_operations() -> None:
    body = r"\sum_i \sum_j \sum_k \sum_l \sum_p \sum_q \sum_r \sum_s "
    text = body + "e_i x_j^T x_k x_l^T x_p x_q^T x_r x_s^T"
    row = Row(problem="autoencoder", options="examples=batch", answer="dW", verdict="", text=text)
    formula = read(f"W {text}", row.words)
    with pytest.raises(FormulaError, match="too many operations"):
        formula.value(inputs_of(row, index=1))
