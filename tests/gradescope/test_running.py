"""One submission in the container: there are results of the published format, whatever happens."""

from __future__ import annotations

import json
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from grader.errors import GraderError
from grader.gradescope.container import Container
from grader.gradescope.running import Metadata, found_in, read_metadata, run
from grader.grading.isolation import Demand
from tests.gradescope.container import METADATA, built, hand_in, results, unpacked
from tests.grading.classroom import BACKWARD, RIGHT, TANH, put
from tests.submission.ordinary import open_folder, told_by

SLEEPY = RIGHT.replace("import numpy as np", "import numpy as np, time").replace(
    "return np.tanh(z)\n", "time.sleep(3)\n    return np.tanh(z)\n", 1
)
"""Right, and slow enough to be met in the middle of it."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The container's folder, with a tiny homework and nothing handed in yet."""
    return unpacked(built(tmp_path), tmp_path / "autograder")


def test_a_right_submission_gets_all_points(root: Path) -> None:
    hand_in(root, {"act.py": RIGHT})
    report = run(root, Demand())
    told = results(root)
    assert (report.warnings, report.fault) == ((), "")
    assert (told["score"], told["output"].splitlines()[0]) == (10, "10 of 10 points.")
    assert [(t["name"], t["score"], t["status"]) for t in told["tests"]] == [
        ("tanh", 4, "passed"),
        ("Backwards through tanh", 6, "passed"),
    ]
    assert told["extra_data"]["rubric"] == "tiny"
    assert told["execution_time"] > 0


def test_a_wrong_item_costs_its_points_and_says_why(root: Path) -> None:
    hand_in(root, {"hw/act.py": RIGHT.replace("1 - np", "1 + np")})
    run(root, Demand())
    told = results(root)
    assert told["score"] == 4
    assert told["tests"][1]["status"] == "failed"
    assert "wrong" in told["tests"][1]["tags"]
    assert told["tests"][1]["output"]


def test_whoever_handed_in_nothing_has_no_points(root: Path) -> None:
    hand_in(root, {"essay.txt": "I had no time."})
    run(root, Demand())
    told = results(root)
    assert told["score"] == 0
    assert {t["output"] for t in told["tests"]} == {"No Python file or notebook was handed in."}


def test_points_that_differ_are_told_to_instructors(root: Path) -> None:
    worth_more = {**METADATA, "assignment": {**METADATA["assignment"], "total_points": "20.0"}}
    hand_in(root, {"act.py": RIGHT}, worth_more)
    (warning,) = run(root, Demand()).warnings
    assert warning.startswith("the assignment is worth 20 points, and the items that rubric tiny")
    assert results(root)["extra_data"]["warnings"] == [warning]


@pytest.mark.parametrize("text", ["", "[]", '{"users": 3}', '{"users": [1], "assignment": {}}'])
def test_metadata_that_cannot_be_read_cost_nobody_anything(tmp_path: Path, text: str) -> None:
    told = read_metadata(put(tmp_path / "submission_metadata.json", text))
    assert told.trouble.startswith("submission_metadata.json: cannot be read")
    assert (told.people, told.total_points) == (Metadata().people, None)


@pytest.mark.parametrize(
    ("created_at", "own_due", "late_s"),
    [
        (METADATA["created_at"], None, 0),
        ("2026-02-05T10:00:00.5-08:00", None, 36_060),
        ("2026-02-05T18:00:00Z", None, 36_060),
        ("2026-02-05T18:00:00Z", "2026-02-06T00:00:00.000000-08:00", 0),
        ("2026-02-05T18:00:00Z", "2026-02-05T17:00:00Z", 3600),
        ("yesterday", None, 0),
        (None, None, 0),
    ],
)
def test_lateness_is_by_when_it_was_handed_in_and_ones_own_due_date(
    tmp_path: Path, created_at: str | None, own_due: str | None, late_s: int
) -> None:
    user = {"id": 1, "name": "Amber Fox", "email": "a@example.edu"}
    if own_due is not None:
        user["assignment"] = {"due_date": own_due}
    told = {**METADATA, "created_at": created_at, "users": [user]}
    metadata = read_metadata(put(tmp_path / "submission_metadata.json", json.dumps(told)))
    assert [person.late_s for person in metadata.people] == [late_s]
    assert metadata.trouble == ""


