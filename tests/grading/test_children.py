"""What becomes of a submission whose later processes fare worse than its first one?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import GraderFault
from grader.records import Failed, Returned
from tests.grading.classroom import RIGHT, TANH, Classroom, messages, outcomes, points

SMALLER = TANH.replace("  dz:\n    problem", "  dz:\n    limits: {memory_mb: 400}\n    problem", 1)
"""The second probe wants another kind of process than the first."""
DIES_IN_IT = """
import os, resource
class Odd:
    if resource.getrlimit(resource.RLIMIT_AS)[0] < 500 << 20:
        os._exit(3)
"""
"""A class's body is executed even where nothing but definitions is."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    made = Classroom(tmp_path, SMALLER)
    yield made
    made.examiner.close()


def test_a_later_process_that_cannot_load_leaves_the_first_ones_report(room: Classroom) -> None:
    sheet, transcript = room.examine(RIGHT, DIES_IN_IT)

    assert outcomes(sheet) == {"out": "correct", "dz": "load_failed"}
    assert transcript.load.loaded == ("act",)
    assert transcript.load.failures == ("later: it ended itself with exit code 3",)
    assert "cannot be loaded: it ended itself with exit code 3" in messages(sheet)["dz"]


def test_a_later_process_that_loads_definitions_only_is_told_of(room: Classroom) -> None:
    dies = "import os, resource\nif resource.getrlimit(resource.RLIMIT_AS)[0] < 500 << 20:\n    os._exit(3)\n"

    sheet, transcript = room.examine(RIGHT, dies)

    assert points(sheet) == {"out": "4", "dz": "6"}
    assert any("only imports, definitions" in note for note in transcript.load.notes)
    assert any("only imports, definitions" in flag for flag in sheet.flags)


def test_sleeping_costs_its_wall_limit_once_per_probe(tmp_path: Path) -> None:
    room = Classroom(tmp_path, TANH.replace("wall_s: 6", "wall_s: 0.7"))
    sleepy = RIGHT.replace("    return", "    import time; time.sleep(60)\n    return")
    try:
        sheet, transcript = room.examine(sleepy)
    finally:
        room.examiner.close()

    assert outcomes(sheet) == {"out": "timed_out", "dz": "timed_out"}
    assert transcript.children == 2
    assert 1.4 < transcript.usage.wall_s < 2.4


def test_a_submission_that_sleeps_has_a_wall_limit_of_its_own(tmp_path: Path) -> None:
    """It is three times the CPU time of a submission and two seconds more: here 5 s."""
    limits = TANH.replace("wall_s: 6, total_s: 20", "wall_s: 3, total_s: 1")
    room = Classroom(tmp_path, limits)
    sleepy = RIGHT.replace("    return", "    import time; time.sleep(60)\n    return")
    try:
        sheet, transcript = room.examine(sleepy)
    finally:
        room.examiner.close()

    assert outcomes(sheet) == {"out": "timed_out", "dz": "timed_out"}
    assert "used up the wall time of its submission" in messages(sheet)["dz"]
    assert transcript.usage.wall_s < 6


def test_after_the_last_of_its_wall_time_nothing_more_is_run(tmp_path: Path) -> None:
    limits = TANH.replace("wall_s: 6, total_s: 20", "wall_s: 10, total_s: 1")
    room = Classroom(tmp_path, limits)
    sleepy = RIGHT.replace("    return", "    import time; time.sleep(60)\n    return")
    try:
        sheet = room.grade(sleepy)
    finally:
        room.examiner.close()

    assert "not run: the 5 s of wall time for the whole submission" in messages(sheet)["dz"]


def test_a_failure_in_our_part_of_the_process_costs_no_points(room: Classroom) -> None:
    """The submission ends its process as only our own mistakes do; a person will see why."""
    with pytest.raises(GraderFault, match="exit code 70"):
        room.grade(RIGHT.replace("return np.tanh(z)\n", "import os; os._exit(70)\n", 1))


# --- probes that are asked without waiting in between --------------------------------------------

THREE = TANH.replace(
    "items:\n",
    """\
  last:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from act import forward
      out = forward(z)
    answers: {out: out}
items:
  - {id: last, title: "tanh once more", points: 2, check: value, probe: last, answer: out}
""",
    1,
)
"""The first, the second and the third probe have the same limits, so they are asked together."""
HEAD_OF_RIGHT = RIGHT.partition("def backward")[0]


def test_a_probe_that_ends_its_process_costs_the_others_nothing(tmp_path: Path) -> None:
    room = Classroom(tmp_path, THREE)
    ends = "import os\ndef backward(dout, z):\n    os._exit(3)"
    sheet, transcript = room.examine(HEAD_OF_RIGHT, ends)
    room.examiner.close()

    assert outcomes(sheet) == {"out": "correct", "dz": "crashed", "last": "correct"}
    # Two processes end in it, and the third one answers what is left.
    assert transcript.children == 3


def test_after_a_death_the_rest_of_its_probe_is_asked_as_well(tmp_path: Path) -> None:
    dies_once = """
    import os
    def backward(dout, z):
        if z.shape[0] == SHAPE:
            os._exit(3)
        return dout * (1 - np.tanh(z) ** 2)
    """
    room = Classroom(tmp_path, THREE)
    first, second = (draw for key, draw in room.plan.draws.items() if key.probe == "dz")
    assert first.inputs["z"].shape[0] != second.inputs["z"].shape[0]
    shape = str(first.inputs["z"].shape[0])
    sheet, transcript = room.examine(HEAD_OF_RIGHT, dies_once.replace("SHAPE", shape))
    room.examiner.close()

    assert outcomes(sheet) == {"out": "correct", "dz": "crashed", "last": "correct"}
    assert transcript.children == 2
    assert isinstance(transcript.replies[first.key].answers["dz"], Failed)
    assert isinstance(transcript.replies[second.key].answers["dz"], Returned)
