"""A wrong answer that follows from an earlier mistake of one's own earns its carried share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.records import ScoreSheet
from tests.grading.classroom import HEAD, Classroom, messages, outcomes, points

NET = (
    HEAD.replace("act.py", "net.py")
    + """\
probes:
  net:
    problem: two_layer_net
    cases: {plain: {draws: 2}, decay: {}, single: {}}
    code: |
      from net import loss_and_gradients
      loss, dW1, db1, dW2, db2 = loss_and_gradients(X, y, W1, b1, W2, b2, reg)
    answers: {loss: loss, dW1: dW1, db1: db1, dW2: dW2, db2: db2}
    loss: loss
items:
  - {id: loss, title: Loss, points: 4, check: value, probe: net, answer: loss, credit: &parts {cases: {plain: 0.7, decay: 0.3}}}
  - id: dW1
    title: "Gradient in W1"
    points: 4
    check: gradient
    probe: net
    answer: dW1
    credit: &carried {cases: {plain: 0.7, decay: 0.3}, carried: 0.5}
  - {id: dW2, title: "Gradient in W2", points: 4, check: gradient, probe: net, answer: dW2, credit: *carried}
  - {id: db, title: "Gradients in the biases", points: 4, check: gradient, probe: net, answer: [db1, db2], credit: {carried: 0.5}}
"""
)

RIGHT = """\
import numpy as np

def loss_and_gradients(X, y, W1, b1, W2, b2, reg):
    N = len(y)
    hidden = np.maximum(X @ W1 + b1, 0)
    scores = hidden @ W2 + b2
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(N), y]).mean() + 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))
    G = probs.copy()
    G[np.arange(N), y] -= 1
    G /= N
    back = G @ W2.T * (hidden > 0)
    return loss, X.T @ back + reg * W1, back.sum(0), hidden.T @ G + reg * W2, G.sum(0)
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("carried"), NET, {})
    yield made
    made.examiner.close()


def grade(room: Classroom, *changes: tuple[str, str]) -> ScoreSheet:
    source = RIGHT
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return room.grade(net=source)


def test_right_code_needs_nothing_carried(room: Classroom) -> None:
    assert set(outcomes(grade(room)).values()) == {"correct"}


def test_the_exact_derivative_of_an_own_wrong_loss_earns_the_carried_share(room: Classroom) -> None:
    """The sum in place of the mean, in loss and gradients alike: right for a single example."""
    sheet = grade(room, (".mean() +", ".sum() +"), ("    G /= N\n", ""))
    assert points(sheet) == {"loss": "0", "dW1": "2", "dW2": "2", "db": "2"}
    assert outcomes(sheet) == {"loss": "wrong", **dict.fromkeys(["dW1", "dW2", "db"], "partial")}
    assert (
        "Carried forward: dW1 is the derivative of your own loss, which is wrong itself ("
        in messages(sheet)["dW1"]
    )


def test_a_part_that_is_right_keeps_all_of_its_points(room: Classroom) -> None:
    """No penalty in loss and gradients: only ``decay`` is wrong, and follows from the loss."""
    sheet = grade(
        room,
        (" + 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))", ""),
        (" + reg * W1", ""),
        (" + reg * W2", ""),
    )
    assert points(sheet) == {"loss": "2.8", "dW1": "3.4", "dW2": "3.4", "db": "4"}


def test_a_wrong_gradient_of_a_right_loss_earns_nothing_more(room: Classroom) -> None:
    sheet = grade(room, ("    G /= N\n", ""))
    assert points(sheet) == {"loss": "4", "dW1": "0", "dW2": "0", "db": "0"}


def test_a_gradient_that_is_not_of_the_own_loss_either_earns_nothing(room: Classroom) -> None:
    sheet = grade(room, (".mean() +", ".sum() +"), ("    G /= N\n", "    G *= 2\n"))
    assert points(sheet) == {"loss": "0", "dW1": "0", "dW2": "0", "db": "0"}


def test_a_loss_that_does_not_move_carries_nothing(room: Classroom) -> None:
    sheet = grade(
        room,
        ("return loss,", "return 0.0,"),
        ("X.T @ back + reg * W1", "0 * W1"),
        ("hidden.T @ G + reg * W2", "0 * W2"),
    )
    assert {name: points(sheet)[name] for name in ("loss", "dW1", "dW2")} == {
        "loss": "0",
        "dW1": "0",
        "dW2": "0",
    }


def test_a_random_loss_carries_nothing(room: Classroom) -> None:
    noisy = ("loss = -np.log", "loss = 1e-3 * np.random.default_rng().normal() - np.log")
    sheet = grade(room, noisy, ("    G /= N\n", ""))
    assert points(sheet)["dW1"] == "0"


def test_a_loss_with_a_stabiliser_is_right_and_a_wrong_gradient_is_not_carried_by_it(
    room: Classroom,
) -> None:
    sheet = grade(
        room,
        ("np.log(probs[np.arange(N), y])", "np.log(probs[np.arange(N), y] + 1e-8)"),
        ("    G /= N\n", ""),
    )
    assert points(sheet) == {"loss": "4", "dW1": "0", "dW2": "0", "db": "0"}


def test_what_was_asked_along_lines_is_in_the_transcript(room: Classroom) -> None:
    _, transcript = room.examine(
        net=RIGHT.replace(".mean() +", ".sum() +").replace("    G /= N\n", "")
    )
    assert {key.wrt for key in transcript.sweeps} == {"W1", "W2", "b1", "b2"}
    assert {key.line for key in transcript.sweeps} == {0, 1, 2}
