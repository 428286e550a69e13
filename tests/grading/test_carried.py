"""A wrong answer that follows from an earlier mistake of one's own earns its carried share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        ("sum(v.sum() for v in {all})", "np.ones_like({v})"),
        ("1e-30 * sum(v.sum() for v in {all})", "1e-30 * np.ones_like({v})"),
        ("0.5 * sum((v ** 2).sum() for v in {all})", "{v}.copy()"),
        ("1 + 1e-7 * sum(v.sum() for v in {all})", "1e-7 * np.ones_like({v})"),
        ("0.5 * sum((v ** 2).sum() for v in {all}) + (X ** 2).sum()", "{v}.copy()"),
    ],
)
def test_what_is_no_loss_of_the_data_carries_nothing(
    room: Classroom, loss: str, slope: str
) -> None:
    names = ("W1", "b1", "W2", "b2")
    every = f"({', '.join(names)})"
    parts = [loss.format(all=every), *(slope.format(v=name) for name in names)]
    head = "import numpy as np\n\ndef loss_and_gradients(X, y, W1, b1, W2, b2, reg):\n"
    sheet = room.grade(net=f"{head}    return {', '.join(parts)}\n")
    assert points(sheet) == {"loss": "0", "dW1": "0", "dW2": "0", "db": "0"}


def test_garbage_on_another_draw_than_the_first_carries_nothing(room: Classroom) -> None:
    sheet = grade(
        room,
        (".mean() +", ".sum() +"),
        ("    G /= N\n", ""),
        ("return loss, X.T @ back + reg * W1", "return loss, X.T @ back if N == 7 else 0 * W1 + 3"),
    )
    assert points(sheet) == {"loss": "0", "dW1": "0", "dW2": "2", "db": "2"}


def test_a_loss_in_single_precision_carries_as_well(room: Classroom) -> None:
    single = (
        "    N = len(y)\n",
        "    N = len(y)\n"
        "    X, W1, b1, W2, b2 = (np.float32(v) for v in (X, W1, b1, W2, b2))\n"
        "    reg = np.float32(reg)\n",
    )
    sheet = grade(room, single, (".mean() +", ".sum() +"), ("    G /= N\n", ""))
    assert points(sheet) == {"loss": "0", "dW1": "2", "dW2": "2", "db": "2"}
    double = ("X.T @ back + reg * W1", "1.02 * X.T @ back + reg * W1")
    sheet = grade(room, single, double, (".mean() +", ".sum() +"), ("    G /= N\n", ""))
    assert points(sheet)["dW1"] == "0"


LATE = (
    NET.replace("total_s: 20", "total_s: 4").replace(
        "items:\n",
        """\
  late:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from net import forward
      out = forward(z)
    answers: {out: out}
items:
""",
    )
    + "  - {id: out, title: Late, points: 4, check: value, probe: late, answer: out}\n"
)

HANGING = """
KNOWN = []

def forward(z):
    key = float(z.sum())
    if key not in KNOWN and len(KNOWN) < 2:
        KNOWN.append(key)
    out = np.tanh(z)
    out.flat[0] += 1e-11 * (key in KNOWN)
    return out

SEEN = set()
first = loss_and_gradients

def loss_and_gradients(X, y, W1, b1, W2, b2, reg):
    if hash(W1.tobytes()) not in SEEN and len(SEEN) > 5:
        while True:
            pass
    SEEN.add(hash(W1.tobytes()))
    return first(X, y, W1, b1, W2, b2, reg)
"""


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("late"), LATE, {})
    yield made
    made.examiner.close()


def test_a_loss_that_hangs_off_its_point_costs_no_other_item(late: Classroom) -> None:
    """The last item is in doubt at first, and right on the draws that it is given more."""
    source = RIGHT.replace(".mean() +", ".sum() +").replace("    G /= N\n", "    G *= 2\n")
    sheet = late.grade(net=source + HANGING)
    assert outcomes(sheet)["out"] == "correct"
    assert points(sheet)["out"] == "4"


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


# --- from the own earlier answers --------------------------------------------------------------

GIVEN = (
    HEAD.replace("act.py", "net.py")
    + """\
probes:
  net:
    problem: {id: moons_net, activation: tanh, penalty: absent}
    cases: {plain: {draws: 2}, single: {}}
    code: |
      from net import forward, backward, slope
      a1, probs = forward(X, W1, b1, W2, b2)
      dW1, db1, dW2, db2 = backward(X, y, a1, probs, W2, slope(X @ W1 + b1))
    answers: {dW1: dW1, dW2: dW2, a1: a1, probs: probs, slope1: "slope(X @ W1 + b1)"}
