"""Who moves between two runs because people said so: by marks, and by adjustments."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from grader.grading.comparing import compare_runs
from grader.records import Adjustment
from tests.gradebook.books import AMBER, BIRCH, RIGHT, handed_in, put_run

TEAM = replace(handed_in(AMBER, RIGHT, RIGHT, name="team"), people=(AMBER, BIRCH))


def given(points: str, reason: str, student: str = "") -> Adjustment:
    return Adjustment(kind="adjust", points=Decimal(points), reason=reason, student=student)


def test_a_total_that_is_adjusted_moves_its_student_and_says_why(tmp_path: Path) -> None:
    first = put_run(tmp_path / "one", replace(TEAM, adjustments=(given("-1", "no README"),)))
    changed = (given("-1", "no README"), given("2", "bonus", BIRCH.student_id))
    second = put_run(tmp_path / "two", replace(TEAM, adjustments=changed))
    (move,) = compare_runs(first, second)
    assert (move.students, move.item, move.why) == ("1002", "(adjustments)", "adjust: bonus")
    assert (move.before, move.after, move.change) == (-1, 1, 2)
    back = compare_runs(second, first)
    assert [(one.change, one.why) for one in back] == [(-2, "not any more: adjust: bonus")]
    assert compare_runs(first, first) == []
