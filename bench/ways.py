"""The ways of grading that are compared, each run once and timed: ours, pytest's, and the floor."""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import psutil

from bench.homework import Homework, draws_of, seed_of

GRADER = str(Path(sys.executable).with_name("grader"))
_SAMPLE_S = 0.05
_ENVIRONMENT = {
    # As anywhere else: compiled modules are kept, so that no way compiles its own code each time.
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What one run took, in seconds per submission.

    Parameters
    ----------
    wall_s
        Wall time of the whole run.
    child_s
        CPU time of the students' processes, by the kernel's accounting; NaN where not told.
    own_s
        CPU time of everything else in the run; NaN where not told.
    steady_s
        Wall time once every worker has finished its first submission; NaN where not told.
    steady_overhead_s
        Wall time less the students' CPU time in that part of the run; NaN where not told.
    median_overhead_s
        The same of a single submission, the median; only with one job, NaN otherwise.
    """

    wall_s: float
    child_s: float = float("nan")
    own_s: float = float("nan")
    steady_s: float = float("nan")
    steady_overhead_s: float = float("nan")
    median_overhead_s: float = float("nan")


# --- ours ----------------------------------------------------------------------------------


def grade(homework: Homework, run: Path, jobs: int) -> Timing:
    """Grade with the real command, in a process of its own."""
    cpu_before, began = _cpu_of_children(), time.perf_counter()
    ended = subprocess.run(
        _command(homework, run, jobs), env=_ENVIRONMENT, capture_output=True, text=True
    )
    wall_s = time.perf_counter() - began
    if ended.returncode:
        raise SystemExit(f"grader grade ended with {ended.returncode}:\n{ended.stderr}")
    own_s = _cpu_of_children() - cpu_before
    times, spent = _results(run / "results")
    count, later = len(times), len(times) - jobs
    steady_s = (times[-1] - times[jobs - 1]) / later
    return Timing(
        wall_s=wall_s / count,
        child_s=sum(spent) / count,
        own_s=(own_s - sum(spent)) / count,
        steady_s=steady_s,
        steady_overhead_s=steady_s - sum(spent[jobs:]) / later,
        median_overhead_s=_median_overhead(times, spent) if jobs == 1 else float("nan"),
    )


def _median_overhead(times: Sequence[float], spent: Sequence[float]) -> float:
    gaps = (later - earlier for earlier, later in pairwise(times))
    return statistics.median(gap - cpu_s for gap, cpu_s in zip(gaps, spent[1:], strict=True))


def _command(homework: Homework, run: Path, jobs: int) -> list[str]:
    shutil.rmtree(run, ignore_errors=True)
    paths = [str(homework.submissions), "--rubric", str(homework.rubric), "-o", str(run)]
    return [GRADER, "grade", *paths, "--jobs", str(jobs)]


def _results(folder: Path) -> tuple[list[float], list[float]]:
    """Return when each result was written, and its students' CPU seconds, in that order."""
    found = []
    for file in folder.glob("*.json"):
        told = json.loads(file.read_text(encoding="utf-8"))
        if float(told["total"]) != float(told["maximum"]):
            raise SystemExit(f"{told['submission']} is right, but has {told['total']} points")
        found.append((file.stat().st_mtime_ns / 1e9, told["usage"]["cpu_s"]))
    found.sort()
    return [moment for moment, _ in found], [cpu_s for _, cpu_s in found]


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_memory(homework: Homework, run: Path, jobs: int) -> float | None:
    """Return the largest proportional memory of the command's process tree, in MB.

    None where the kernel does not let this user read it: our processes hide their memory.
    """
    done = threading.Event()
    peaks: list[float] = []
    process = subprocess.Popen(
        _command(homework, run, jobs),
        env=_ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    watcher = threading.Thread(target=_watch, args=(process.pid, done, peaks))
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    return max(peaks, default=0.0) or None


def _watch(pid: int, done: threading.Event, peaks: list[float]) -> None:
    while not done.wait(_SAMPLE_S):
        try:
            tree = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        except psutil.NoSuchProcess:
            return
        peaks.append(sum(_proportional_kb(member) for member in tree) / 1024)


def _proportional_kb(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0  # it has ended meanwhile, or must not be read
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0)


def help_seconds() -> float:
    """Return how long ``grader --help`` takes."""
    began = time.perf_counter()
    subprocess.run([GRADER, "--help"], env=_ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


# --- the plain way -------------------------------------------------------------------------


def run_pytest(homework: Homework, jobs: int, count: int) -> Timing:
    """Run pytest in a process per submission, so many at a time, on the first ``count`` of them."""
    folders = homework.plain[:count]
    _forget_compiled(folders)
    began = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda folder: _test(homework.tests, folder), folders))
    return Timing(wall_s=(time.perf_counter() - began) / len(folders))


def _test(tests: Path, folder: Path) -> None:
    # Without the plugins that happen to be installed for our own tests: a course has none.
    environment = {**_ENVIRONMENT, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tests)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    if ended.returncode:
        raise SystemExit(f"pytest ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")


def _forget_compiled(folders: Sequence[Path]) -> None:
    """Have every submission compiled anew, as at its only grading."""
    for folder in folders:
        for cache in folder.rglob("__pycache__"):
            shutil.rmtree(cache)


# --- the floor -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    code: CodeType
    answers: tuple[CodeType, ...]
    inputs: dict[str, Any]
    seed: int


def run_floor(homework: Homework, jobs: int) -> Timing:
    """Make every submission's calls in a fork of this warm process, and do nothing else."""
    calls = _calls(homework)
    _forget_compiled(homework.plain)
    gc.collect()
    gc.freeze()
    child_s, began = 0.0, time.perf_counter()
    for number, folder in enumerate(homework.plain):
        if number >= jobs:
            child_s += _reap()
        if os.fork() == 0:
            _compute(folder, calls)
    child_s += sum(_reap() for _ in range(min(jobs, len(homework.plain))))
    wall_s = time.perf_counter() - began
    count = len(homework.plain)
    return Timing(wall_s=wall_s / count, child_s=child_s / count)


def _calls(homework: Homework) -> list[_Call]:
    compiled = {
        probe.id: (
            compile(probe.variants[0].code, "<probe>", "exec"),
            tuple(compile(text, "<answer>", "eval") for text in probe.answers.values()),
        )
        for probe in homework.plan.probes
    }
    return [
        _Call(
            code=compiled[probe.id][0],
            answers=compiled[probe.id][1],
            inputs={**probe.constants, **draw.inputs},
            seed=seed_of(draw),
        )
        for probe, draw in draws_of(homework.plan)
    ]


def _compute(folder: Path, calls: list[_Call]) -> None:
    """Import a submission, make all calls, and end this process."""
    status = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(folder))
        for call in calls:
            names = {
                k: v.copy() if isinstance(v, np.ndarray) else v for k, v in call.inputs.items()
            }
            names["np"] = np
            np.random.seed(call.seed)
            random.seed(call.seed)
            exec(call.code, names)
            for answer in call.answers:
                eval(answer, names)  # noqa: S307 - the rubric's own text
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


def _reap() -> float:
    _, status, used = os.wait3(0)
    if status:
        raise SystemExit("a submission failed in the floor")
    return used.ru_utime + used.ru_stime