items:
  - {id: probs, title: Probabilities, points: 4, check: value, probe: net, answer: probs}
  - {id: slope, title: Slope, points: 4, check: value, probe: net, answer: slope1}
  - {id: dW1, title: "Gradient in W1", points: 10, check: gradient, probe: net, answer: dW1, credit: &given {carried: 0.6, given: [a1, probs, slope1]}}
  - {id: dW2, title: "Gradient in W2", points: 10, check: gradient, probe: net, answer: dW2, credit: *given}
"""
)

MOONS = """\
import numpy as np

def forward(X, W1, b1, W2, b2):
    a1 = np.tanh(X @ W1 + b1)
    scores = np.exp(a1 @ W2 + b2)
    return a1, scores / scores.sum(axis=1, keepdims=True)

def slope(z):
    return 1 - np.tanh(z) ** 2

def backward(X, y, a1, probs, W2, slope1):
    delta = (probs - np.eye(probs.shape[1])[y]) / len(y)
    back = delta @ W2.T * slope1
    return X.T @ back, back.sum(0), a1.T @ delta, delta.sum(0)
"""


@pytest.fixture(scope="module")
def moons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("given"), GIVEN, {})
    yield made
    made.examiner.close()


@pytest.mark.parametrize(
    ("old", "new", "earned", "named"),
    [
        (
            "np.tanh(X @ W1 + b1)",
            "np.tanh(X @ W1)",
            {"probs": "0", "slope": "4", "dW1": "6", "dW2": "6"},
            "a1 and probs, which are wrong",
        ),
        (
            "1 - np.tanh(z) ** 2",
            "1 - z ** 2",
            {"probs": "4", "slope": "0", "dW1": "6", "dW2": "10"},
            "slope1, which is wrong",
        ),
        (
            "np.exp(a1 @ W2 + b2)",
            "np.exp(a1 @ W2)",
            {"probs": "0", "slope": "4", "dW1": "6", "dW2": "6"},
            "probs, which are wrong",
        ),
    ],
)
def test_what_is_right_for_the_own_earlier_answers_earns_the_carried_share(
    moons: Classroom, old: str, new: str, earned: dict[str, str], named: str
) -> None:
    assert old in MOONS
    sheet = moons.grade(net=MOONS.replace(old, new))
    assert points(sheet) == earned
    assert f"Carried forward: dW1 is right for your own {named}." in messages(sheet)["dW1"]


def test_a_second_mistake_earns_nothing(moons: Classroom) -> None:
    wrong = MOONS.replace("np.tanh(X @ W1 + b1)", "np.tanh(X @ W1)").replace(" / len(y)", "")
    assert points(moons.grade(net=wrong)) == {"probs": "0", "slope": "4", "dW1": "0", "dW2": "0"}


def test_one_huge_answer_does_not_hide_what_stands_beside_it(moons: Classroom) -> None:
    huge = MOONS.replace(
        "return 1 - np.tanh(z) ** 2",
        "out = 1 - np.tanh(z) ** 2\n    out[:, 0] = 1e13\n    return out",
    )
    assert points(moons.grade(net=huge))["dW1"] == "6"
    hidden = huge.replace(
        "return X.T @ back,", "dW1 = X.T @ back\n    dW1[:, 1:] = 0.123\n    return dW1,"
    )
    assert points(moons.grade(net=hidden))["dW1"] == "0"


def test_zeros_that_follow_from_zeros_earn_nothing(moons: Classroom) -> None:
    nothing = MOONS.replace("a1 = np.tanh(X @ W1 + b1)", "a1 = 0 * (X @ W1)")
    assert points(moons.grade(net=nothing))["dW2"] == "0"


# --- inputs that are changed in place ----------------------------------------------------------

MUTATED = (
    HEAD
    + """\
probes:
  out:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from act import forward
      out = forward(z)
    answers: {out: out}
items:
  - {id: lenient, title: "tanh", points: 4, check: value, probe: out, answer: out}
  - {id: strict, title: "tanh", points: 4, check: value, probe: out, answer: out, credit: {mutated: 0.75}}
"""
)


def test_inputs_changed_in_place_are_told_and_cost_what_the_rubric_says(
    tmp_path: pytest.TempPathFactory,
) -> None:
    room = Classroom(tmp_path, MUTATED, {})
    try:
        in_place = "import numpy as np\n\ndef forward(z):\n    return np.tanh(z, out=z)\n"
        sheet = room.grade(in_place)
        assert points(sheet) == {"lenient": "4", "strict": "3"}
        assert outcomes(sheet) == {"lenient": "correct", "strict": "partial"}
        for score in sheet.scores:
            assert "your code changes its input in place: z" in score.verdict.notes
        clean = room.grade("import numpy as np\n\ndef forward(z):\n    return np.tanh(z)\n")
        assert points(clean) == {"lenient": "4", "strict": "4"}
        assert not any("in place" in note for score in clean.scores for note in score.verdict.notes)
    finally:
        room.examiner.close()


# --- the same objects asked twice ----------------------------------------------------------------

AGAIN = (
    NET.replace("    loss: loss\n", "")
    .replace(
        "      from net import loss_and_gradients\n      loss, dW1, db1, dW2, db2 = loss_and_gradients(X, y, W1, b1, W2, b2, reg)\n",
        "      from net import Net\n      net = Net(W1, b1, W2, b2)\n      loss, dW1, db1, dW2, db2 = net.loss(X, y, reg)\n",
    )
    .replace(
        "    answers: {loss",
        "    again: loss, dW1, db1, dW2, db2 = net.loss(X[::-1].copy(), y[::-1].copy(), reg)\n    answers: {loss",
    )
    .replace(", carried: 0.5", "")
    .replace(", credit: {carried: 0.5}", "")
)

OBJECT = (
    RIGHT
    + """
