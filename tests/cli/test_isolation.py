"""``--level``, ``--unsafe`` and ``--limit``: what is demanded, what is had, and what is said of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from grader.sandbox.levels import available_level
from tests.cli.command import grader, scores
from tests.grading.classroom import RIGHT, TANH, put, write_rubric
from tests.sandbox import nobody
from tests.sandbox.nobody import run_as_ordinary_user
from tests.submission import ordinary

WARNING = "run with --unsafe at isolation level 2, below the 3 that is needed"
needs_level_2 = pytest.mark.skipif(available_level() < 2, reason="no walls on this machine")
GRADE = ("grade", "all", "--rubric", "tiny", "-o", "run")


@pytest.fixture
def open_home(home: Path) -> Iterator[Path]:
    """The homework and its class where every user may write."""
    with ordinary.open_folder() as folder:
        place = folder / "home"
        shutil.copytree(home, place)
        for path in (place, *place.rglob("*")):
            path.chmod(0o777)
        yield place


def as_user(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as an ordinary user, for whom level 2 is the best."""
    return run_as_ordinary_user("-m", "grader", *arguments, cwd=cwd)


def facts(home: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((home / "run" / "run.json").read_text())
    return told


@needs_level_2
def test_a_run_prints_and_records_its_level(home: Path) -> None:
    done = grader(*GRADE, cwd=home)

    level = available_level()
    assert done.returncode == 0, done.stderr
    assert f"isolation level {level}: Linux as " in done.stderr
    assert facts(home)["isolation_level"] == level
    assert facts(home)["demanded_level"] == 2
    assert "Linux as " in str(facts(home)["isolation"])
    assert "unsafe" not in facts(home)


@needs_level_2
@pytest.mark.parametrize("level", [1, 2])
def test_a_demand_that_is_met_changes_nothing(open_home: Path, level: int) -> None:
    done = as_user(*GRADE, "--level", level, cwd=open_home)

    assert done.returncode == 0, done.stderr
    assert facts(open_home)["isolation_level"] == 2
    assert facts(open_home)["demanded_level"] == level


@needs_level_2
@pytest.mark.parametrize("command", [GRADE, ("check", "all/ant", "--rubric", "tiny")])
def test_a_demand_above_what_is_there_is_refused(open_home: Path, command: tuple[str, ...]) -> None:
    done = as_user(*command, "--level", 3, cwd=open_home)

    assert (done.returncode, done.stdout) == (1, "")
    assert "this machine offers isolation level 2 (Linux as an ordinary user" in done.stderr
    assert "3 is needed; run as root, in a container for instance, or pass --unsafe" in done.stderr
    assert not (open_home / "run").exists()


@needs_level_2
@pytest.mark.parametrize("command", [GRADE, ("check", "all/ant", "--rubric", "tiny")])
def test_a_demand_of_the_rubric_is_refused_as_well(
    open_home: Path, command: tuple[str, ...]
) -> None:
    file = open_home / "tiny" / "rubric.yaml"
    put(file, file.read_text() + "isolation: {level: 3}\n")

    done = as_user(*command, cwd=open_home)

    assert (done.returncode, done.stdout) == (1, "")
    assert "3 is demanded by the rubric tiny; run as root" in done.stderr


@needs_level_2
@pytest.mark.parametrize(
    "command", [GRADE, ("check", "all/asleep", "--rubric", "tiny")], ids=["grade", "check"]
)
def test_the_memory_of_a_command_is_hidden_while_it_runs_students_code(
    open_home: Path, command: tuple[str, ...]
) -> None:
    asleep = RIGHT.replace("    return np.tanh(z)", "    import time; time.sleep(600)")
    put(open_home / "all" / "asleep" / "act.py", asleep)
    launcher = [nobody.__file__] if os.geteuid() == 0 else []

    process = subprocess.Popen(
        [sys.executable, *launcher, "-m", "grader", *command],
        cwd=open_home,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # What cannot be read belongs to root, whoever runs it.
        memory = Path(f"/proc/{process.pid}/mem")
        while process.poll() is None and (not _has_child(process.pid) or memory.stat().st_uid):
            time.sleep(0.05)
        assert process.poll() is None, "it has ended, and its memory was never hidden"
    finally:
        process.terminate()
        process.wait()


def _has_child(pid: int) -> bool:
    """Tell whether a process of a student's code is there: below the zygote."""
    return len(psutil.Process(pid).children(recursive=True)) > 1


@needs_level_2
def test_an_unmet_demand_can_be_overridden_and_every_output_says_so(open_home: Path) -> None:
    done = as_user(*GRADE, "--level", 3, "--unsafe", cwd=open_home)

    assert done.returncode == 0, done.stderr
    assert WARNING in done.stderr
    assert facts(open_home)["unsafe"] == WARNING
    assert facts(open_home)["isolation_level"] == 2
    for row in scores(open_home / "run").values():
        assert WARNING in row["flags"]
    for result in (open_home / "run" / "results").glob("*.json"):
        assert WARNING in json.loads(result.read_text())["flags"]
    for command in (
        ("report", "run", "--html"),
        ("rescore", "run"),
        ("gradebook", "run", "--for", "gradescope", "-o", "book.csv"),
    ):
        again = grader(*command, cwd=open_home)
        assert f"the run: {WARNING}" in again.stderr, again.stderr
    assert facts(open_home)["unsafe"] == WARNING
    for row in scores(open_home / "run").values():
        assert WARNING in row["flags"]


@needs_level_2
def test_one_submission_checked_below_the_demand_says_so(open_home: Path) -> None:
    done = as_user("check", "all/ant", "--rubric", "tiny", "--level", 3, "--unsafe", cwd=open_home)

    assert done.returncode == 0, done.stderr
    assert WARNING in done.stderr
    assert WARNING in " ".join(done.stdout.split())


@needs_level_2
def test_unsafe_says_nothing_where_the_level_is_had(home: Path) -> None:
    done = grader(*GRADE, "--unsafe", cwd=home)

    assert done.returncode == 0, done.stderr
    assert "--unsafe" not in done.stderr + done.stdout
    assert "unsafe" not in facts(home)
    assert {row["flags"] for row in scores(home / "run").values() if "magics" not in row["flags"]}


@pytest.mark.parametrize("level", [0, 4])
def test_there_are_no_other_levels_to_demand(home: Path, level: int) -> None:
    done = grader(*GRADE, "--level", level, cwd=home)

    assert done.returncode == 1
    assert "is not in the range 1<=x<=3" in done.stderr


# --- the doctor ------------------------------------------------------------------------------


@pytest.mark.skipif(available_level() < 3, reason="needs root")
def test_the_doctor_finds_every_wall_closed_for_root() -> None:
    done = grader("doctor")

    assert done.returncode == 0
    for wall in ("files", "processes", "network", "forks", "programs", "filter", "limits"):
        assert f"\n  {wall}: closed (" in done.stdout
    for wall in ("memory", "user", "folder"):
        assert f"\n  {wall}: closed (" in done.stdout
    assert "peak memory of a call: read" in done.stdout


@needs_level_2
def test_the_doctor_tells_an_ordinary_user_what_is_missing_and_what_to_do() -> None:
    done = as_user("doctor", cwd=Path(__file__).parents[2])

    assert done.returncode == 0, done.stderr
    assert "isolation level 2: Linux as an ordinary user" in done.stdout
    assert "  files: closed (no file can be opened)" in done.stdout
    for wall in ("filter", "limits", "memory"):
        assert f"\n  {wall}: closed (" in done.stdout
    assert "  user: OPEN (run as root, in a container for instance)" in done.stdout
    assert "  folder: OPEN (run as root" in done.stdout


# --- limits ----------------------------------------------------------------------------------

SLOW = RIGHT.replace(
    "    return np.tanh(z)\n",
    "    import time; end = time.process_time() + 0.4\n    while time.process_time() < end: pass\n    return np.tanh(z)\n",
    1,
)
PRINTS = RIGHT.replace("    return", "    import os; os.write(1, b'x' * 100_000)\n    return", 1)
# address space is what is limited; pages that are touched would cost time on a busy machine
LARGE = RIGHT.replace("    return", "    x = np.empty(30 * 10**6)\n    return", 1)
SLEEPS = RIGHT.replace("    return", "    import time; time.sleep(0.8)\n    return", 1)


@pytest.fixture(scope="module")
def without_a_limit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What becomes of each source's item ``out`` by the rubric's own limits."""
    folder = tmp_path_factory.mktemp("unlimited")
    write_rubric(folder, TANH)
    sources = {"slow": SLOW, "prints": PRINTS, "large": LARGE, "sleeps": SLEEPS}
    for name, source in sources.items():
        put(folder / "all" / name / "act.py", source)
    done = grader(*GRADE, cwd=folder)
    assert done.returncode == 0, done.stderr
    came = scores(folder / "run")
    return {source: came[name]["out.outcome"] for name, source in sources.items()}


def outcome(home: Path, source: str, *options: object) -> str:
    """Return what becomes of the item ``out``."""
    put(home / "one" / "dog" / "act.py", source)
    done = grader("grade", "one", "--rubric", "tiny", "-o", "run", *options, cwd=home)
    assert done.returncode == 0, done.stderr
    return scores(home / "run")["dog"]["out.outcome"]


@pytest.mark.parametrize(
    ("source", "limit", "told"),
    [
        (SLOW, "cpu_s=0.2", "timed_out"),
        (SLOW, "out.cpu_s=0.2", "timed_out"),
        (SLOW, "dz.cpu_s=0.2", "correct"),
        (SLEEPS, "wall_s=0.6", "timed_out"),
        (PRINTS, "output_kb=50", "crashed"),
        (PRINTS, "out.output_kb=50", "crashed"),
        (LARGE, "memory_mb=300", "out_of_memory"),
        (LARGE, "out.memory_mb=300", "out_of_memory"),
    ],
)
def test_a_limit_of_the_command_holds_in_place_of_the_rubrics(
    home: Path, without_a_limit: dict[str, str], source: str, limit: str, told: str
) -> None:
    assert without_a_limit[source] == "correct"
    assert outcome(home, source, "--limit", limit) == told
    assert facts(home)["limits"] == [limit]


def test_a_later_limit_counts_and_a_larger_one_lets_slow_code_pass(home: Path) -> None:
    slower = SLOW.replace("0.4", "0.9")

    assert outcome(home, slower) == "timed_out"
    assert outcome(home, slower, "--limit", "cpu_s=0.1", "--limit", "cpu_s=5") == "correct"


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ("cpu_s", "must be NAME=VALUE with one of the names cpu_s, wall_s, memory_mb"),
        ("cpu=3", "must be NAME=VALUE with one of the names cpu_s"),
        ("cpu_s=", "'' is no number"),
        ("cpu_s=fast", "'fast' is no number"),
        ("cpu_s=nan", "'nan' is no number"),
        ("cpu_s=0", "cpu_s must be from 0.01 to 3600 seconds, not 0"),
        ("memory_mb=12", "memory_mb must be a whole number from 256"),
        ("memory_mb=300.5", "memory_mb must be a whole number"),
        ("train.cpu_s=3", "rubric tiny has no probe 'train' (it has: out, dz)"),
        ("out.total_s=3", "must be NAME=VALUE with one of the names cpu_s, wall_s, memory_mb"),
        ("wall_s=0.3", "limits of the rubric: a call would have 0.3 s of wall time, less than"),
        ("out.wall_s=0.3", "limits of probe out: a call would have 0.3 s of wall time, less than"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(home: Path, limit: str, told: str) -> None:
    done = grader(*GRADE, "--limit", limit, cwd=home)

    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert not (home / "run").exists()


def test_a_run_with_other_limits_can_be_judged_again(home: Path) -> None:
    assert grader(*GRADE, "--limit", "cpu_s=2", cwd=home).returncode == 0
    before = (home / "run" / "scores.csv").read_bytes()

    done = grader("rescore", "run", cwd=home)

    assert done.returncode == 0, done.stderr
    assert (home / "run" / "scores.csv").read_bytes() == before
