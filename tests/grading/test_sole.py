"""One command at a time writes into a run's folder, and its lock ends with it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.grading import sole
from grader.grading.sole import leave_to_parent, sole_writer
from tests.cli.command import grader
from tests.grading.classroom import RIGHT, TANH, put, write_rubric


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sole, "_PATIENCE_S", 0.0)


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[Path]:
    """A folder into which somebody else is writing."""
    folder = tmp_path / "run"
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield folder
    os.close(descriptor)


def is_free(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def test_a_folder_is_taken_within_the_block_only_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    with sole_writer(tmp_path), sole_writer(tmp_path / "."):
        assert not is_free(tmp_path)
    assert is_free(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("impatient")
def test_who_comes_second_is_refused_and_may_come_again(taken: Path) -> None:
    for _ in range(2):
        with pytest.raises(UsageError, match="run: another grader is writing"), sole_writer(taken):
            pytest.fail("it is not alone")
    assert sole._held == {}


def test_a_forked_worker_holds_nothing_once_its_parent_has_ended(tmp_path: Path) -> None:
    with sole_writer(tmp_path):
        ready, go = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            leave_to_parent()
            os.write(ready[1], b"1")
            os.read(go[0], 1)
            os._exit(0)
        os.read(ready[0], 1)
        assert not is_free(tmp_path), "the parent has it still"
    assert is_free(tmp_path)
    os.write(go[1], b"1")
    os.waitpid(pid, 0)
    for end in (*ready, *go):
        os.close(end)


def test_a_command_that_was_killed_leaves_the_folder_free(tmp_path: Path) -> None:
    holds = (
        "import sys, time, pathlib; from grader.grading.sole import sole_writer; "
        "held = sole_writer(pathlib.Path(sys.argv[1])); held.__enter__(); print(1, flush=True); "
        "time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", holds, str(tmp_path)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    assert not is_free(tmp_path)
    other.kill()
    other.communicate()
    assert is_free(tmp_path)


@pytest.mark.parametrize("command", ["grade", "rescore"])
def test_the_command_leaves_the_run_of_another_one_alone(taken: Path, command: str) -> None:
    folder = taken.parent
    write_rubric(folder, TANH)
    put(folder / "all" / "ant" / "act.py", RIGHT)
    kept = put(taken / "results" / "bee.json", "{}")
    facts = put(taken / "run.json", '{"format": 1, "rubric": "tiny", "seed": 11}')
    what = {"grade": ("all", "-o", "run"), "rescore": ("run",)}[command]
    done = grader(command, *what, "--rubric", "tiny", cwd=folder)
    assert done.returncode == 1
    assert "run: another grader is writing into it; wait for it, or choose" in done.stderr
    assert kept.exists()
    assert '"seed": 11}' in facts.read_text()