def test_a_late_submission_loses_what_the_rubric_says(tmp_path: Path) -> None:
    rubric = TANH.replace("probes:", "late: {per_day: 20}\nprobes:")
    root = unpacked(built(tmp_path, rubric), tmp_path / "autograder")
    hand_in(root, {"act.py": RIGHT}, {**METADATA, "created_at": "2026-02-05T10:00:00-08:00"})
    run(root, Demand())
    told = results(root)
    assert told["score"] == 8
    assert told["output"].splitlines()[:2] == [
        "8 of 10 points.",
        "Adjusted: late -2: 10:01:00 late: 1 day of 20 % of the 10 points there are.",
    ]


def test_a_group_is_told_by_its_members(root: Path) -> None:
    hand_in(root, {"act.py": RIGHT})
    told = read_metadata(root / "submission_metadata.json")
    assert [person.email for person in told.people] == [
        "amber-fox@example.edu",
        "blue-owl@example.edu",
    ]
    assert str(told.total_points) == "10.0"
    found = found_in(root / "submission", told)
    assert (found.files, found.people) == (("act.py",), told.people)


# --- what ends in the middle -------------------------------------------------------------------


@contextmanager
def killing(find: Callable[[], list[psutil.Process]], times: int) -> Iterator[list[psutil.Process]]:
    """Kill what is found, each process once, while the block runs."""
    ended = threading.Event()
    killed: list[psutil.Process] = []

    def watch() -> None:
        while not ended.is_set() and len(killed) < times:
            # One may have ended by itself meanwhile.
            with suppress(psutil.NoSuchProcess):
                for process in find():
                    if process not in killed:
                        process.kill()
                        killed.append(process)
            time.sleep(0.02)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield killed
    finally:
        ended.set()
        thread.join()


def students() -> list[psutil.Process]:
    """Return the processes that run a student's code: children of this test's zygotes."""
    return [
        child
        for zygote in psutil.Process().children(recursive=True)
        if "grader.sandbox.zygote" in " ".join(zygote.cmdline())
        for child in zygote.children()
    ]


def busy_workers() -> list[psutil.Process]:
    """Return this test's own children beneath whose zygotes a student's code runs."""
    return [
        worker
        for worker in psutil.Process().children()
        if any(zygote.children() for zygote in worker.children())
    ]


def test_results_are_right_after_the_students_process_was_killed(root: Path) -> None:
    hand_in(root, {"act.py": SLEEPY})
    with killing(students, times=1) as killed:
        report = run(root, Demand())
    assert (len(killed), report.fault) == (1, "")
    told = results(root)
    first, second = (test["score"] for test in told["tests"])
    assert second == 6, "what another process answered stands"
    assert first in (0, 4), "whether it was met while loading, which is tried again, or later"
    assert told["score"] == first + second


def test_results_are_right_if_every_process_that_is_met_is_killed(root: Path) -> None:
    hand_in(root, {"act.py": SLEEPY})
    with killing(students, times=1000):
        report = run(root, Demand())
    told = results(root)
    if any("score" not in test for test in told["tests"]):
        # Met three times in a row before it was anybody's process: nothing is known of the code.
        assert "walls did not come up" in told["tests"][0]["output"]
        assert not any("score" in test for test in told["tests"])
        return
    first, second = (test["score"] for test in told["tests"])
    assert (first, told["tests"][0]["status"], report.fault) == (0, "failed", "")
    assert told["tests"][0]["extra_data"]["outcome"] in ("crashed", "load_failed", "out_of_memory")
    assert told["score"] == second


