"""The real command, as a TA starts it: another process, its streams apart."""

from __future__ import annotations

import atexit
import csv
import functools
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.cli.warm import Warm

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 120


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which this checkout is what ``-m grader`` finds.

    Kept draws are the only thing of ours in it, so that the tests certify each of them once.
    """
    foreign = {k: v for k, v in os.environ.items() if not k.startswith(("GRADER", "PYTHON"))}
    kept = foreign | {k: v for k, v in os.environ.items() if k == "GRADER_CACHE"}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **given}


def grader(
    *arguments: object, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in a fork of a process that has imported what it needs.

    A class is graded by one worker unless a number is given: the tests keep all cores busy, and
    each worker more takes a third of a second to start. With ``COMMANDS=cold`` in the environment,
    and where something is given that Python reads when it starts, it is ``cold_grader``.
    """
    needs_a_start = any(name.startswith(("PYTHON", "LC_", "LANG")) for name in environment)
    if needs_a_start or os.environ.get("COMMANDS") == "cold" or not hasattr(os, "fork"):
        return cold_grader(*arguments, cwd=cwd, **environment)
    told = list(map(str, arguments))
    if told[:1] == ["grade"] and not {"--jobs", "--scheduler"} & set(told):
        told += ["--jobs", "1"]
    return next(_warm())(told, cwd, _environment(environment), TIMEOUT_S)


@functools.cache
def _warm() -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Return two warm processes by turns: commands that follow each other hash otherwise.

    So what depends on the order of a set differs between them, as it does between cold ones.
    """
    pair = [Warm(_environment({}), ROOT) for _ in range(2)]
    for one in pair:
        atexit.register(one.close)
    return itertools.cycle([one.run for one in pair])


def cold_grader(
    *arguments: object, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in an interpreter that is started for it."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=cwd,
        env=_environment(environment),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def started(*arguments: object, cwd: Path = ROOT) -> subprocess.Popen[str]:
    """Start the command in a process group of its own that obeys Ctrl-C, as a terminal does.

    The tests themselves may run where Ctrl-C is ignored, as everything does that a script starts
    in the background, or where the end of the terminal is, as what nohup starts.
    """
    obeying = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "signal.signal(signal.SIGHUP, signal.SIG_DFL); "
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    return subprocess.Popen(
        [sys.executable, "-c", obeying, "-m", "grader", *map(str, arguments)],
        cwd=cwd,
        env=_environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(what: str, happens: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + timeout_s
    while not happens():
        assert time.monotonic() < deadline, f"this did not happen in {timeout_s} s: {what}"
        time.sleep(0.02)


def scores(run: Path) -> dict[str, dict[str, str]]:
    """Return the rows of a run's scores.csv, by submission."""
    with (run / "scores.csv").open(newline="", encoding="utf-8") as stream:
        return {row["submission"]: row for row in csv.DictReader(stream)}
