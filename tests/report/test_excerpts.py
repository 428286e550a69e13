"""Where the functions of an item stand, found in text that is never parsed."""

from __future__ import annotations

import json

import pytest

from grader.records import SourceFile
from grader.report.excerpts import MOST_LINES, Excerpt, Sources, calls_of
from tests.report.made_run import rubric

ITEMS = {item.id: item for item in rubric().items}
NAME = "three_layer_neural_network.py"


def found(item: str, *files: tuple[str, str]) -> list[Excerpt]:
    sources = Sources([SourceFile(path=path, data=text.encode()) for path, text in files])
    return list(sources.called(calls_of(ITEMS[item], rubric().probes)))


def test_a_method_is_shown_from_its_def_to_where_its_indentation_ends() -> None:
    text = (
        "class NeuralNetwork:\n"
        "    def actFun(self, z,\n"
        "               type):\n"
        "        # how\n"
        "\n"
        "        return z\n"
        "\n"
        "    def other(self):\n"
        "        pass\n"
    )
    assert found("act.tanh", (NAME, text)) == [
        Excerpt(
            place=NAME,
            line=2,
            text="    def actFun(self, z,\n               type):\n        # how\n\n        return z",
            is_cut=False,
        )
    ]


def test_of_two_of_that_name_the_one_in_the_class_and_module_that_are_asked_is_shown() -> None:
    other = "class Deep:\n    def backprop(self): return 'other class'\n"
    right = "class NeuralNetwork:\n    def backprop(self): return 'right'\n"
    away = "class NeuralNetwork:\n    def backprop(self): return 'other file'\n"
    shown = found("backprop.dW1", ("a_copy.py", away), (NAME, other + right))
    assert [(one.place, one.line) for one in shown] == [(NAME, 4)]


def test_in_a_notebook_the_cell_is_told() -> None:
    cells = [
        {"cell_type": "markdown", "source": "def calculate_loss(self): no code"},
        {
            "cell_type": "code",
            "source": ["import numpy\n", "def calculate_loss(self):\n", "    return 1"],
        },
    ]
    (shown,) = found("loss", ("hw.ipynb", json.dumps({"cells": cells})))
    assert (shown.place, shown.line) == ("hw.ipynb, cell 2", 2)
    assert shown.text == "def calculate_loss(self):\n    return 1"


def test_a_very_long_function_is_cut_and_says_so() -> None:
    text = "def calculate_loss(self):\n" + "    x = 1\n" * 500
    (shown,) = found("loss", (NAME, text))
    assert shown.is_cut
    assert len(shown.text.splitlines()) == MOST_LINES


@pytest.mark.parametrize(
    "text",
    ["", "def", "def (", "x = 'calculate_loss'", "# def calculate_loss", "\x00\xff", "class\ndef"],
)
def test_what_is_no_definition_is_not_found(text: str) -> None:
    assert found("loss", (NAME, text)) == []


def test_a_file_that_is_not_utf_8_is_read_as_far_as_it_can_be() -> None:
    data = b"# \xff\xfe\ndef calculate_loss(self):\n    return '\xff'\n"
    sources = Sources([SourceFile(path=NAME, data=data)])
    (shown,) = sources.called(calls_of(ITEMS["loss"], rubric().probes))
    assert shown.line == 2