class Net:
    def __init__(self, W1, b1, W2, b2):
        self.params = (W1, b1, W2, b2)

    def loss(self, X, y, reg):
        return loss_and_gradients(X, y, *self.params, reg)
"""
)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("again"), AGAIN, {})
    yield made
    made.examiner.close()


def test_an_object_that_answers_alike_twice_is_right(twice: Classroom) -> None:
    assert set(outcomes(twice.grade(net=OBJECT)).values()) == {"correct"}


def test_gradients_that_add_up_from_call_to_call_are_unstable(twice: Classroom) -> None:
    adding = OBJECT.replace(
        "        return loss_and_gradients(X, y, *self.params, reg)\n",
        "        loss, *new = loss_and_gradients(X, y, *self.params, reg)\n"
        "        self.sums = [a + b for a, b in zip(getattr(self, 'sums', [0] * 4), new)]\n"
        "        return (loss, *self.sums)\n",
    )
    sheet = twice.grade(net=adding)
    assert outcomes(sheet) == {"loss": "correct", **dict.fromkeys(["dW1", "dW2", "db"], "unstable")}
    assert points(sheet)["dW1"] == "0"
    assert "something is kept from one call to the next" in messages(sheet)["dW1"]


def test_a_stale_cache_is_unstable(twice: Classroom) -> None:
    stale = OBJECT.replace(
        "        return loss_and_gradients(X, y, *self.params, reg)\n",
        "        if not hasattr(self, 'kept'):\n            self.kept = X\n"
        "        return loss_and_gradients(self.kept, y, *self.params, reg)\n",
    )
    assert set(outcomes(twice.grade(net=stale)).values()) == {"unstable"}


def test_parameters_changed_in_place_are_told_and_are_no_state_that_is_kept(
    twice: Classroom,
) -> None:
    stepping = OBJECT.replace(
        "        return loss_and_gradients(X, y, *self.params, reg)\n",
        "        loss, dW1, db1, dW2, db2 = loss_and_gradients(X, y, *self.params, reg)\n"
        "        self.params[2][...] -= 0.01 * dW2\n"
        "        return loss, dW1, db1, dW2, db2\n",
    )
    sheet = twice.grade(net=stepping)
    assert set(outcomes(sheet).values()) == {"correct"}
    for score in sheet.scores:
        assert "your code changes its input in place: W2" in score.verdict.notes


def test_an_answer_that_lies_in_a_changed_input_stays_what_it_was(tmp_path: Path) -> None:
    rubric = MUTATED.replace(
        "    answers: {out: out}\n", "    again: out = forward(z)\n    answers: {out: out}\n"
    )
    room = Classroom(tmp_path, rubric, {})
    try:
        in_place = "import numpy as np\n\ndef forward(z):\n    return np.tanh(z, out=z)\n"
        assert outcomes(room.grade(in_place)) == {"lenient": "correct", "strict": "partial"}
    finally:
        room.examiner.close()


DROPOUT = (
    HEAD.replace("act.py", "net.py")
    + """\
probes:
  dropout:
    problem: dropout
    cases: {plain: {draws: 2}}
    code: |
      from net import forward, backward
      scaled, dscaled, dropped_gradient = forward(x, keep), *backward(dout, keep)
    answers: {scaled: scaled, dscaled: dscaled, dropped_gradient: dropped_gradient}
items:
  - id: backward
    title: Backward
    points: 3
    check: value
    probe: dropout
    answer: [dscaled, dropped_gradient]
    credit: {carried: 1, given: [scaled]}
"""
)


@pytest.mark.parametrize(
    ("dropped", "earned"), [("0 * dout", "3"), ("dout", "0")], ids=["right", "wrong too"]
)
def test_an_answer_that_hangs_on_no_earlier_one_is_not_carried_by_it(
    dropped: str, earned: str, tmp_path: Path
) -> None:
    source = f"""\
def forward(x, keep):
    return x * keep

def backward(dout, keep):
    return dout * keep, {dropped}
"""
    room = Classroom(tmp_path, DROPOUT, {})
    try:
        sheet = room.grade(net=source)
    finally:
        room.examiner.close()
    assert points(sheet) == {"backward": earned}
