"""A property's expression: what it says, and what it cannot say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.expressions import ExpressionError, evaluated, forbidden, names_in

W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3 - 4 / 2", 5.0),
        ("-2 ** 2", -4.0),
        ("7 // 2 + 7 % 2", 4),
        ("mean(W)", 3.5),
        ("W.mean(axis=0)[1]", 3.5),
        ("sum(W[0, 1:])", 5.0),
        ("W[-1][::2]", [4.0, 6.0]),
        ("(W @ W.T)[0, 1]", 32.0),
        ("W.shape == (2, 3)", True),
        ("shape(W)[0] * W.size + ndim(W)", 14),
        ("0 < mean(W) < 3", False),
        ("1 < 2 < 3", True),
        ("all(W > 0) and not any(W > 6)", True),
        ("any(W > 5) or 1 / 0 > 0", True),
        ("sum((W > 1) & (W < 5))", 3),
        ("sum(~(W > 1))", 1),
        ("1 if mean(W) > 3 else 0", 1),
        ("distinct(W > 2)", 2),
        ("where(W > 3, 1, 0).sum()", 3),
        ("quantile(W, 0.5) == median(W)", True),
        ("len(W)", 2),
    ],
)
def test_an_expression_has_its_value(expression: str, value: Any) -> None:
    assert list(forbidden(expression)) == []

    np.testing.assert_array_equal(evaluated(expression, {"W": W}), value)


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os')",
        "W.tofile('x')",
        "W.__class__",
        "W.data",
        "mean.__globals__",
        "(lambda: 1)()",
        "[w for w in W]",
        "f'{W}'",
        "'a' * 10",
        "{1: 2}",
        "W[0](1)",
        "eval('1')",
        "open('x')",
        "(y := 1)",
        "1j",
    ],
)
def test_what_is_no_arithmetic_is_refused(expression: str) -> None:
    assert list(forbidden(expression))

    with pytest.raises((ExpressionError, KeyError, AttributeError)):
        evaluated(expression, {"W": W})


@pytest.mark.parametrize("expression", ["W[5]", "W @ W", "W + shape(W)", "sum(W, axis=4)", "W[W]"])
def test_arrays_that_do_not_fit_are_told(expression: str) -> None:
    with pytest.raises(ExpressionError, match=r"\w"):
        evaluated(expression, {"W": W})


def test_names_are_found_where_they_first_stand() -> None:
    assert names_in("W.mean() < p * max(q, W)") == {"W": (1, 1), "p": (1, 12), "q": (1, 20)}