def test_a_grader_killed_twice_is_no_verdict(root: Path) -> None:
    hand_in(root, {"act.py": SLEEPY})
    with killing(busy_workers, times=2) as killed:
        report = run(root, Demand())
    assert len(killed) == 2
    assert "was killed 2 times" in report.fault
    told = results(root)
    assert not any("score" in test for test in told["tests"])
    assert "The total is provisional. 10 points are not decided yet" in told["output"]


def test_a_fault_of_ours_leaves_results_that_say_so(root: Path) -> None:
    hand_in(root, {"act.py": RIGHT})
    put(root / "source" / "rubric" / "tiny" / "rubric.yaml", "schema: 1\nid: tiny\n")
    with pytest.raises(GraderError):
        run(root, Demand())
    told = results(root)
    assert told["score"] == 0
    assert "no fault of yours" in told["output"]
    assert "no verdict" in told["output"]


def test_settings_that_are_missing_leave_results_that_say_so(root: Path) -> None:
    (root / "source" / "autograder.json").unlink()
    with pytest.raises(GraderError, match=r"autograder\.json: cannot be read"):
        run(root, Demand())
    assert "no fault of yours" in results(root)["output"]


def test_results_are_there_before_the_container_is_ended(tmp_path: Path) -> None:
    at_once = Container(timeout_minutes=0)
    root = unpacked(built(tmp_path, container=at_once), tmp_path / "autograder")
    hand_in(root, {"act.py": RIGHT})
    report = run(root, Demand())
    assert "nearly over" in report.fault
    told = results(root)
    assert not any("score" in test for test in told["tests"])
    assert "The total is provisional. 10 points" in told["output"]


# --- what student code may not read ------------------------------------------------------------


def test_students_code_reads_nothing_of_the_container(root: Path) -> None:
    secrets = [
        root / "submission_metadata.json",
        root / "results" / "results.json",
        root / "source" / "autograder.json",
        root / "source" / "rubric" / "tiny" / "rubric.yaml",
        root / "submission" / "act.py",
    ]
    spying = f"""\
import os
import numpy as np

got = []
for path in {[str(path) for path in secrets]!r}:
    for open_it in (open, lambda path: os.open(path, 0)):
        try:
            open_it(path)
        except Exception:
            continue
        got.append(path)

def forward(z):
    return np.tanh(z) + len(got)
"""
    hand_in(root, {"act.py": spying + BACKWARD})
    run(root, Demand())
    assert results(root)["score"] == 10, "had it read one of them, forward would be wrong"


def test_what_lies_in_the_container_is_closed_to_all_users_but_root(tmp_path: Path) -> None:
    zipped = built(tmp_path)
    with open_folder() as folder:
        root = unpacked(zipped, folder / "autograder")
        root.chmod(0o755)
        hand_in(root, {"act.py": RIGHT})
        run(root, Demand())
        for name in ("submission", "source", "results"):
            assert stat.S_IMODE((root / name).stat().st_mode) == 0o700
        assert stat.S_IMODE((root / "submission_metadata.json").stat().st_mode) == 0o600
        code = """
for path in sys.argv[1:]:
    try:
        open(path)
    except PermissionError:
        print("closed")
"""
        secrets = ("results/results.json", "source/autograder.json", "submission/act.py")
        paths = [str(root / name) for name in (*secrets, "submission_metadata.json")]
        assert told_by("import sys", code, *paths).split() == ["closed"] * 4


def test_a_hidden_items_answers_are_told_to_nobody(tmp_path: Path) -> None:
    hidden = TANH.replace("answer: dz}", "answer: dz, visibility: hidden}")
    root = unpacked(built(tmp_path, hidden), tmp_path / "autograder")
    hand_in(root, {"act.py": RIGHT.replace("1 - np", "1 + np")})
    run(root, Demand())
    told = results(root)
    assert told["tests"][1]["output"] == "Outcome: wrong"
    assert "10" not in told["output"]
