"""The text that a student reads for every outcome, word by word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.grading.assessing import without_files
from grader.scoring.sheet import fault_sheet
from tests.grading.classroom import BACKWARD, TANH, Classroom, submission
from tests.grading.told import told

RUBRIC = TANH.replace(
    "  - {id: dz,",
    '  - {id: essay, title: "In words", points: 2, check: written}\n'
    '  - {id: extra, title: "More of it", points: 2, check: value, probe: out, answer: out,'
    " visibility: hidden}\n"
    "  - {id: dz,",
).replace("probes:", 'waivers:\n  c147: {phrase: "I am a C147 student", items: [dz]}\nprobes:', 1)
RUBRIC = RUBRIC.replace(
    "cases: {plain: {draws: 2}}", "cases: {plain: {draws: 2}, hot: {}}", 1
).replace(
    "answer: out}",
    'answer: out, hint: "Odd, and between -1 and 1.", credit: {cases: {plain: 0.75, hot: 0.25}}}',
    1,
)

NUMPY = "import numpy as np\nimport os, sys, time\n"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("told"), RUBRIC)
    yield made
    made.examiner.close()


FORWARDS = {
    "right": (
        "def forward(z):\n    return np.tanh(z)\n",
        """\
out: correct, 4 of 4
The value is right on all 3 draws.""",
    ),
    "right in one case": (
        "def forward(z):\n    return np.tanh(np.clip(z, -3, 3))\n",
        """\
