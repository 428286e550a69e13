"""How a submission is called: spellings, fallbacks, the starter beneath, a process per kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading.examiner import Examiner
from grader.grading.planning import make_plan
from grader.records import DrawKey, Transcript
from grader.rubric import load_rubric
from tests.grading.classroom import (
    HEAD,
    RIGHT,
    TANH,
    Classroom,
    messages,
    points,
    submission,
    write_rubric,
)
from tests.grading.test_conventions import GROUP

SPELLINGS = (
    HEAD
    + """\
probes:
  out:
    problem: tanh
    cases: {plain: {draws: 2}}
    variants:
      - name: lower case
        code: |
          from act import act
          out = act(z, "tanh")
      - name: capitalised
        code: |
          from act import act
          out = act(z, "Tanh")
    answers: {out: out}
  pair:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from act import forward, backward
      out, cache = forward(z)
      dz = backward(dout, cache)
    fallback: |
      from act import backward
      dz = backward(dout, z)
    answers: {dz: dz}
items:
  - {id: out, title: "tanh", points: 4, check: value, probe: out, answer: out}
  - {id: dz, title: "Backwards", points: 6, check: gradient, probe: pair, answer: dz}
"""
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("spellings"), SPELLINGS, {"act.py": "x = 1\n"})
    yield made
    made.examiner.close()


def chosen(transcript: Transcript) -> str:
    return transcript.variants["out"]


PAIR = """
import numpy as np

def forward(z):
    return np.tanh(z), z

def backward(dout, cache):
    return dout * (1 - np.tanh(cache) ** 2)
"""


@pytest.mark.parametrize(
    ("code", "variant"),
    [
        ("return {'tanh': np.tanh}[kind](z)", "lower case"),
        ("return {'Tanh': np.tanh}[kind](z)", "capitalised"),
        ("return np.tanh(z) if kind == 'Tanh' else None", "capitalised"),
        ("return np.tanh(z) if kind == 'Tanh' else 0.0", "capitalised"),
        ("return np.tanh(z) if kind.lower() == 'tanh' else None", "lower case"),
    ],
)
def test_the_spelling_that_works_is_taken(room: Classroom, code: str, variant: str) -> None:
    sheet, transcript = room.examine(PAIR, f"def act(z, kind):\n    {code}\n")
    assert points(sheet)["out"] == "4"
    assert chosen(transcript) == variant
    assert sheet.flags == ()


def test_a_branch_for_all_other_words_does_not_hide_the_right_spelling(room: Classroom) -> None:
    """``else: relu`` answers every unknown word, in the right shape and wrongly."""
    code = "def act(z, kind):\n    return np.tanh(z) if kind == 'Tanh' else np.maximum(z, 0)\n"
    sheet, transcript = room.examine(PAIR, code)
    assert (points(sheet)["out"], chosen(transcript)) == ("4", "capitalised")


def test_one_spelling_holds_for_all_draws(room: Classroom) -> None:
    """Right under each name, but on another draw: that is no right function."""
    code = """
    calls = []
    def act(z, kind):
        calls.append(kind)
        return np.tanh(z) if (kind == 'Tanh') == (len(calls) < 3) else z
    """
    sheet, transcript = room.examine(PAIR, code)
    assert (points(sheet)["out"], chosen(transcript)) == ("0", "capitalised")


def test_a_wrong_function_is_called_the_first_way(room: Classroom) -> None:
    sheet, transcript = room.examine(PAIR, "def act(z, kind):\n    return np.sin(z)\n")
    assert (points(sheet)["out"], chosen(transcript)) == ("0", "lower case")
    assert "differs in" in messages(sheet)["out"]


def test_a_function_that_never_ends_is_not_called_a_second_way(room: Classroom) -> None:
    sheet, transcript = room.examine(PAIR, "def act(z, kind):\n    while True: pass\n")
    assert "it used more than 0.6 s of CPU time" in messages(sheet)["out"]
    assert transcript.usage.cpu_s < 2.0


def test_the_fallback_saves_a_backward_whose_forward_is_missing(room: Classroom) -> None:
    half = "def backward" + PAIR.partition("def backward")[2]
    sheet, transcript = room.examine("import numpy as np", half, "def act(z, k): pass")
    assert (points(sheet)["dz"], transcript.variants["pair"]) == ("6", "fallback")
    assert "pair: answered only when called the second way (its fallback)" in sheet.flags


def test_the_fallback_does_not_replace_an_answer_that_is_wrong(room: Classroom) -> None:
    """The forward pass hands a wrong cache on: that is wrong, though the fallback would be right."""
    code = PAIR.replace("return np.tanh(z), z", "return np.tanh(z), 2 * z")
    sheet, transcript = room.examine(code, "def act(z, k): pass")
    assert (points(sheet)["dz"], transcript.variants["pair"]) == ("0", "code")
    assert not any("fallback" in flag for flag in sheet.flags)


def test_where_neither_way_answers_the_first_one_tells_why(room: Classroom) -> None:
    sheet = room.grade("def forward(z): return 1 / 0\ndef backward(d, c): return 1 / 0")
    assert "ZeroDivisionError: division by zero (act.py:1)" in messages(sheet)["dz"]
    assert not any("fallback" in flag for flag in sheet.flags)


# --- which call of a training counts ---------------------------------------------------------

TRAINING = (
    SPELLINGS.partition("  pair:")[0]
    .replace(
        "    problem: tanh\n    cases: {plain: {draws: 2}}\n",
        "    dataset: {id: moons, train: 60, validation: 0, test: 80, noise: 0.0}\n",
    )
    .replace("act(z, ", "act(X_test, ")
    + """\
