"""On a cluster: a real scheduler, two real workers, one of which is killed, and nothing is lost."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from grader.errors import GraderFault, UsageError
from grader.grading import cluster, station
from grader.grading.cluster import DaskExecutor
from grader.grading.cut_short import NoRoomError
from grader.grading.executors import Work
from grader.grading.isolation import Isolation
from grader.grading.station import Job, grade_job, unpacked
from grader.sandbox.levels import available_level
from tests.cli.command import ROOT, grader, scores, started, wait_until
from tests.grading.classroom import RIGHT, TANH, Classroom, outcomes, put, submission, write_rubric

# Not imported here: every worker of the tests collects them, and one runs them.
pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="needs distributed")

SLEEPY = RIGHT.replace("import numpy as np", "import numpy as np, time").replace(
    "return np.tanh(z)\n", "time.sleep(0.4)\n    return np.tanh(z)\n", 1
)
WRONG = SLEEPY.replace("1 - ", "2 - ")
NAMES = ("ant", "bee", "cow", "doe", "elk", "fox")


# --- the workers -----------------------------------------------------------------------------


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a Python module that ends with the block."""
    here = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    begun = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=here,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield begun
    finally:
        begun.kill()
        begun.wait()


@contextlib.contextmanager
def begun_scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    file = folder / "scheduler.json"
    given = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    with process("distributed.cli.dask_scheduler", *given) as begun:
        wait_until("the scheduler listens", lambda: file.exists() and file.read_text().strip())
        yield json.loads(file.read_text())["address"], begun


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    with begun_scheduler(tmp_path) as (address, _):
        yield address


def worker_of(scheduler: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    given = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    return process("distributed.cli.dask_worker", scheduler, *given)


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path, scheduler: str) -> None:
    write_rubric(tmp_path, TANH)
    for name in NAMES:
        put(tmp_path / "all" / name / "act.py", WRONG if name == "cow" else SLEEPY)
    given = ("grade", "all", "--rubric", "tiny", "-o")
    with worker_of(scheduler) as first, worker_of(scheduler):
        clustered = ("run", "--executor", "dask", "--scheduler", scheduler)
        command = started(*given, *clustered, cwd=tmp_path)
        results = tmp_path / "run" / "results"
        wait_until(
            "the first result streams back",
            lambda: any(results.glob("*.json")) or command.poll() is not None,
            timeout_s=120.0,
        )
        assert len(list(results.glob("*.json"))) < len(NAMES), "the rest is still to be graded"
        first.send_signal(signal.SIGKILL)
        _, err = command.communicate(timeout=240)
    assert command.returncode == 0, err
    rows = scores(tmp_path / "run")
    assert {name: row["total"] for name, row in rows.items()} == {
        **dict.fromkeys(NAMES, "10"),
        "cow": "4",
    }
    for kept in ("results", "transcripts"):
        assert sorted(path.stem for path in (tmp_path / "run" / kept).iterdir()) == list(NAMES)
    # What came back is what a run of this machine keeps: nobody is asked again.
    here = grader(*given, "run", "--resume", "--jobs", 1, cwd=tmp_path)
    assert here.returncode == 0, here.stderr
    assert scores(tmp_path / "run") == rows


def test_a_scheduler_that_dies_ends_a_run_as_ctrl_c_does(tmp_path: Path) -> None:
    write_rubric(tmp_path, TANH)
    for name in NAMES:
        put(tmp_path / "all" / name / "act.py", SLEEPY)
    given = ("grade", "all", "--rubric", "tiny", "-o", "run")
    results = tmp_path / "run" / "results"
    with begun_scheduler(tmp_path) as (address, begun), worker_of(address):
        clustered = ("--executor", "dask", "--scheduler", address)
        command = started(*given, *clustered, cwd=tmp_path)
        wait_until(
            "the first result streams back",
            lambda: any(results.glob("*.json")) or command.poll() is not None,
            timeout_s=120.0,
        )
        begun.send_signal(signal.SIGKILL)
        out, err = command.communicate(timeout=120)
    assert command.returncode == 130, err
    rows = scores(tmp_path / "run")
    assert 0 < len(rows) < len(NAMES)
    told = f"the scheduler {address} is gone: {len(rows)} of {len(NAMES)} submissions were graded"
    assert f"{told}; the tables hold these, and --resume goes on" in err
    assert "Traceback" not in err
    assert "grader_fault" not in out
    assert json.loads((tmp_path / "run" / "run.json").read_text())["state"] == "interrupted"


