"""What is not the students' fault: processes killed from outside, and results that find no place."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from grader.errors import GraderFault
from grader.grading import explaining, journal, reproducing
from grader.grading.batch import Settings
from grader.grading.batch import run as run_batch
from grader.grading.isolation import Demand, isolation
from grader.grading.planning import make_plan
from grader.rubric import load_rubric
from grader.submission import discover
from tests.cli.command import ROOT, grader, scores, started, wait_until
from tests.grading.classroom import RIGHT, TANH, Classroom, put, write_rubric

SLEEPY = RIGHT.replace("import numpy as np", "import numpy as np, time").replace(
    "return np.tanh(z)\n", "time.sleep(0.7)\n    return np.tanh(z)\n", 1
)
"""Right, and slow enough to be met in the middle of it; sleeping takes no CPU time."""


# --- the zygote ------------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    made = Classroom(tmp_path)
    yield made
    made.examiner.close()


def own_zygotes() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if "grader.sandbox.zygote" in " ".join(child.cmdline())
    ]


def test_a_search_for_the_cause_that_fails_costs_no_verdict(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = RIGHT.replace("1 - ", "2 - ")
    before = room.grade(wrong)

    def fail(*_: object) -> None:
        raise AttributeError("'float' object has no attribute 'shape'")

    monkeypatch.setattr(explaining, "diagnose", fail)
    sheet = room.grade(wrong)
    assert [s.verdict.outcome for s in sheet.scores] == [s.verdict.outcome for s in before.scores]
    told = f"{explaining.FAULT} (AttributeError: 'float' object has no attribute 'shape')"
    assert f"dz: {told}" in sheet.flags
    assert not [flag for flag in before.flags if explaining.FAULT in flag]


def test_an_example_that_cannot_be_made_costs_no_verdict(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, transcript = room.examine(RIGHT.replace("1 - ", "2 - "))
    shown = reproducing.reproductions(room.plan, sheet, transcript)
    assert shown["dz"][0].startswith("Its inputs, too many to be shown: ")

    def fail(*_: object) -> None:
        raise KeyError("W1, b1")

    monkeypatch.setattr(reproducing, "script", fail)
    shown = reproducing.reproductions(room.plan, sheet, transcript)
    assert shown["dz"] == ("A fault of the grader: no example (KeyError: 'W1, b1').",)


def test_a_zygote_killed_between_two_submissions_is_replaced(room: Classroom) -> None:
    before = own_zygotes()
    room.grade(RIGHT)
    (zygote,) = set(own_zygotes()) - set(before)
    zygote.kill()
    zygote.wait()
    assert set(room.outcomes(RIGHT).values()) == {"correct"}


def test_a_zygote_killed_in_the_middle_of_a_submission_is_replaced(room: Classroom) -> None:
    before = own_zygotes()
    room.grade(RIGHT)
    (zygote,) = set(own_zygotes()) - set(before)
    killer = threading.Timer(0.5, zygote.kill)
    killer.start()
    try:
        assert set(room.outcomes(SLEEPY).values()) == {"correct"}
    finally:
        killer.cancel()
    assert not zygote.is_running()


def test_a_feigned_fault_gains_an_open_score_that_says_so_and_nothing_else(
    room: Classroom,
) -> None:
    feigned = RIGHT.replace("return np.tanh(z)\n", "import os; os._exit(70)\n", 1)

    with pytest.raises(GraderFault, match=r"or its code feigns that \(read it first\)"):
        room.grade(feigned)

    assert set(room.outcomes(RIGHT).values()) == {"correct"}


@pytest.mark.parametrize("feint", ["os._exit(71)", "os._exit(74)", "signal.raise_signal(9)"])
def test_a_feigned_end_of_another_kind_costs_its_item(room: Classroom, feint: str) -> None:
    feigned = RIGHT.replace("return np.tanh(z)\n", f"import os, signal; {feint}\n", 1)

    outcomes = room.outcomes(feigned)

    assert outcomes["out"] in {"crashed", "out_of_memory"}
    assert [outcome for item, outcome in outcomes.items() if item != "out"].count("correct") > 0


# --- a worker --------------------------------------------------------------------------------


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Three submissions, the second of which takes its time."""
    write_rubric(tmp_path, TANH)
    for name in ("ant", "cow"):
        put(tmp_path / "all" / name / "act.py", RIGHT)
    put(tmp_path / "all" / "bee" / "act.py", SLEEPY)
    return tmp_path


