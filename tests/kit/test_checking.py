"""A check of one's own files: where walls are missing, there is a way without them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import nbformat
import pytest

from grader.errors import UsageError
from grader.kit import checking
from grader.kit.checking import checked
from grader.kit.frozen import plan_of_kit
from grader.kit.record import read_kit
from grader.sandbox.levels import available_level
from grader.submission import one_submission
from tests.grading.classroom import RIGHT, outcomes, put
from tests.kit.handed_out import handed_out


def test_walls_that_cannot_be_had_are_told_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of_kit(read_kit(handed_out(tmp_path) / "tiny.kit"), ["out"])
    work = put(tmp_path / "act.py", RIGHT)
    found = one_submission([work], plan.rubric.modules.expected)
    monkeypatch.setattr(checking, "available_level", lambda: 9)
    with pytest.raises(UsageError) as raised:
        checked(plan, found)
    assert f"isolation level 9 is not available here, {available_level()} is" in str(raised.value)
    assert "your own code needs no walls: add --no-walls" in str(raised.value)
    sheet, _ = checked(plan, found, has_walls=False)
    assert outcomes(sheet) == {"out": "correct"}


def test_a_notebook_without_what_reads_it_is_nobodys_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of_kit(read_kit(handed_out(tmp_path) / "tiny.kit"), ["out"])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(RIGHT)])
    work = put(tmp_path / "hw" / "act.ipynb", nbformat.writes(notebook))
    found = one_submission([work], plan.rubric.modules.expected)
    assert outcomes(checked(plan, found)[0]) == {"out": "correct"}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="takes nbformat, which is not installed") as raised:
        checked(plan, found)
    assert "with [notebooks] behind the wheel's name" in str(raised.value)