def test_that_there_is_no_worker_is_said_once_and_one_that_comes_grades(
    tmp_path: Path, scheduler: str
) -> None:
    write_rubric(tmp_path, TANH)
    put(tmp_path / "all" / "ant" / "act.py", RIGHT)
    clustered = ("--executor", "dask", "--scheduler", scheduler)
    command = started("grade", "all", "--rubric", "tiny", "-o", "run", *clustered, cwd=tmp_path)
    assert command.stderr is not None
    told = next((line for line in command.stderr if line.startswith("no worker")), "")
    start = f"start one (dask worker {scheduler})"
    assert told == f"no worker at {scheduler}: {start}, or Ctrl-C and --resume\n"
    time.sleep(2 * cluster._LOOK_S)
    with worker_of(scheduler):
        _, err = command.communicate(timeout=120)
    assert command.returncode == 0, err
    assert "no worker" not in err
    assert scores(tmp_path / "run")["ant"]["total"] == "10"


# --- workers of this machine -----------------------------------------------------------------


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that is interrupted on workers which the command has started, and then resumed there."""
    folder = tmp_path_factory.mktemp("here")
    write_rubric(folder, TANH)
    for name in NAMES:
        put(folder / "all" / name / "act.py", WRONG if name == "cow" else SLEEPY)
    given = ("grade", "all", "--rubric", "tiny", "-o", "run", "--executor", "dask", "--jobs", 2)
    command = started(*given, cwd=folder)
    results = folder / "run" / "results"
    wait_until(
        "the first result", lambda: any(results.glob("*.json")) or command.poll() is not None
    )
    assert command.poll() is None, command.communicate()
    family = psutil.Process(command.pid).children(recursive=True)
    os.killpg(command.pid, signal.SIGINT)
    _, err = command.communicate(timeout=120)
    put(folder / "interrupted.txt", f"{command.returncode}\n{err}")
    _, left = psutil.wait_procs(family, timeout=10)
    put(folder / "left.txt", "".join(map(str, left)))
    shutil.copytree(folder / "run", folder / "partial")
    done = grader(*given, "--resume", cwd=folder)
    put(folder / "resumed.txt", f"{done.returncode}\n{done.stderr}")
    return folder


def test_without_a_scheduler_everybody_is_graded_here(here: Path) -> None:
    status, _, err = (here / "resumed.txt").read_text().partition("\n")
    assert status == "0", err
    totals = {name: row["total"] for name, row in scores(here / "run").items()}
    assert totals == {**dict.fromkeys(NAMES, "10"), "cow": "4"}


def test_ctrl_c_leaves_a_partial_run_and_no_process_and_no_word_of_dask(here: Path) -> None:
    status, _, err = (here / "interrupted.txt").read_text().partition("\n")
    assert status == "130", err
    rows = scores(here / "partial")
    assert 0 < len(rows) < len(NAMES)
    assert f"interrupted: {len(rows)} of {len(NAMES)} submissions were graded" in err
    assert "Traceback" not in err
    assert "distributed" not in err
    assert (here / "left.txt").read_text() == ""


def test_what_came_back_before_the_interruption_is_not_asked_again(here: Path) -> None:
    for path in (here / "partial" / "transcripts").iterdir():
        assert path.read_bytes() == (here / "run" / "transcripts" / path.name).read_bytes()


# --- a task ----------------------------------------------------------------------------------


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    room = Classroom(tmp_path)
    room.examiner.close()
    level = available_level()
    yield Work(
        plan=room.plan,
        found=(),
        folder=tmp_path / "run",
        isolation=Isolation(level=level, demanded=level),
    )
    station.leave_station()


def sent(work: Work) -> Work:
    return unpacked(station.versions(), pickle.dumps(work))


def test_a_task_takes_back_all_that_is_kept_and_a_later_one_needs_no_process(work: Work) -> None:
    handed_in = submission({"act.py": RIGHT}, "ant")
    graded = grade_job("one", sent(work), Job(submission=handed_in, kept={}))
    assert set(outcomes(graded.sheet).values()) == {"correct"}
    assert set(graded.files) == {"transcripts/ant.frame", "results/ant.json"}
    kept = {"transcripts/ant.frame": graded.files["transcripts/ant.frame"]}
    resumed = replace(work, resumes=True)
    again = grade_job("two", sent(resumed), Job(submission=handed_in, kept=kept))
    assert again.files["transcripts/ant.frame"] == kept["transcripts/ant.frame"]
    assert again.sheet.scores == graded.sheet.scores
    assert station._station is not None
    assert station._station.examiner._zygote is None


def test_nothing_of_one_task_is_left_for_the_next(work: Work) -> None:
    there = sent(work)
    grade_job("one", there, Job(submission=submission({"act.py": RIGHT}, "ant"), kept={}))
    graded = grade_job("one", there, Job(submission=submission({"act.py": ""}, "bee"), kept={}))
    assert "transcripts/ant.frame" not in graded.files
    assert {path.partition("/")[2] for path in graded.files} >= {"bee.frame", "bee.json"}


def test_what_a_killed_worker_has_left_is_cleared_away_by_the_next_one_alone(
    tmp_path: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A living one's stays, however old, as do a new one's and what is no worker's."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    holding = (
        "import sys, time; from pathlib import Path; from grader.grading import station; "
        "lock = station._locked(Path(sys.argv[1])); print(lock, flush=True); time.sleep(60)"
    )
    names = {name: tmp_path / f"grader-worker-{name}" for name in ("killed", "living", "new")}
    others = tmp_path / "others"
    for folder in (*names.values(), others):
        put(folder / "results" / "ant.json", "{}")
    (tmp_path / "grader-worker-link").symlink_to(others)
    workers = {
        name: subprocess.Popen(
            [sys.executable, "-c", holding, names[name]], stdout=subprocess.PIPE, text=True
        )
        for name in ("killed", "living")
    }
    try:
        for begun in workers.values():
            assert begun.stdout is not None
            assert begun.stdout.readline().strip().isdigit()
        workers["killed"].kill()
        workers["killed"].wait()
        for name in ("killed", "living"):
            os.utime(names[name], (0, 0))
        os.utime(tmp_path / "grader-worker-link", (0, 0), follow_symlinks=False)
        grade_job("one", sent(work), Job(submission=submission({"act.py": RIGHT}), kept={}))
    finally:
        for begun in workers.values():
            begun.kill()
            begun.communicate()
    assert not names["killed"].exists()
    for folder in (names["living"], names["new"], others):
        assert (folder / "results" / "ant.json").exists()
    assert station._station is not None
    own = Path(station._station.folder.name)
    assert own.parent == tmp_path
    station.leave_station()
    assert not own.exists()


@pytest.mark.parametrize("name", ["grader", "numpy"])
def test_a_worker_with_other_versions_refuses(work: Work, name: str) -> None:
    versions = {**station.versions(), name: "0.0.1"}
    with pytest.raises(GraderFault, match=rf"a worker has {name} .*, the command 0\.0\.1"):
        unpacked(versions, pickle.dumps(work))


def test_a_scheduler_that_is_not_there_is_told_of(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.5)
    executor = DaskExecutor(work, 1, "tcp://127.0.0.1:9")
    with pytest.raises(UsageError, match=r"scheduler tcp://127\.0\.0\.1:9: cannot be used"):
        executor.start()


def test_what_came_back_and_finds_no_room_is_told_from_a_fault_of_one_submission(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(submission=submission({"act.py": RIGHT}, "ant"), kept={})
    graded = grade_job("one", sent(work), job)

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a name that nobody knows")

    work.folder.mkdir()
    monkeypatch.setattr(cluster, "write_atomically", full)
    with pytest.raises(NoRoomError) as met:
        DaskExecutor(work, 1)._keep(graded)
    frame = work.folder / "transcripts" / "ant.frame"
    assert met.value.cut_short.why == f"{frame}: cannot be written (No space left on device)"
    assert met.value.cut_short.once == "once there is room"


def test_a_scheduler_goes_with_dask_alone(tmp_path: Path) -> None:
    done = grader("grade", "all", "--rubric", "tiny", "--scheduler", "tcp://a:1", cwd=tmp_path)
    assert done.returncode == 1
    assert "--scheduler goes with --executor dask" in done.stderr