def worker_busy_with_a_student(main: psutil.Process) -> psutil.Process | None:
    """Return the worker whose zygote has a child: it is in the middle of a submission."""
    for worker in main.children():
        try:
            if any(zygote.children() for zygote in worker.children()):
                return worker
        except psutil.NoSuchProcess:
            continue
    return None


def kill_worker(main: psutil.Process, is_ready: Callable[[], bool]) -> None:
    """Kill the worker in the middle of the slow submission, and all that hangs on it."""
    found: list[psutil.Process] = []

    def is_busy() -> bool:
        worker = worker_busy_with_a_student(main) if is_ready() else None
        found.extend([worker] if worker is not None else [])
        return worker is not None

    wait_until("a worker is busy with the slow submission", is_busy)
    found[-1].kill()
    wait_until("the worker is gone", lambda: not found[-1].is_running())


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_killed_worker_costs_its_submission_one_more_try(batch: Path, deaths: int) -> None:
    run = batch / "run"
    process = started("grade", "all", "--rubric", "tiny", "-o", run, "--jobs", 1, cwd=batch)
    main = psutil.Process(process.pid)
    for _ in range(deaths):
        kill_worker(main, lambda: (run / "results" / "ant.json").exists())
    out, err = process.communicate(timeout=60)
    rows = scores(run)
    assert [rows[name]["total"] for name in ("ant", "cow")] == ["10", "10"]
    if deaths == 1:
        assert process.returncode == 0, err
        assert (rows["bee"]["status"], rows["bee"]["total"]) == ("graded", "10")
    else:
        assert process.returncode == 2
        assert "bee: grader fault: the process that graded it was killed 2 times" in err
        assert (rows["bee"]["status"], rows["bee"]["total"]) == ("grader_fault", "")
        assert rows["bee"]["out.outcome"] == "grader_fault"
        assert next(iter(rows)) == "bee", "faults are listed first"
        assert json.loads((run / "results" / "bee.json").read_text())["items"][0]["points"] is None
        assert "2 grader_fault" in out


def test_a_worker_killed_before_it_was_given_anything_is_replaced(batch: Path) -> None:
    process = started("grade", "all", "--rubric", "tiny", "-o", "run", "--jobs", 1, cwd=batch)
    main = psutil.Process(process.pid)
    wait_until("the first worker is there", main.children)
    main.children()[0].kill()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert {row["total"] for row in scores(batch / "run").values()} == {"10"}


def test_nothing_is_left_running(batch: Path) -> None:
    process = started("grade", "all", "--rubric", "tiny", "-o", "run", "--jobs", 2, cwd=batch)
    main = psutil.Process(process.pid)
    wait_until("a student's code runs", lambda: worker_busy_with_a_student(main))
    family = main.children(recursive=True)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


# --- results that cannot be written ----------------------------------------------------------


def test_a_result_that_finds_no_place_is_a_fault_of_ours_and_stops_nobody(batch: Path) -> None:
    run = batch / "run"
    process = started("grade", "all", "--rubric", "tiny", "-o", run, "--jobs", 1, cwd=batch)
    wait_until("the run's folder is made", (run / "results" / "ant.json").exists)
    (run / "results" / "bee.json").mkdir()
    _, err = process.communicate(timeout=60)
    rows = scores(run)
    assert process.returncode == 2
    assert "bee: grader fault: IsADirectoryError" in err
    assert "IsADirectoryError" in (run / "faults" / "bee.txt").read_text()
    assert {name: row["status"] for name, row in rows.items()} == {
        "bee": "grader_fault",
        "ant": "graded",
        "cow": "graded",
    }


