"""Does the cost stay linear and the memory flat, and how fast is what need not be run again?

Grades made submissions by the real command, at each of the sizes that are given; the largest run is
then judged again (``rescore``) and resumed. With ``--soak`` one more run is watched from outside:
memory, open descriptors and zombies of the command and all that hangs on it, in its first and in
its last tenth. Sizes are arguments, since thousands of submissions take long. The last line is one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import psutil  # noqa: E402 - after the lines above

from bench.homework import Homework, make_homework  # noqa: E402 - after the lines above
from bench.ways import GRADER  # noqa: E402 - after the lines above

SIZES = (30, 300, 3000)
_SAMPLE_S = 0.5
_SHARED = Path("/dev/shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a run has at one moment.

    Parameters
    ----------
    memory_mb
        Proportional memory of the whole tree of processes; resident where that may not be read.
    descriptors
        Open ones of the command and its workers.
    zombies
        Ended processes that nobody has waited for.
    """

    memory_mb: float
    descriptors: int
    zombies: int


def main() -> None:
    """Measure, print a line for each figure, and one line of JSON."""
    arguments = _arguments()
    keys: dict[str, float | int | None] = {"jobs": arguments.jobs}
    with tempfile.TemporaryDirectory(prefix="grader-scale-") as name:
        folder = Path(name)
        for size in arguments.sizes:
            homework = make_homework(folder / str(size), "without training", False, size)
            seconds = _run(*_grade(homework, folder / f"run-{size}", arguments.jobs))
            keys[f"submissions_per_minute_{size}"] = 60 * size / seconds
        if arguments.sizes:
            keys |= _again(homework, folder / f"run-{size}", arguments.jobs, size)
        if arguments.soak:
            homework = make_homework(folder / "soak", "without training", False, arguments.soak)
            keys |= _soak(homework, folder / "soaked", arguments.jobs)
    for key, value in keys.items():
        print(f"{key:<36} {value:.4g}" if value is not None else f"{key:<36} not known")
    print(json.dumps({k: None if v is None else float(f"{v:.4g}") for k, v in keys.items()}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, metavar="N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--soak", type=int, default=0, metavar="N", help="watch a run of so many")
    return parser.parse_args()


def _grade(homework: Homework, run: Path, jobs: int, *more: str) -> list[str]:
    paths = (str(homework.submissions), "--rubric", str(homework.rubric), "-o", str(run))
    return ["grade", *paths, "--jobs", str(jobs), *more]


def _run(*arguments: str) -> float:
    """Run the command to its end and return its wall time in seconds."""
    began = time.perf_counter()
    ended = subprocess.run([GRADER, *arguments], capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(f"grader {arguments[0]} ended with {ended.returncode}:\n{ended.stderr}")
    return time.perf_counter() - began


def _again(homework: Homework, run: Path, jobs: int, size: int) -> dict[str, float]:
    """Return how many submissions a minute are judged again and resumed; scores must stay."""
    before = (run / "scores.csv").read_bytes()
    given = ("--rubric", str(homework.rubric), "--jobs", str(jobs))
    rescored = _run("rescore", str(run), *given)
    resumed = _run(*_grade(homework, run, jobs, "--resume"))
    if (run / "scores.csv").read_bytes() != before:
        raise SystemExit("scores.csv has changed, although nothing else has")
    return {
        "rescored_per_minute": 60 * size / rescored,
        "rescore_s": rescored,
        "resumed_per_minute": 60 * size / resumed,
    }


# --- the soak ------------------------------------------------------------------------------


def _soak(homework: Homework, run: Path, jobs: int) -> dict[str, float | int | None]:
    """Return what a long run has in its first and last tenth, and what it leaves behind."""
    shared = _shared_memory()
    process = subprocess.Popen(
        [GRADER, *_grade(homework, run, jobs)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    samples: list[Sample] = []
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, run, over, samples))
    watcher.start()
    status = process.wait()
    over.set()
    watcher.join()
    if status:
        raise SystemExit(f"grader grade ended with {status}")
    if len(samples) < 2:
        return {"soaked": len(homework.plain), "soak_samples": len(samples)}
    tenth = max(1, len(samples) // 10)
    first, last = samples[:tenth], samples[-tenth:]
    return {
        "soaked": len(homework.plain),
        "soak_samples": len(samples),
        "memory_mb_first_tenth": _median([each.memory_mb for each in first]),
        "memory_mb_last_tenth": _median([each.memory_mb for each in last]),
        "memory_mb_peak": max(each.memory_mb for each in samples),
        "descriptors_first_tenth": _median([each.descriptors for each in first]),
        "descriptors_last_tenth": _median([each.descriptors for each in last]),
        "zombies_most": max(each.zombies for each in samples),
        "shared_memory_left": len(_shared_memory() - shared),
    }


def _median(values: Sequence[float]) -> float:
    return float(statistics.median(values))


def _watch(pid: int, run: Path, over: threading.Event, samples: list[Sample]) -> None:
    """Sample from the first result on: before it the run only warms up."""
    while not over.wait(_SAMPLE_S):
        if any((run / "results").glob("*.json")):
            try:
                samples.append(_sample(psutil.Process(pid)))
            except psutil.NoSuchProcess:
                return


def _sample(command: psutil.Process) -> Sample:
    memory, descriptors, zombies = 0.0, command.num_fds(), 0
    workers = {child.pid for child in command.children()}
    for process in [command, *command.children(recursive=True)]:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                zombies += 1
                continue
            memory += _memory_mb(process)
            descriptors += process.num_fds() if process.pid in workers else 0
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # a student's process comes and goes
    return Sample(memory_mb=memory, descriptors=descriptors, zombies=zombies)


def _memory_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except (psutil.AccessDenied, AttributeError):
        return float(process.memory_info().rss) / 2**20


def _shared_memory() -> set[str]:
    return {path.name for path in _SHARED.iterdir()} if _SHARED.is_dir() else set()


if __name__ == "__main__":
    main()
