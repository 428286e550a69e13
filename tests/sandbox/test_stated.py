"""What a submission states beside its code: worked numbers, and stored output."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest

from grader.rubric.property_checks import WHICH as KNOWN_TO_RUBRICS
from grader.sandbox.answers import StatementError
from grader.sandbox.stated import FILES, WHICH, Stated
from grader.submission.listing import ANSWERS_FILES


def files(**texts: str | bytes) -> dict[str, bytes]:
    return {
        name.replace("__", "/").replace("_txt", ".txt").replace("_yaml", ".yaml"): text.encode()
        if isinstance(text, str)
        else text
        for name, text in texts.items()
    }


def notebook(*cells: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"cells": list(cells), "nbformat": 4, **more}).encode()


def markdown(*lines: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": [f"{line}\n" for line in lines]}


def printed(*outputs: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": "run()", "outputs": list(outputs)}


def stream(text: Any) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def of(handed_in: dict[str, bytes], *modules: str) -> Stated:
    return Stated(files=handed_in, starter={}, modules=modules)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("dW = -1/16", -0.0625),
        ("dW: -0.0625", -0.0625),
        ("dW=−1/16.", -0.0625),
        ("  - dW = - 1 / 16  # by the chain rule", -0.0625),
        ("**dW** = $-\\frac{1}{16}$", -0.0625),
        ("3. `dW` = 1/-16", -0.0625),
        ('"dW": "-6.25e-2"', -0.0625),
        ("dW = -1/16 = -0.0625", -0.0625),
        ("dW ≈ .5", 0.5),
        ("dW = 2\ndW = 3", 3.0),
        ("dW1 = 7\ndW = 3\ndW_2 = 9", 3.0),
    ],
)
def test_a_number_is_read_from_a_text(line: str, number: float) -> None:
    assert of(files(answers_txt=line)).stated("dW") == number
    assert of({"hw.ipynb": notebook(markdown(*line.split("\n")))}).stated("dW") == number


def test_an_answers_file_counts_before_a_notebook_and_the_higher_one_first() -> None:
    handed_in = {
        "hw.ipynb": notebook(markdown("y = 1")),
        "a/answers.txt": b"y = 2",
        "answers.yaml": b"\xef\xbb\xbfx: 5\r\ny: 3\r\n",
    }

    assert of(handed_in).stated("y") == 3
    assert of({k: v for k, v in handed_in.items() if k != "answers.yaml"}).stated("y") == 2


@pytest.mark.parametrize("value", [-0.0625, "-1/16", Fraction(-1, 16), Decimal("-0.0625")], ids=str)
def test_a_modules_name_counts_first(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("by_hand_here")
    module.__dict__["dW"] = value
    monkeypatch.setitem(sys.modules, "by_hand_here", module)

    assert of(files(answers_txt="dW = 5"), "by_hand_here").stated("dW") == -0.0625
    assert of(files(answers_txt="y = 5"), "by_hand_here").stated("y") == 5


@pytest.mark.parametrize(
    ("text", "outcome", "told"),
    [
        ("x = 1", "not_implemented", "nothing states dW: neither a module, nor"),
        ("dW = about a half", "wrong", "dW is stated as 'about a half', which is no number"),
        ("dW = 1/0", "wrong", "dW is stated as '1/0', which is no number"),
    ],
)
def test_what_is_no_number_says_why(text: str, outcome: str, told: str) -> None:
    with pytest.raises(StatementError) as caught:
        of(files(answers_txt=text)).stated("dW")

    assert caught.value.outcome == outcome
    assert str(caught.value).startswith(told)


PATTERN = r"validation accuracy:?\s*([\d.]+)"
RUN = notebook(
    printed(stream(["iteration 1\n", "validation accuracy: 0.31\n"])),
    printed(stream("\x1b[32mvalidation accuracy: 0.512\x1b[0m\nvalidation accuracy: 0.48")),
)


@pytest.mark.parametrize(
    ("which", "number"), [("last", 0.48), ("first", 0.31), ("largest", 0.512), ("smallest", 0.31)]
)
def test_a_recorded_number_is_found_by_its_pattern(which: str, number: float) -> None:
    assert of({"hw.ipynb": RUN}).recorded(PATTERN, which) == number
    assert of({"hw.ipynb": RUN}).recorded(PATTERN) == 0.48


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "execute_result", "data": {"text/plain": ["validation accuracy 0.5"]}},
        {"output_type": "display_data", "data": {"text/plain": "validation accuracy 0.5"}},
        {"output_type": "pyout", "text": ["validation accuracy 0.5"]},
    ],
)
def test_output_of_every_kind_is_read(output: dict[str, Any]) -> None:
    cell = printed("no output", {"data": 5}, output)

    assert of({"hw.ipynb": notebook(cell)}).recorded(PATTERN) == 0.5
    old = json.dumps({"worksheets": [{"cells": [cell]}], "nbformat": 3}).encode()
    assert of({"hw.ipynb": old}).recorded(PATTERN) == 0.5


def test_what_the_code_says_is_no_output_and_neither_is_the_template() -> None:
    code = {"cell_type": "code", "source": "# validation accuracy: 0.9", "outputs": []}
    saved = RUN.replace(b'"nbformat": 4', b'"nbformat": 4, "metadata": {}')
    template = {"template.ipynb": RUN}
    for stated in (
        of({"hw.ipynb": notebook(code)}),
        Stated(files={"hw.ipynb": RUN}, starter=template, modules=()),
        Stated(files={"hw.ipynb": saved}, starter=template, modules=()),
    ):
        with pytest.raises(StatementError, match="no stored output says it"):
            stated.recorded(PATTERN)


def test_a_templates_markdown_states_nothing() -> None:
    template = notebook(markdown("For example, so:", "y = 5"))
    mine = notebook(markdown("For example, so:", "y = 5"), markdown("y = 3"))

    assert (
        Stated(files={"a.ipynb": mine}, starter={"t.ipynb": template}, modules=()).stated("y") == 3
    )
    with pytest.raises(StatementError):
        Stated(files={"a.ipynb": template}, starter={"t.ipynb": template}, modules=()).stated("y")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"cells": 5}', b'{"cells": [5]}', b"\xff"])
def test_what_is_no_notebook_states_nothing(data: bytes) -> None:
    with pytest.raises(StatementError):
        of({"hw.ipynb": data}).recorded(PATTERN)
    with pytest.raises(StatementError):
        of({"hw.ipynb": data}).stated("y")


def test_everybody_means_the_same_files_and_words() -> None:
    assert set(FILES) == ANSWERS_FILES
    assert WHICH == KNOWN_TO_RUBRICS