items:
  - {id: out, title: "Moons", points: 4, check: training, probe: out, answer: out, accuracy: 0.95}
"""
)

NEAREST = """
import numpy as np

def act(X, kind):
    upper = np.hypot(X[:, 0], X[:, 1])
    lower = np.hypot(X[:, 0] - 1, X[:, 1] - 0.5)
    learnt = (np.abs(lower - 1) < np.abs(upper - 1)).astype(int)
    return learnt if kind == "SPELT" else np.zeros(len(X), int)
"""


@pytest.fixture(scope="module")
def gym(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("training"), TRAINING, {"act.py": "x = 1\n"})
    yield made
    made.examiner.close()


@pytest.mark.parametrize(("spelt", "variant"), [("tanh", "lower case"), ("Tanh", "capitalised")])
def test_the_spelling_that_learns_is_taken(gym: Classroom, spelt: str, variant: str) -> None:
    """Each spelling predicts in the right shape; only one of them has learnt anything."""
    sheet, transcript = gym.examine(NEAREST.replace("SPELT", spelt))
    assert (points(sheet)["out"], chosen(transcript)) == ("4", variant)


def test_of_trainings_that_reach_nothing_the_first_best_one_is_taken(gym: Classroom) -> None:
    sheet, transcript = gym.examine(NEAREST.replace("SPELT", "neither"))
    assert (points(sheet)["out"], chosen(transcript)) == ("0", "lower case")


# --- files of other modules ------------------------------------------------------------------

TWO_MODULES = TANH.replace("expected: [act.py]", "expected: [act.py, back.py]").replace(
    "from act import backward", "from back import backward"
)
LEANING = """
from act import forward

def backward(dout, z):
    return dout * (1 - forward(z) ** 2)
"""


@pytest.mark.parametrize("only", [(), ("dz",)])
def test_a_renamed_file_is_found_whichever_items_are_asked_for(
    tmp_path: Path, only: tuple[str, ...]
) -> None:
    """``back.py`` imports ``act``, whose place a file of another name takes."""
    starter = {"act.py": "def forward(z):\n    return None\n", "back.py": "x = 1\n"}
    plan = make_plan(load_rubric(write_rubric(tmp_path, TWO_MODULES, starter)), only=only)
    examiner = Examiner(plan, has_notebooks=False)
    try:
        files = {"my homework.py": RIGHT.partition("def backward")[0], "back.py": LEANING}
        sheet, _ = examiner.examine(submission(files))
    finally:
        examiner.close()
    assert points(sheet)["dz"] == "6"


# --- a process for each kind of probe --------------------------------------------------------

HIDDEN = (
    TANH.replace("answer: dz}", "answer: dz, visibility: hidden}")
    .replace("cases: {plain: {draws: 2}}", "cases: {plain: {draws: 1}}")
    .replace("    answers: {dz: dz}\n", "    answers: {dz: dz}\n    limits: {memory_mb: 2048}\n")
)

SPY = """
import numpy as np
seen = []

def forward(z):
    seen.append("forward")
    value = np.tanh(z)
    value.flat[0] += 3e-12 * (len(seen) < 3)
    if "backward" in seen:
        raise RuntimeError("hidden inputs are in reach")
    return value

