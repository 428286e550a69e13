"""What was written in words, for whoever marks it."""

from __future__ import annotations

import json

import pytest

from grader.records import Outcome, SourceFile
from grader.report.written import Passage, beside, is_marked_by_hand, passages
from tests.report.made_run import sheet, verdict
from tests.scoring import made


def notebook(*cells: str, path: str = "hw.ipynb") -> SourceFile:
    made_of = [{"cell_type": "markdown", "source": text} for text in cells]
    return SourceFile(path=path, data=json.dumps({"cells": made_of}).encode())


def test_markdown_cells_are_shown_but_for_the_templates_own() -> None:
    found = passages(
        [notebook("# Homework", "Because.", " "), SourceFile(path="net.py", data=b"# no")],
        [notebook("# Homework\n", path="starter.ipynb")],
    )
    assert found == (Passage(place="hw.ipynb, cell 2", text="Because."),)


@pytest.mark.parametrize(
    ("head", "is_named"),
    [
        ("## 1a\nBecause.", True),
        ("1 (a) Because", True),
        ("**Question 1.a**", True),
        ("Q1(a): because", True),
        ("### Two paths to W", True),
        ("## 11a", False),
        ("## 1b", False),
        ("In 2021 a thing\nwas 1a", False),
        ("## 1 and a", False),
    ],
)
def test_a_cell_stands_beside_the_item_that_its_first_line_names(head: str, is_named: bool) -> None:
    item = made.item("q1.a", title="Two paths to W")
    assert beside(item, [Passage(place="", text=head)]) == ((0,) if is_named else ())


def test_words_are_looked_for_only_where_a_person_marks() -> None:
    assert is_marked_by_hand(sheet("ana", [verdict(Outcome.AWAITING_MARK)]))
    assert is_marked_by_hand(sheet("ana", items=[made.item("q1", check="written")]))
    assert not is_marked_by_hand(sheet("ana"))
