"""The real command, as a TA starts it: another process, its streams apart."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


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
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=cwd,
        env=_environment(environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def started(*arguments: object, cwd: Path = ROOT) -> subprocess.Popen[str]:
    """Start the command in a process group of its own that obeys Ctrl-C, as a terminal does.

    The tests themselves may run where Ctrl-C is ignored, as everything does that a script starts
    in the background.
    """
    obeying = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
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
