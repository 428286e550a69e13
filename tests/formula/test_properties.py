"""What is written back is read as the same formula, and whatever is typed ends well."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.formula import FormulaError, read
from tests.formula.table import Row, inputs_of, rows, words_of

SWISH = Row(problem="swish_net", options="given=g", answer="dW1", verdict="", text="")
LATENT = Row(problem="gplvm", options="-", answer="dL_dX", verdict="", text="")
BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# A strategy for each shape, so that nearly everything that is drawn fits.
NUMBERS = st.sampled_from(["2", "0.5", r"\frac{1}{3}", "x^T x", r"\|g\|", r"g^{\top} z_2", "D"])


def columns(side: str) -> st.SearchStrategy[str]:
    """Return formulas of columns as long as H or C."""
    leaves = {"H": ["z_1", "h_1", "b_1", "W_2^T g", "W_1 x"], "C": ["g", "z_2", "b_2", "W_2 h_1"]}
    return st.recursive(
        st.sampled_from(leaves[side]),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda p: rf"\left({p[0]} + {p[1]}\right)"),
            st.tuples(inner, inner).map(lambda p: rf"({p[0]} - {p[1]})"),
            st.tuples(inner, inner).map(lambda p: rf"({p[0]}) \odot ({p[1]})"),
            st.tuples(NUMBERS, inner).map(lambda p: rf"{p[0]} \cdot ({p[1]})"),
            inner.map(lambda one: rf"\sigma({one})"),
            inner.map(lambda one: rf"\mathrm{{swish}}'\left({one}\right)"),
            inner.map(lambda one: rf"(1 - \tanh({one}))"),
            inner.map(lambda one: rf"-({one})^{{2}}"),
            st.tuples(inner, inner).map(lambda p: rf"\mathbb{{1}}[{p[0]} > {p[1]}]"),
            st.tuples(inner, inner).map(lambda p: rf"\mathrm{{diag}}({p[0]}) ({p[1]})"),
            st.tuples(inner, inner).map(lambda p: rf"({p[0]}) ({p[1]})^T ({p[0]})"),
        ),
        max_leaves=6,
    )


OUTER = st.tuples(columns("H"), st.sampled_from(["x^T", r"(2 x)^\top", "(W_1^T W_1 x)^T"])).map(
    lambda p: f"({p[0]}) {p[1]}"
)
SQUARE = st.recursive(
    st.sampled_from(["K", "K^{-1}", "X X^T", "Y Y^T", "I", r"\alpha I_N"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) ({p[1]})"),
        st.tuples(inner, st.sampled_from(["K", "X X^T"])).map(lambda p: f"({p[0]} + {p[1]})"),
        st.tuples(inner, st.sampled_from(["K", "Y Y^T"])).map(lambda p: f"({p[0]} - {p[1]})"),
        st.tuples(inner, st.sampled_from(["K", "X X^T"])).map(lambda p: rf"{p[0]} \odot {p[1]}"),
        inner.map(lambda one: rf"({one})^{{\top}}"),
        inner.map(lambda one: f"({one})^2"),
        inner.map(lambda one: rf"\mathrm{{tr}}(K {one}) K"),
    ),
    max_leaves=5,
)


def assert_same(row: Row, text: str) -> None:
    first = read(text, row.words)
    again = read(first.latex, row.words)
    inputs = inputs_of(row)
    assert np.array_equal(first.value(inputs), again.value(inputs), equal_nan=True), first.latex
    assert again.latex == first.latex


@BOUNDED
@given(OUTER)
def test_a_random_formula_is_written_back_as_itself(text: str) -> None:
    assert_same(SWISH, text)


@BOUNDED
@given(SQUARE, st.sampled_from(["X", "Y Y^T X", r"\alpha X"]))
def test_a_random_matrix_formula_is_written_back_as_itself(square: str, rest: str) -> None:
    assert_same(LATENT, f"({square}) {rest}")


PIECES = st.sampled_from(
    [
        "W", "e", "x", "K", "_1", "^T", "^{-1}", "^", "_", "{", "}", "(", ")", "[", "]", "|", r"\|",
        r"\left", r"\right", r"\frac", r"\sum_i", r"\nabla_W", "L", "=", "+", "-", "*", "@", ".T",
        r"\odot", r"\sigma", "'", r"\mathbf", r"\bf", r"\text", r"\hat", r"\\", "\n", "&", "$", ",",
        ".", "2", "1", "0.5", "e5", r"\partial", "/", "d", ">", "np.", "axis=0", r"\begin{aligned}",
        r"\mathbb{1}", "I", r"\log", "ᵀ", "₁", "∇", "σ", "⁻¹", "²", " ", "[:, None]", ";", ":",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PIECES, max_size=25).map("".join),
    st.lists(PIECES, max_size=25).map(" ".join),
    st.text(max_size=60),
    st.tuples(st.sampled_from([r.text for r in rows()]), st.integers(0, 80), PIECES).map(
        lambda p: p[0][: p[1]] + p[2] + p[0][p[1] :]
    ),
    st.tuples(st.sampled_from([r.text for r in rows()]), st.integers(0, 80), st.integers(1, 5)).map(
        lambda p: p[0][: p[1]] + p[0][p[1] + p[2] :]
    ),
)


@settings(BOUNDED, max_examples=250)
@given(TEXTS, st.sampled_from([("autoencoder", "-", "dW"), ("swish_net", "given=g", "dW2")]))
def test_whatever_is_typed_is_read_or_refused(text: str, what: tuple[str, str, str]) -> None:
    row = Row(problem=what[0], options=what[1], answer=what[2], verdict="", text=text)
    try:
        formula = read(text, words_of(*what))
        value = formula.value(inputs_of(row))
    except FormulaError:
        return
    assert value.ndim == 2
    assert (
        read(formula.latex.replace(r", \quad ", "\n"), row.words).term.shape == formula.term.shape
    )
