"""Where a formula stands: under its label, in an answers file, a Markdown cell or a module."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import pytest

from grader.sandbox.answers import StatementError
from grader.sandbox.formulas import MOST_BYTES
from grader.sandbox.stated import Stated


def notebook(*cells: str) -> bytes:
    made = [{"cell_type": "markdown", "source": cell} for cell in cells]
    return json.dumps({"cells": made, "nbformat": 4}).encode()


def of(**files: str | bytes) -> Stated:
    handed_in = {
        name.replace("_", "."): data.encode() if isinstance(data, str) else data
        for name, data in files.items()
    }
    return Stated(files=handed_in, starter={}, modules=())


def text_of(stated: Stated, label: str = "q1.d") -> str:
    return stated.formula(label).tobytes().decode()


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("q1.d: W e x^T", "W e x^T"),
        ("q1.d = W e x^T", "W e x^T"),
        ("Q1.D:\nW e x^T\n", "W e x^T"),
        ("- **q1.d**: $W e x^T$", "W e x^T"),
        ("- **q1.d:** $W e x^T$", "W e x^T"),
        ("### q1.d\n\n$$W e x^T$$\n\n### q1.e\n$$x$$", "W e x^T"),
        ("3. `q1.d`: `W @ e`", "W @ e"),
        ("q1.d: |\n  m = W x\n  m x^T\nq2.b: X", "m = W x\n  m x^T"),
        ("q1.d: >-\n  W e x^T\n", "W e x^T"),
        ("q1.d:\n  dW1: 'g x^T'\n  db1: $g$\nq1.e: x", "dW1 = g x^T\ndb1 = g"),
        ("  q1.d: g\n  dW: x", "g"),
        ('q1.d: "W e x^T"  # by hand', "W e x^T"),
        ("'q1.d': 'W e x^T'", "W e x^T"),
        ('q1.d: "\\\\alpha X"', "\\alpha X"),
        ('q1.d: "\\nabla_W L = W \\top"', "\\nabla_W L = W \\top"),
        ("q1.d: old\nq1.d: new", "new"),
        ("q1.d:\nq1.d: W", "W"),
        ("q1.d: so\n\\[ W e \\]\nand\n\\( x \\)", " W e \n x "),
        ("q1.d:\n```python\nW @ e\n```\nq1.e: x", "W @ e\n"),
        (
            "q1.d:\n\\begin{align*}\na &= W \\\\[2pt]\nb &= x\n\\end{align*}",
            "\na &= W \\\\[2pt]\nb &= x\n",
        ),
        ("q1.d: g[:, None] * h", "g[:, None] * h"),
        ("q1.d:\ns = g[:, None]\ns x", "s = g[:, None]\ns x"),
    ],
)
def test_a_formula_stands_under_its_label(text: str, formula: str) -> None:
    assert text_of(of(answers_txt=text)) == formula
    assert text_of(Stated(files={"a.ipynb": notebook(text)}, starter={}, modules=())) == formula


@pytest.mark.parametrize(
    "text", ["", "q1.dd: W", "q1xd: W", "see q1.d: W", "q1.d:", "q1.d:\n\n", "q1 d: W"]
)
def test_what_stands_under_no_label_is_missing(text: str) -> None:
    with pytest.raises(StatementError) as raised:
        of(answers_txt=text).formula("q1.d")
    assert raised.value.outcome == "not_implemented"


def test_an_answers_file_comes_before_a_notebook_and_a_module_before_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = {"answers.txt": b"q1.d: W", "a.ipynb": notebook("q1.d: x")}
    module = ModuleType("derivations_of_a_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    assert text_of(Stated(files=files, starter={}, modules=(module.__name__,))) == "W"
    module.q1_d = "e"  # type: ignore[attr-defined]
    assert text_of(Stated(files=files, starter={}, modules=(module.__name__,))) == "e"
    module.q1_d = 3  # type: ignore[attr-defined]
    assert text_of(Stated(files=files, starter={}, modules=(module.__name__,))) == "W"


def test_what_the_templates_notebook_says_is_nobodys() -> None:
    template = notebook("q1.d: $W$")
    stated = Stated(files={"a.ipynb": template}, starter={"t.ipynb": template}, modules=())

    with pytest.raises(StatementError):
        stated.formula("q1.d")


def test_a_text_longer_than_any_formula_is_refused() -> None:
    with pytest.raises(StatementError) as raised:
        of(answers_txt="q1.d: " + "W" * (MOST_BYTES + 1)).formula("q1.d")
    assert raised.value.outcome == "wrong"


@pytest.mark.parametrize(
    "text", ["q1.d: $" * 400, "q1.d: " + "$$" * 5_000, "#" * 9_000, "q1.d" * 3_000]
)
def test_odd_texts_end_at_once(text: str) -> None:
    try:
        assert len(text_of(of(answers_txt=text))) <= MOST_BYTES
    except StatementError as error:
        assert error.outcome in ("not_implemented", "wrong")  # noqa: PT017 - either end is right
