"""Names that NumPy has dropped: provided where the rubric says so, else told of as environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.records import ENVIRONMENT
from grader.sandbox import numpy_names
from grader.sandbox.numpy_names import environment_trouble
from tests.grading.classroom import RIGHT, TANH, Classroom, outcomes

OLD = RIGHT.replace("np.tanh(z)\n", "np.tanh(np.asfarray(z)).astype(np.float_)\n")
COMPAT = TANH.replace("{expected: [act.py]}", "{expected: [act.py], numpy_compat: true}")
has_dropped_them = not hasattr(np, "asfarray")


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, Classroom]]:
    made = {
        False: Classroom(tmp_path_factory.mktemp("new"), TANH),
        True: Classroom(tmp_path_factory.mktemp("old"), COMPAT),
    }
    yield made
    for room in made.values():
        room.examiner.close()


def test_code_of_an_older_numpy_runs_where_the_rubric_says_so(rooms: dict[bool, Classroom]) -> None:
    assert outcomes(rooms[True].grade(OLD)) == {"out": "correct", "dz": "correct"}


@pytest.mark.skipif(not has_dropped_them, reason="this NumPy has the old names")
def test_elsewhere_it_is_told_as_a_matter_of_the_environment(rooms: dict[bool, Classroom]) -> None:
    sheet = rooms[False].grade(OLD)

    assert outcomes(sheet) == {"out": "raised", "dz": "correct"}
    told = f"environment: NumPy {np.__version__} has no np.asfarray any more (np.asarray now)"
    assert told in sheet.scores[0].verdict.message
    (flag,) = (flag for flag in sheet.flags if "environment" in flag)
    assert flag.startswith(told)
    assert "numpy_compat: true" in flag


@pytest.mark.skipif(not has_dropped_them, reason="this NumPy has the old names")
def test_a_top_level_that_needs_an_old_name_says_so(rooms: dict[bool, Classroom]) -> None:
    sheet = rooms[False].grade("import numpy as np\nLARGE = np.NINF\n", RIGHT)

    assert outcomes(sheet) == {"out": "correct", "dz": "correct"}
    assert any("environment: " in flag and "np.NINF" in flag for flag in sheet.flags)


def test_every_name_that_is_provided_works(tmp_path: Path) -> None:
    """In a process of its own, since NumPy itself is changed."""
    program = """
import warnings
warnings.simplefilter("ignore")
import numpy as np
from grader.sandbox.numpy_names import provide
provide()
assert np.zeros(2, dtype=np.int).dtype == int and np.float(1) == 1.0 and np.bool(1)
assert np.array([1], dtype=np.float_).dtype == np.float64 and np.Inf == np.infty == -np.NINF
assert np.isnan(np.NaN) and np.product([2, 3]) == 6 and np.alltrue([1]) and np.sometrue([0, 1])
assert np.in1d([[1, 2]], [2]).tolist() == [False, True] and np.asfarray([1]).dtype == float
assert np.asscalar(np.array([3])) == 3 and np.msort(np.array([2, 1])).tolist() == [1, 2]
assert np.reshape(np.arange(4), newshape=(2, 2)).shape == (2, 2)
assert np.reshape(np.arange(4), (2, -1)).shape == (2, 2)
assert np.row_stack([[1], [2]]).shape == (2, 1) and np.trapz([1, 1]) == 1 and np.round_(1.4) == 1
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "module 'numpy' has no attribute 'int'. `np.int` was a deprecated alias",
            "np.int any more (int now)",
        ),
        (
            "`np.float_` was removed in the NumPy 2.0 release. Use `np.float64`",
            "np.float_ any more (np.float64 now)",
        ),
        ("'numpy.ndarray' object has no attribute 'itemset'", "ndarray.itemset any more"),
        (
            "`ptp` was removed from the ndarray class in NumPy 2.0.",
            "ndarray.ptp any more (np.ptp(a) now)",
        ),
        (
            "reshape() got an unexpected keyword argument 'newshape'",
            "np.reshape(newshape=…) any more",
        ),
    ],
)
def test_the_words_of_each_numpy_are_known(text: str, told: str) -> None:
    assert f"has no {told}" in environment_trouble(text)


@pytest.mark.parametrize(
    "text",
    [
        "module 'numpy' has no attribute 'matmull'",
        "module 'nump' has no attribute 'int'",
        "'numpy.ndarray' object has no attribute 'append'",
        "f() got an unexpected keyword argument 'shape'",
    ],
)
def test_a_students_own_slip_is_none_of_the_environments(text: str) -> None:
    assert environment_trouble(text) == ""


def test_both_sides_begin_it_the_same_way() -> None:
    assert numpy_names.ENVIRONMENT == ENVIRONMENT
