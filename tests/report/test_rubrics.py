"""What a rubric's items look like in a terminal: who is a guard, and how points are divided."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from grader.report.rubrics import print_rubric
from grader.rubric import find_rubric, load_rubric
from tests.grading.classroom import TANH, write_rubric


def shown(name: str) -> dict[str, list[str]]:
    """Return the cells of each item of a rubric; wide enough that none is broken."""
    console = Console(file=io.StringIO(), width=300)
    print_rubric(console, load_rubric(find_rubric(name)))
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    rows = [line.split("│")[1:-1] for line in text.splitlines() if line.startswith("│")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}


def test_shares_of_cases_and_answers_stand_beside_guards() -> None:
    items = shown("ece247-hw3")

    assert items["q4.dW1"][2:5] == [
        "plain 0.7, decay 0.3; guards: single, square, hot, wide",
        "dW1",
        "0.5",
    ]
    assert items["q5.affine_backward"][2:5] == [
        "plain, single, square",
        "dx 0.375, dw 0.375, db 0.25",
        "",
    ]
    assert items["q1.a"][1:5] == ["written", "", "", ""]


def test_what_draws_no_inputs_has_no_cases() -> None:
    items = shown("ece247-hw3")

    assert items["q4.tuned"][1:4] == ["recorded", "no draws: read from the files", "accuracy"]
    assert items["q4.train"][2] == "data set blobs"


def test_what_lateness_costs_and_what_is_on_the_leaderboard_is_told(tmp_path: Path) -> None:
    late = "late: {per_day: 12.5, of: earned, grace_h: 0.25, most: 50}\nprobes:"
    text = TANH.replace("probes:", late).replace("answer: dz}", "answer: dz, leaderboard: Best}")
    console = Console(file=io.StringIO(), width=200)
    print_rubric(console, load_rubric(write_rubric(tmp_path, text)))
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert (
        "late: 12.5 % of what was earned for each day that has begun, at most 50 %, "
        "after 0.25 h of grace\nleaderboard: Best, the points of dz\n"
    ) in told
