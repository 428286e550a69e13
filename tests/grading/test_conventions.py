"""Items of a group hold to one convention: the combination that serves the student best."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.records import ScoreSheet
from tests.grading.classroom import HEAD, Classroom, outcomes, points

GROUP = (
    HEAD
    + """\
probes:
  backprop:
    problem: {id: moons_net, activation: tanh, penalty: absent}
    cases: {plain: {draws: 2}}
    code: |
      from act import backprop
      dW1, db1, dW2, db2 = backprop(X, y, W1, b1, W2, b2)
    answers: {dW1: dW1, db1: db1, dW2: dW2, db2: db2}
groups:
  gradients: {accept: {scaling: [sum, mean]}}
items:
  - {id: dW1, title: "dW1", points: 5, check: gradient, probe: backprop, answer: dW1, group: gradients}
  - {id: db1, title: "db1", points: 4, check: gradient, probe: backprop, answer: db1, group: gradients}
  - {id: dW2, title: "dW2", points: 5, check: gradient, probe: backprop, answer: dW2, group: gradients}
  - {id: db2, title: "db2", points: FOUR, check: gradient, probe: backprop, answer: db2, group: gradients}
"""
)

BACKPROP = """
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    N = len(y)
    hidden = np.tanh(X @ W1 + b1)
    delta = np.exp(hidden @ W2 + b2)
    delta /= delta.sum(axis=1, keepdims=True)
    delta[range(N), y] -= 1
    back = delta @ W2.T * (1 - hidden ** 2)
    dW1, db1, dW2, db2 = X.T @ back, back.sum(axis=0), hidden.T @ delta, delta.sum(axis=0)
    return SCALED
"""


@pytest.fixture(scope="module", params=["4", "6"], ids=["sums_weigh_more", "tie"])
def room(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("group"), GROUP.replace("FOUR", request.param), {})
    yield made
    made.examiner.close()


def grade(room: Classroom, scaled: str) -> ScoreSheet:
    return room.grade(BACKPROP.replace("SCALED", scaled))


@pytest.mark.parametrize(
    ("scaled", "convention"),
    [
        ("dW1, db1, dW2, db2", "scaling=sum"),
        ("dW1 / N, db1 / N, dW2 / N, db2 / N", "scaling=mean"),
    ],
)
def test_any_accepted_convention_is_right_throughout(
    room: Classroom, scaled: str, convention: str
) -> None:
    sheet = grade(room, scaled)
    assert set(outcomes(sheet).values()) == {"correct"}
    assert sheet.conventions == {"gradients": convention}


def test_a_mixture_gets_the_better_convention_and_of_equal_ones_the_first(room: Classroom) -> None:
    """Weights as sums (5 + 5 points), biases as means (4 + 4, or 4 + 6 points)."""
    sheet = grade(room, "dW1, db1 / N, dW2, db2 / N")
    assert sheet.conventions == {"gradients": "scaling=sum"}
    assert points(sheet) == {"dW1": "5", "db1": "0", "dW2": "5", "db2": "0"}


def test_the_better_convention_may_be_the_second(room: Classroom) -> None:
    sheet = grade(room, "dW1, db1 / N, dW2 / N, db2 / N")
    assert sheet.conventions == {"gradients": "scaling=mean"}
    assert points(sheet)["dW1"] == "0"
    assert outcomes(sheet) == {"dW1": "wrong", **dict.fromkeys(["db1", "dW2", "db2"], "correct")}


def test_no_item_is_right_under_a_convention_of_its_own(room: Classroom) -> None:
    sheet = grade(room, "dW1 * 2, db1 / N, dW2 * 3, db2")
    assert sorted(outcomes(sheet).values()) == ["correct", "wrong", "wrong", "wrong"]


def test_gradients_in_doubt_under_the_second_convention_are_left_to_a_person(
    room: Classroom,
) -> None:
    """Means of which one entry is off by more than rounding and less than a mistake: nothing is
    right as sums, and the means may well be; they are undecided, not wrong."""
    doubtful = ", ".join(
        f"{name} / N + 2e-12 * (np.arange({name}.size) == 1).reshape({name}.shape)"
        for name in "dW1 db1 dW2 db2".split()
    )
    sheet = grade(room, doubtful)
    # Of three numbers nobody can tell single precision from anything else.
    assert outcomes(sheet) == {**dict.fromkeys(["dW1", "db1", "dW2"], "unsure"), "db2": "correct"}
    assert sheet.conventions == {"gradients": "scaling=mean"}