def backward(dout, z):
    if "forward" in seen:
        raise RuntimeError("visible inputs are in reach")
    seen.append("backward")
    return dout * (1 - np.tanh(z) ** 2)
"""


@pytest.fixture(scope="module")
def hidden_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("hidden"), HIDDEN)
    yield made
    made.examiner.close()


def test_hidden_items_are_asked_in_a_process_of_their_own(hidden_room: Classroom) -> None:
    sheet, transcript = hidden_room.examine(RIGHT)
    assert points(sheet) == {"out": "4", "dz": "6"}
    assert transcript.children == 2


def test_further_draws_of_a_visible_item_are_not_asked_where_hidden_inputs_were(
    hidden_room: Classroom,
) -> None:
    """The first answers leave the check in doubt, so it asks again once all probes have run."""
    sheet, transcript = hidden_room.examine(SPY)
    assert DrawKey("out", "plain", 1) in transcript.replies
    assert "in reach" not in " ".join(messages(sheet).values())
    assert transcript.children == 3


def test_a_probe_has_the_memory_that_its_own_limits_give(hidden_room: Classroom) -> None:
    hungry = RIGHT.replace("    return", "    np.empty(90_000_000)\n    return")
    sheet = hidden_room.grade(hungry)
    assert "out of memory" in messages(sheet)["out"]
    assert points(sheet)["dz"] == "6"


# --- the budget of a whole submission --------------------------------------------------------


def test_what_is_left_when_the_time_is_used_up_is_not_run(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    room = Classroom(tmp_path_factory.mktemp("budget"), TANH.replace("total_s: 20", "total_s: 1"))
    slow = "import time\nend = time.process_time() + 0.7\nwhile time.process_time() < end: pass\n"
    source = slow + RIGHT.replace("return np.tanh(z)\n", "while True: pass\n")
    try:
        sheet = room.grade(source)
        assert set(points(sheet).values()) == {"0"}
        told = "not run: the 1 s of CPU time for the whole submission were used up"
        assert told in messages(sheet)["dz"]
        assert "CPU time" in messages(sheet)["out"]
        assert room.outcomes(RIGHT) == {"out": "correct", "dz": "correct"}
    finally:
        room.examiner.close()


# --- the same draws, whatever is asked -------------------------------------------------------


def test_a_draw_is_the_same_whichever_items_are_asked_for(tmp_path: Path) -> None:
    """A group's conventions belong to its probe, also where only an item outside it is asked."""
    text = GROUP.replace("FOUR", "4").replace("answers: {", "answers: {probs: probs, ")
    free = "  - {id: free, title: x, points: 1, check: value, probe: backprop, answer: probs}\n"
    rubric = load_rubric(
        write_rubric(tmp_path, text.replace("dW1, db1, dW2", "probs, dW1, db1, dW2", 1) + free, {})
    )
    whole, part = make_plan(rubric), make_plan(rubric, only=["free"])
    for key, draw in part.draws.items():
        right, other = draw.expected, whole.draws[key].expected
        assert right.keys() == other.keys()
        assert draw.inputs["W1"].tobytes() == whole.draws[key].inputs["W1"].tobytes()
        assert {n: e.unit for n, e in right["scaling=mean"].items()} == {
            n: e.unit for n, e in other["scaling=mean"].items()
        }


def test_a_fallback_may_answer_where_the_first_way_never_ends(room: Classroom) -> None:
    """A broken forward pass costs its own item, not that of the backward pass."""
    code = PAIR.replace("return np.tanh(z), z", "while True: pass")
    sheet, transcript = room.examine(code, "def act(z, k): pass")
    assert (points(sheet)["dz"], transcript.variants["pair"]) == ("6", "fallback")


def test_a_top_level_that_sleeps_is_left_out_at_once(tmp_path: Path) -> None:
    """It stood in no line for a processor, so no busy machine is to blame for its time-out."""
    room = Classroom(tmp_path, TANH.replace("wall_s: 6", "wall_s: 1.2"))
    try:
        sheet, transcript = room.examine(RIGHT, "import time\ntime.sleep(60)\n")
        assert points(sheet) == {"out": "4", "dz": "6"}
        assert transcript.children == 2
        assert any("only imports, definitions" in flag for flag in sheet.flags)
    finally:
        room.examiner.close()
