"""What was not handed in comes from the starter, and earns nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.grading.classroom import HEAD, Classroom, messages, outcomes, points

RUBRIC = (
    HEAD.replace("[act.py]", "[course/act.py, course/shape.py]")
    + """\
probes:
  out:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from course.act import forward
      out = forward(z)
    answers: {out: out}
  slope:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from course.shape import slope
      derivative = slope(z)
    answers: {derivative: derivative}
items:
  - {id: out, title: "tanh", points: 4, check: value, probe: out, answer: out}
  - {id: slope, title: "Its slope", points: 6, check: value, probe: slope, answer: derivative}
"""
)

STARTER = {
    "course/__init__.py": "",
    "course/help.py": "import numpy as np\n\ndef squared(x):\n    return np.square(x)\n",
    "course/act.py": "def forward(z):\n    raise ValueError('write this')\n",
    "course/shape.py": "import numpy as np\n\ndef slope(z):\n    return np.ones(3)\n",
}

ACT = "import numpy as np\n\ndef forward(z):\n    return np.tanh(z)\n"
SHAPE = "from course.help import squared\nfrom course.act import forward\n\ndef slope(z):\n    return 1 - squared(forward(z))\n"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("starter"), RUBRIC, STARTER)
    yield made
    made.examiner.close()


def test_the_untouched_starter_is_not_implemented(room: Classroom) -> None:
    sheet = room.grade(**{path.removesuffix(".py"): text for path, text in STARTER.items()})
    assert set(outcomes(sheet).values()) == {"not_implemented"}
    for message in messages(sheet).values():
        assert message.startswith("This part answers just as the untouched template does. ")


def test_modules_that_are_missing_come_from_the_starter(room: Classroom) -> None:
    sheet = room.grade(**{"hw/course/act": ACT, "hw/course/shape": SHAPE})
    assert set(outcomes(sheet).values()) == {"correct"}


def test_a_missing_module_of_the_homework_is_the_starters(room: Classroom) -> None:
    sheet = room.grade(**{"course/act": ACT})
    assert outcomes(sheet) == {"out": "correct", "slope": "not_implemented"}


def test_a_students_own_mistake_is_not_taken_for_the_starters(room: Classroom) -> None:
    own = {"course/act": "def forward(z):\n    raise ValueError('my own')\n"}
    sheet = room.grade(**own, **{"course/shape": "def slope(z):\n    return [1.0, 2.0]\n"})
    assert outcomes(sheet) == {"out": "raised", "slope": "wrong"}


def test_a_students_helper_replaces_the_starters(room: Classroom) -> None:
    cubed = "def squared(x):\n    return x ** 3\n"
    sheet = room.grade(**{"course/act": ACT, "course/shape": SHAPE, "course/help": cubed})
    assert outcomes(sheet) == {"out": "correct", "slope": "wrong"}


def test_the_starter_answers_alike_for_everybody(room: Classroom) -> None:
    first = room.grade(**{"course/act": ACT})
    room.grade(**{"course/act": "import os\nos._exit(1)\n"})
    assert points(room.grade(**{"course/act": ACT})) == points(first)
    assert room.outcomes(**{"course/act": ACT}) == outcomes(first)