@pytest.mark.skipif(not hasattr(os, "fork"), reason="spawned workers would not know of the disk")
@pytest.mark.parametrize(
    ("number", "part", "once"),
    [
        (errno.ENOSPC, "write_transcript", "once there is room"),
        (errno.EDQUOT, "write_json", "once there is room"),
        (errno.EROFS, "write_transcript", "once it may be written into"),
        (errno.EACCES, "write_json", "once it may be written into"),
    ],
)
def test_the_first_result_without_room_ends_a_run_and_leaves_nothing_of_itself(
    batch: Path, monkeypatch: pytest.MonkeyPatch, number: int, part: str, once: str
) -> None:
    """Run here, so that the workers inherit a disk on which there is room for ``ant`` alone."""
    write, run = getattr(journal, part), batch / "run"

    def full(path: Path, value: object) -> None:
        if path.stem == "bee":
            raise OSError(number, os.strerror(number), "a name that nobody knows")
        write(path, value)

    monkeypatch.setattr(journal, part, full)
    settings = Settings(folder=run, jobs=1, isolation=isolation(Demand(), None))
    plan = make_plan(load_rubric(batch / "tiny"))
    found = discover(batch / "all", plan.rubric.modules.expected)
    graded: list[str] = []
    done = run_batch(
        plan, found, settings, lambda: None, lambda sheet: graded.append(sheet.submission)
    )
    assert graded == ["ant"], "nobody is graded in vain"
    assert done.was_interrupted
    assert done.cut_short is not None
    name = "transcripts/bee.frame" if part == "write_transcript" else "results/bee.json"
    assert done.cut_short.why == f"{run / name}: cannot be written ({os.strerror(number)})"
    assert done.cut_short.once == once
    assert list(scores(run)) == ["ant"]
    assert json.loads((run / "run.json").read_text())["state"] == "interrupted"
    for kept in ("results", "transcripts"):
        assert [path.stem for path in (run / kept).iterdir()] == ["ant"]
    monkeypatch.undo()
    more = grader("grade", "all", "--rubric", "tiny", "-o", run, "--resume", cwd=batch)
    assert more.returncode == 0, more.stderr
    assert sorted(scores(run)) == ["ant", "bee", "cow"]


@pytest.fixture
def small_disk(batch: Path) -> list[str]:
    """What starts a command on a disk of 20 KB, which lies at ``small`` and is copied to ``kept``."""
    (batch / "small").mkdir()
    mount = "mount -t tmpfs -o size=20k none small"
    alone = [
        "unshare",
        "-m",
        "sh",
        "-c",
        f'{mount} && "$0" "$@"; code=$?; cp -r small kept; exit $code',
    ]
    try:
        tried = subprocess.run([*alone, "true"], cwd=batch, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if tried.returncode:
        pytest.skip("only root mounts a disk")
    shutil.rmtree(batch / "kept")
    return alone


def test_a_full_disk_ends_a_run_in_good_order_and_names_a_file(
    batch: Path, small_disk: list[str]
) -> None:
    """There is room for some of three results, and for no table of them."""
    given = ("grade", "all", "--rubric", "tiny", "-o", "small/run", "--jobs", "1")
    command = [*small_disk, sys.executable, "-m", "grader", *given]
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=batch, env=here, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 130, done.stderr
    kept = [path.stem for path in (batch / "kept" / "run" / "results").iterdir()]
    assert 0 < len(kept) < 3
    cause = rf"small/run/\S+: cannot be written \(No space left on device\): {len(kept)} of 3"
    assert re.search(cause, done.stderr), done.stderr
    told = "these are kept, though not in all tables: once there is room, the same command with"
    assert f"{told} --resume goes on" in done.stderr
    assert "grader_fault" not in done.stdout
    assert "written: " not in done.stderr


def test_a_run_whose_folder_is_deleted_stops_and_says_so(batch: Path) -> None:
    run = batch / "run"
    process = started("grade", "all", "--rubric", "tiny", "-o", "run", "--jobs", 1, cwd=batch)
    wait_until("the first is graded", (run / "results" / "ant.json").exists)
    shutil.rmtree(run)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "run: was deleted while it was written into" in err
    assert "graded 3 of 3" not in err, "nobody is graded in vain"
    assert not run.exists()


def test_tables_that_find_no_place_are_told_of_without_a_traceback(batch: Path) -> None:
    (batch / "run" / "scores.csv").mkdir(parents=True)
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", cwd=batch)
    assert done.returncode == 1
    told = "run: the tables cannot be written (Is a directory); what was graded is in run/results: "
    assert f"{told}once it can be written, the same command with --resume goes on" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(list((batch / "run" / "results").iterdir())) == 3
    again = grader("rescore", "run", cwd=batch)
    assert "once it can be written, grader rescore goes on" in again.stderr