out: partial, 3 of 4
out is exactly what comes out on all 3 draws if what is larger than 0.995055, of either sign, is cut down to that.
In case hot (N=7, H=5): out differs in 20 of 35 entries, most at [1, 1]: 0.995055, where 1 is right.
Right: in plain.
Hint: Odd, and between -1 and 1.
Asked on out/hot/0 (N=7, H=5).
out came back with shape (7, 5) and type float64; the right one has shape (7, 5).
  yours                                right
      0.9951     0.9951    -0.9951 …            1          1         -1 …
      0.9951     0.9951     0.9951 …            1          1          1 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "wrong": (
        "def forward(z):\n    return np.sin(z)\n",
        """\
out: wrong, 0 of 4
In case plain (N=7, H=5): out differs in 35 of 35 entries, most at [2, 2]: -0.522014, where -0.98886 is right.
Not right either: in hot.
out is wrong on 3 of 3 draws, in every entry.
Its cosine to the right value is 0.993, and it is 1.02 times as long.
Hint: Odd, and between -1 and 1.
Asked on out/plain/1 (N=3, H=11).
out came back with shape (3, 11) and type float64; the right one has shape (3, 11).
  yours                                right
      0.3277     0.8872     0.9363 …        0.322     0.9674     0.8373 …
       -0.95      0.945     0.4348 …      -0.9552     0.9566     0.4217 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "another shape": (
        "def forward(z):\n    return np.tanh(z).T\n",
        """\
out: wrong, 0 of 4
out is exactly what comes out on all 3 draws if it is transposed.
In case plain (N=7, H=5): out has shape (5, 7), (7, 5) is right.
Not right either: in hot.
Hint: Odd, and between -1 and 1.
Asked on out/plain/1 (N=3, H=11).
out came back with shape (11, 3) and type float64; the right one has shape (3, 11).
  yours                              right
       0.322    -0.9552     0.4524        0.322     0.9674     0.8373 …
      0.9674     0.9566     0.4308      -0.9552     0.9566     0.4217 …
  …                                  …
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "no numbers": (
        "def forward(z):\n    return 'tanh'\n",
        """\
out: wrong, 0 of 4
In case plain (N=7, H=5): out is an object of type str, where numbers are expected.
Not right either: in hot.
Hint: Odd, and between -1 and 1.
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "in doubt": (
        "def forward(z):\n    return np.tanh(z) + 1e-11 * (np.arange(z.size) == 0).reshape(z.shape)\n",
        """\
out: unsure, undecided of 4
In case plain (N=7, H=5): neither right nor wrong by the numbers, a person has to look: out differs in 1 of 35 entries, most at [0, 0]: 0.803061, where 0.803061 is right.
Not decided: in hot.
Asked on out/hot/1 (N=3, H=11).
out came back with shape (3, 11) and type float64; the right one has shape (3, 11).
  yours                                right
      0.9767     0.4538         -1 …       0.9767     0.4538         -1 …
      0.7947     0.5412     0.8746 …       0.7947     0.5412     0.8746 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "nothing yet": (
        "def forward(z):\n    np.tanh(z)\n",
        """\
out: not_implemented, 0 of 4
out is None: this part returns nothing yet.
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "as the template": (
        "def forward(z):\n    return np.zeros_like(z)\n",
        """\
out: not_implemented, 0 of 4
This part answers just as the untouched template does.
out is 0 throughout on all 3 draws.
In case plain (N=7, H=5): out differs in 35 of 35 entries, most at [2, 2]: 0, where -0.98886 is right.
Not right either: in hot.
Asked on out/plain/1 (N=3, H=11).
out came back with shape (3, 11) and type float64; the right one has shape (3, 11).
  yours                                right
           0          0          0 …        0.322     0.9674     0.8373 …
           0          0          0 …      -0.9552     0.9566     0.4217 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "raises": (
        "def forward(z):\n    return 1 / 0\n",
        """\
out: raised, 0 of 4
ZeroDivisionError: division by zero (act.py:4).
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "never ends": (
        "def forward(z):\n    while True: pass\n",
        """\
out: timed_out, 0 of 4
your code was stopped: it used more than 0.6 s of CPU time.
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "too much memory": (
        "def forward(z):\n    return np.ones(10**9)\n",
        """\
out: out_of_memory, 0 of 4
ran out of memory: Unable to allocate 7.45 GiB for an array with shape (1000000000,) and data type float64 (act.py:4).
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "ends itself": (
        "def forward(z):\n    os._exit(3)\n",
        """\
out: crashed, 0 of 4
your code was stopped: it ended itself with exit code 3.
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "keeps something": (
        "calls = []\n\ndef forward(z):\n    calls.append(1)\n    return np.tanh(z) * (len(calls) < 4)\n",
        """\
out: unstable, 0 of 4
out is not the same when it is asked again on out/plain/0 (-0.98886 first, -0 then at [2, 2]): something is kept from one call to the next, if only how far random numbers have been drawn.
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "opens a file": (
        "def forward(z):\n    return open('/etc/passwd').read()\n",
        """\
out: blocked, 0 of 4
PermissionError: [Errno 1] Operation not permitted: '/etc/passwd' (files, processes and the network are closed while grading) (act.py:4).
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    ),
    "changes its input": (
        "def forward(z):\n    return np.tanh(z, out=z)\n",
        """\
out: correct, 4 of 4
The value is right on all 3 draws.
Note: your code changes its input in place: z.""",
    ),
}


@pytest.mark.parametrize("kind", FORWARDS)
def test_what_is_told_of_an_item_that_was_asked(room: Classroom, kind: str) -> None:
    source, text = FORWARDS[kind]
    sheet = room.grade(NUMPY + source + BACKWARD)
    assert told(sheet.scores[0]) == text


OTHERS = {
    "no Python": """\
out: load_failed, 0 of 4
act.py:1: SyntaxError: '(' was never closed.
Asked on out/plain/0 (N=7, H=5).
To see it again: grader check YOUR_FILES --rubric tiny --only out (a TA: grader replay RUN amber-fox out)""",
    "nothing": """\
out: not_submitted, 0 of 4
No Python file or notebook was handed in.""",
    "a fault": """\
out: grader_fault, undecided of 4
The grader itself failed, which costs no points: a worker was killed""",
    "by hand": """\
essay: awaiting_mark, undecided of 2
Marked by hand, and not marked yet.""",
    "waived": """\
dz: waived, 6 of 6
Waived (c147): “I am a C147 student”.""",
    "hidden": """\
More of it: raised
(not shown for this item)""",
}


def test_what_is_told_of_a_file_that_is_no_python(room: Classroom) -> None:
    sheet = room.grade("def forward(z:\n    return z\n")
    assert told(sheet.scores[0]) == OTHERS["no Python"]


def test_what_is_told_of_what_nobody_handed_in(room: Classroom) -> None:
    sheet, _ = without_files(room.plan, submission({}))
    assert told(sheet.scores[0]) == OTHERS["nothing"]


def test_what_is_told_of_a_fault_of_ours(room: Classroom) -> None:
    sheet = fault_sheet(submission({}), room.plan.items, "a worker was killed")
    assert told(sheet.scores[0]) == OTHERS["a fault"]


def test_what_is_told_of_items_that_are_marked_by_hand_waived_and_hidden(room: Classroom) -> None:
    wrong = "def forward(z):\n    raise ValueError(repr(z.tolist()))\n"
    sheet = room.grade(NUMPY + "# I am a C147 student\n" + wrong + BACKWARD)
    texts = {score.item.id: told(score) for score in sheet.scores}
    assert texts["essay"] == OTHERS["by hand"]
    assert texts["dz"] == OTHERS["waived"]
    assert texts["extra"] == OTHERS["hidden"]
