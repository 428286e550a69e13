"""Every spelling of the table is read as what it is: right answers, wrong ones, and none."""

from __future__ import annotations

import numpy as np
import pytest

import reference
from grader.checks.comparison import has_accepted_shape
from grader.formula import FormulaError, ShapeError, read
from tests.formula.table import Row, inputs_of, rows

ROWS = list(rows())


def is_right(row: Row, index: int, regime: str) -> bool:
    formula = read(row.text, row.words)
    inputs = inputs_of(row, index, regime)
    value = formula.value(inputs)
    right = reference.problem(row.problem).solve(inputs, row.resolved)[row.answer]
    if not has_accepted_shape(value.shape, right.shape):
        return False
    scale = np.abs(right).max()
    return bool(np.abs(value.reshape(right.shape) - right).max() <= 1e-9 * scale)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.answer}: {row.text[:50]}")
def test_a_spelling_is_read_as_what_it_is(row: Row) -> None:
    if row.verdict == "unfit":
        with pytest.raises(ShapeError):
            read(row.text, row.words)
    elif row.verdict == "unreadable":
        with pytest.raises(FormulaError) as raised:
            read(row.text, row.words)
        assert not isinstance(raised.value, ShapeError)
    else:
        draws = [(0, "plain"), (1, "plain"), (0, "square")]
        found = [is_right(row, index, regime) for index, regime in draws]
        assert found == [True] * 3 if row.verdict == "right" else not all(found)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.verdict == "right"], ids=lambda row: row.text[:50]
)
def test_what_is_written_back_is_read_as_the_same(row: Row) -> None:
    formula = read(row.text, row.words)
    again = read(formula.latex.replace(r", \quad ", "\n"), row.words)

    inputs = inputs_of(row)
    assert np.array_equal(formula.value(inputs), again.value(inputs)), formula.latex
    assert again.latex == formula.latex


def test_the_table_has_right_and_wrong_spellings_of_every_kind() -> None:
    assert len(ROWS) >= 200
    assert {row.verdict for row in ROWS} == {"right", "wrong", "unfit", "unreadable"}
    told = "\n".join(row.text for row in ROWS)
    for spelling in (r"\bf", r"\boldsymbol", r"\text{", "aligned", r"\nabla_W L =", r"\,", "@"):
        assert spelling in told
