"""Everything that can become of an item, by its name and with a sentence, while the others go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.grading.classroom import (
    BACKWARD,
    RIGHT,
    Classroom,
    messages,
    outcomes,
    points,
    submission,
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("tanh"))
    yield made
    made.examiner.close()


NUMPY = "import numpy as np\nimport os, sys, time\n"

BROKEN_FORWARDS = {
    "returns None": (
        "def forward(z):\n    np.tanh(z)\n",
        "not_implemented",
        r"out is None: this part returns nothing yet",
    ),
    "is not there": ("", "not_implemented", r"ImportError: cannot import name 'forward'"),
    "answers like the starter": (
        "def forward(z):\n    return np.zeros_like(z)\n",
        "not_implemented",
        r"This part answers just as the untouched template does",
    ),
    "raises NotImplementedError": (
        "def forward(z):\n    raise NotImplementedError\n",
        "not_implemented",
        r"raises NotImplementedError \(act.py:4\)",
    ),
    "raises": (
        "def forward(z):\n    return 1 / 0\n",
        "raised",
        r"ZeroDivisionError: division by zero \(act.py:4\)",
    ),
    "calls a name that is not there": (
        "def forward(z):\n    return tanh(z)\n",
        "raised",
        r"NameError: name 'tanh' is not defined \(act.py:4\)",
    ),
    "exits": ("def forward(z):\n    sys.exit(0)\n", "raised", r"calls sys.exit\(\) \(act.py:4\)"),
    "takes other arguments": (
        "def forward():\n    return 1\n",
        "raised",
        r"TypeError: forward\(\) takes 0 positional arguments",
    ),
    "never ends": (
        "def forward(z):\n    while True: pass\n",
        "timed_out",
        r"your code was stopped: it used more than 0.6 s of CPU time",
    ),
    "ends its process": (
        "def forward(z):\n    os._exit(3)\n",
        "crashed",
        r"your code was stopped: it ended itself with exit code 3",
    ),
    "crashes": (
        "import ctypes\ndef forward(z):\n    ctypes.string_at(0)\n",
        "crashed",
        r"your code was stopped: it crashed with signal 11 \(SIGSEGV\)",
    ),
    "takes too much memory": (
        "def forward(z):\n    return np.ones(10**9)\n",
        "out_of_memory",
        r"^ran out of memory",
    ),
    "opens a file": (
        "def forward(z):\n    return open('/etc/passwd').read()\n",
        "blocked",
        r"PermissionError: .*files, processes and the network are closed while grading",
    ),
    "returns a text": (
        "def forward(z):\n    return 'tanh'\n",
        "wrong",
        r"out is an object of type str, where numbers are expected",
    ),
    "returns another shape": (
        "def forward(z):\n    return np.tanh(z).T\n",
        "wrong",
        r"out has shape \(\d+, \d+\), \(\d+, \d+\) is right",
    ),
    "returns megabytes": (
        "def forward(z):\n    return np.zeros((1000, 4000))\n",
        "wrong",
        r"out has shape \(1000, 4000\), \(\d+, \d+\) is right",
    ),
    "is wrong": (
        "def forward(z):\n    return np.sin(z)\n",
        "wrong",
        r"out differs in \d+ of \d+ entries, most at \[\d+, \d+\]: \S+, where \S+ is right",
    ),
    "is not finite": (
        "def forward(z):\n    return np.tanh(z) * np.inf\n",
        "wrong",
        r"entries that are NaN or infinite",
    ),
    "is off by more than rounding and less than a mistake": (
        "def forward(z):\n    return np.tanh(z) + 1e-11 * (np.arange(z.size) == 0).reshape(z.shape)\n",
        "unsure",
        r"out differs in \d+ of \d+ entries",
    ),
    "keeps something from call to call": (
        "calls = []\ndef forward(z):\n    calls.append(1)\n    return np.tanh(z) * (len(calls) < 3)\n",
        "unstable",
        r"out is not the same when it is asked again on out/plain/0 \(\S+ first, -?0 then at \[.*\]\): something is kept",
    ),
    "draws random numbers": (
        "def forward(z):\n    return np.tanh(z) + np.random.default_rng().normal()\n",
        "unstable",
        r"out is not the same when it is asked again on out/plain/0 \(.*\), in a new process",
    ),
    "draws from NumPy's global state, which is seeded": (
        "def forward(z):\n    return np.tanh(z) * (np.random.rand(*z.shape) < 0.5)\n",
        "unstable",
        r"does it draw random numbers",
    ),
    "overflows on every call alike": (
        "def forward(z):\n    return np.tanh(z) + np.inf\n",
        "wrong",
        r"NaN or infinite",
    ),
}


@pytest.mark.parametrize("kind", BROKEN_FORWARDS)
def test_one_item_gets_its_outcome_and_the_other_one_stays_right(
    room: Classroom, kind: str
) -> None:
    source, outcome, told = BROKEN_FORWARDS[kind]
    sheet = room.grade(NUMPY + source + BACKWARD)
    assert outcomes(sheet) == {"out": outcome, "dz": "correct"}
    assert re.search(told, messages(sheet)["out"]), messages(sheet)["out"]
    assert points(sheet) == {"out": "" if outcome == "unsure" else "0", "dz": "6"}


@pytest.mark.parametrize(
    "source",
    [
        RIGHT,
        "from numpy import *\ndef forward(z):\n    return 2 / (1 + exp(-2 * z)) - 1\n" + BACKWARD,
        RIGHT + "\nprint('x' * 50000)\nimport sys\nsys.exit()\n",
        RIGHT + "\nraise ValueError('a cell that fails')\n",
        "import pandas, torch.nn as nn\nimport matplotlib.pyplot as plt\nplt.plot([1])\n" + RIGHT,
        "import seaborn\ntry:\n    import cupy as np\nexcept ImportError:\n    pass\n" + RIGHT,
    ],
    ids=["plain", "star_import", "exits_at_import", "raises_at_import", "imports", "guarded"],
)
def test_right_code_is_right_whatever_stands_around_it(room: Classroom, source: str) -> None:
    sheet = room.grade(source.replace("def backward", "import numpy as np\ndef backward"))
    assert outcomes(sheet) == {"out": "correct", "dz": "correct"}
    assert (str(sheet.total), str(sheet.maximum)) == ("10.00", "10")


def test_a_file_that_cannot_be_parsed_fails_to_load(room: Classroom) -> None:
    sheet = room.grade("def forward(z)\n    return z\n")
    assert set(outcomes(sheet).values()) == {"load_failed"}
    assert "act.py:1: SyntaxError: expected ':'" in messages(sheet)["out"]
    assert sheet.flags == ("not loaded: act.py:1: SyntaxError: expected ':'",)


def test_an_endless_top_level_costs_nothing_but_itself(room: Classroom) -> None:
    sheet, transcript = room.examine(RIGHT + "\nwhile True:\n    pass\n")
    assert set(outcomes(sheet).values()) == {"correct"}
    assert transcript.children == 2
    assert any("only imports, definitions and constants were executed" in f for f in sheet.flags)


def test_a_top_level_that_ends_the_process_costs_nothing_but_itself(room: Classroom) -> None:
    sheet = room.grade(RIGHT + "\nimport os\nos._exit(0)\n")
    assert set(outcomes(sheet).values()) == {"correct"}


def test_no_file_at_all_is_nothing_handed_in(room: Classroom) -> None:
    sheet, transcript = room.examine()
    assert outcomes(sheet) == {"out": "not_submitted", "dz": "not_submitted"}
    assert messages(sheet)["out"] == "No Python file or notebook was handed in."
    assert (str(sheet.total), transcript.children) == ("0.00", 0)


def test_what_could_not_be_read_is_left_to_a_person(room: Classroom) -> None:
    """A part that is missing may lie in the file that was not read; a wrong one does not."""
    source = "def backward(dout, z):\n    return dout\n"
    handed_in = replace(submission({"act.py": source}), problems=("b.py: a link, not followed",))
    sheet, _ = room.examiner.examine(handed_in)
    assert outcomes(sheet) == {"out": "unsure", "dz": "wrong"}
    told = "Not decided, since not everything could be read: b.py: a link, not followed."
    assert messages(sheet)["out"].startswith(told)
    assert points(sheet)["out"] == ""


def test_nothing_but_what_could_not_be_read_is_left_to_a_person(room: Classroom) -> None:
    handed_in = replace(submission({}), problems=("act.py: a link, not followed",))
    sheet, _ = room.examiner.examine(handed_in)
    assert set(outcomes(sheet).values()) == {"unsure"}


def test_a_file_of_another_name_is_taken_and_flagged(room: Classroom) -> None:
    sheet = room.grade(homework=RIGHT)
    assert set(outcomes(sheet).values()) == {"correct"}
    assert sheet.flags == ("act.py is missing: homework.py is taken for it",)


def test_a_died_child_is_replaced_for_the_next_probe(room: Classroom) -> None:
    source = NUMPY + "def forward(z):\n    os._exit(1)\n" + BACKWARD
    _, transcript = room.examine(source)
    # One that dies on each draw, and one for the next probe.
    assert transcript.children == 3
    assert transcript.usage.cpu_s > 0


def test_every_draw_of_a_probe_that_died_has_the_same_failure(room: Classroom) -> None:
    _, transcript = room.examine(NUMPY + "def forward(z):\n    while True: pass\n" + BACKWARD)
    replies = [r for key, r in transcript.replies.items() if key.probe == "out"]
    assert len(replies) == 2
    assert replies[0].answers == replies[1].answers
    assert transcript.usage.cpu_s < 3.0


def test_one_submission_leaves_no_trace_in_the_next(room: Classroom) -> None:
    poison = NUMPY + "np.tanh = None\nnp.zeros = None\nimport builtins\nbuiltins.len = None\n"
    room.grade(poison + RIGHT)
    assert set(room.outcomes(RIGHT).values()) == {"correct"}


def test_the_same_submission_is_judged_the_same_twice(room: Classroom) -> None:
    source = NUMPY + "def forward(z):\n    return np.random.rand(*z.shape)\n" + BACKWARD
    first, second = room.grade(source), room.grade(source)
    assert [s.verdict for s in first.scores] == [s.verdict for s in second.scores]
