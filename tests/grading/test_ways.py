"""An item that can be earned in several ways: the better one counts, and the sheet says which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from grader.grading.mistakes import trials
from grader.grading.ways import by_best_way
from grader.records import Outcome, Verdict
from tests.grading.classroom import HEAD, Classroom, messages, points

RUBRIC = (
    HEAD
    + """\
probes:
  code:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from act import backward
      dz = backward(dout, z)
    answers: {dz: dz}
  notes:
    draws: none
    answers: {slope: stated("slope")}
items:
  - id: dz
    title: "The slope of tanh"
    points: 6
    hint: "One minus the square."
    any_of:
      - {name: code, check: gradient, probe: code, answer: dz}
      - {name: number, check: number, probe: notes, answer: slope, value: 0.42, within: 0.01}
"""
)
STARTER = {"act.py": "slope = None\n\n\ndef backward(dout, z):\n    pass\n"}
RIGHT = "import numpy as np\n\ndef backward(dout, z):\n    return dout * (1 - np.tanh(z) ** 2)\n"
WRONG = RIGHT.replace("1 - np", "1 + np")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("ways"), RUBRIC, STARTER)
    yield made
    made.examiner.close()


@pytest.mark.parametrize(
    ("source", "earned", "told", "note"),
    [
        (
            RIGHT,
            "6",
            "As “code”: The gradient is right",
            "counted: code; not counted: number (not_implemented)",
        ),
        (WRONG, "0", "As “code”: ", "counted: code; not counted: number (not_implemented)"),
        (
            WRONG + "slope = 0.42\n",
            "6",
            "As “number”: ",
            "counted: number; not counted: code (wrong)",
        ),
        ("slope = 0.42\n", "6", "As “number”: ", "not counted: code (not_implemented)"),
        (
            RIGHT + "slope = 5\n",
            "6",
            "As “code”: The gradient is right",
            "not counted: number (wrong)",
        ),
    ],
    ids=["code", "wrong code", "number beside wrong code", "number", "code beside a wrong number"],
)
def test_the_better_way_counts_and_is_named(
    room: Classroom, source: str, earned: str, told: str, note: str
) -> None:
    sheet = room.grade(source)

    assert points(sheet) == {"dz": earned}
    assert messages(sheet)["dz"].startswith(told)
    assert any(note in noted for noted in sheet.scores[0].verdict.notes)


def test_the_untouched_starter_has_not_begun_in_any_way(room: Classroom) -> None:
    assert room.outcomes(STARTER["act.py"]) == {"dz": "not_implemented"}


def test_a_mistake_in_one_way_loses_points_of_the_item(room: Classroom) -> None:
    assert {name for trial in trials(room.plan) for name in trial.lost} == {"dz"}


def test_what_is_undecided_may_still_earn_all(room: Classroom) -> None:
    (item,) = room.plan.items
    half = Verdict(outcome=Outcome.PARTIAL, credit=Decimal("0.5"), message="half")
    unsure = Verdict(outcome=Outcome.UNSURE, credit=Decimal(0), message="look")
    full = replace(half, outcome=Outcome.CORRECT, credit=Decimal(1))

    undecided = by_best_way([item], {"dz:code": half, "dz:number": unsure})
    decided = by_best_way([item], {"dz:code": full, "dz:number": unsure})

    assert undecided["dz"].outcome is Outcome.UNSURE
    assert decided["dz"].outcome is Outcome.CORRECT
