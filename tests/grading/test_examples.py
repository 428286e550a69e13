"""The scenario: the real command grades the example homeworks, and every cell is as expected.

The expected scores were worked out by hand from the rubrics' points; the column ``reason`` tells how.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from grader.grading.explaining import FAULT
from tests.cli.command import ROOT, grader, scores

Rows = dict[str, dict[str, str]]

WHOLE = ("elec576-a1", "ece247-hw3", "cs231n-a1")
LATER = ("ece247-hw4", "ece247-hw5", "cs231n-a2")
"""Homework that follows on another one of its course."""
SINGLE = ("autoencoder", "backprop-by-hand", "gplvm", "rbm", "sigmoid-mlp")
"""Rubrics of one problem each."""
HANGS = {"ece247-hw3": ("--limit", "train.cpu_s=3")}
"""Where an example never ends in a probe that has much time: less of it shows the same."""


def expected(homework: str) -> Rows:
    path = ROOT / "submissions_example" / homework / "expected.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def differing(right: Rows, came: Rows) -> list[str]:
    """Return every cell that is not as expected, with the reason for what was."""
    return [
        f"{student}, {name}: {came[student][name]!r}, not {cell!r}. {row['reason']}"
        for student, row in right.items()
        for name, cell in row.items()
        if name not in ("student", "reason") and came[student][name] != cell
    ]


@pytest.mark.parametrize("homework", [*WHOLE, *LATER, *SINGLE])
def test_every_cell_is_as_worked_out_by_hand(homework: str, tmp_path: Path) -> None:
    folder, limits = f"submissions_example/{homework}", HANGS.get(homework, ())
    done = grader("grade", folder, "--rubric", homework, "-o", tmp_path, *limits)
    assert done.returncode == 0, done.stderr
    rows = {row["student"]: row for row in scores(tmp_path).values()}
    assert set(rows) == set(expected(homework))
    assert differing(expected(homework), rows) == []
    assert_consistent(rows, {"timed_out"} if homework in WHOLE else set())


def assert_consistent(rows: Rows, more: set[str]) -> None:
    """Assert what holds for every table of examples: exact sums, and outcomes kept apart."""
    found = set()
    for student, row in rows.items():
        items = [name for name in row if f"{name}.outcome" in row]
        decided = [Decimal(row[name]) for name in items if row[name]]
        assert sum(decided) == Decimal(row["total"]), student
        assert row["status"] == ("graded" if len(decided) == len(items) else "undecided")
        found |= {row[f"{name}.outcome"] for name in items}
        assert FAULT not in row["flags"], student
    assert {"correct", "partial", "wrong", "not_implemented", "load_failed"} | more <= found
    assert not found & {"grader_fault", "unsure"}
