"""Does the cost stay linear and the memory flat, and how fast is what need not be run again?

Grades made submissions by the real command, at each of the sizes that are given. One more run, the
soak, is watched from outside: memory, open descriptors and zombies of the command and all that
hangs on it, in its first and in its last tenth. The largest run is then judged again (``rescore``)
and resumed; its scores must stay. How far it has come is told on stderr twice a minute.

With ``--folder DIR`` figures and runs are kept there, and a bench that was stopped goes on after
the last step that it has finished. A step that takes longer than ``--most-minutes`` is ended, and
its figures are not known. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import psutil  # noqa: E402 - after the lines above

from bench.homework import Homework, make_homework  # noqa: E402 - after the lines above
from bench.ways import GRADER  # noqa: E402 - after the lines above

SIZES, SOAK = (30, 300, 3000), 5000
QUICK_SIZES, QUICK_SOAK = (4, 12), 24
SOAKED = ("soaked", "memory_mb_last_tenth", "descriptors_last_tenth", "shared_memory_left")
AGAIN = ("again", "rescore_s", "rescored_per_minute", "resumed_per_minute")
FIGURES = "figures.json"
_SAMPLE_S, _TELL_S, _GONE_S = 0.5, 30.0, 10.0
_SHARED = Path("/dev/shm")
Figures: TypeAlias = dict[str, "float | int | None"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where all lies, and what is known already.

    Parameters
    ----------
    folder
        For submissions, runs and figures.
    jobs
        Submissions at a time.
    limit_s
        What one command may take.
    """

    folder: Path
    jobs: int
    limit_s: float
    figures: Figures = field(default_factory=dict)

    def step(self, name: str, keys: Sequence[str], measure: Callable[[], Figures]) -> None:
        """Measure some figures, unless an earlier bench in this folder has them."""
        if all(key in self.figures for key in keys):
            _tell(f"{name}: known from before")
            return
        _tell(name)
        try:
            self.figures.update(measure())
        except subprocess.TimeoutExpired:
            _tell(f"{name}: ended after {self.limit_s:.0f} s")
            self.figures.update(dict.fromkeys(keys))
        text = json.dumps(self.figures, indent=1)
        (self.folder / FIGURES).write_text(text, encoding="utf-8")

    def homework(self, size: int) -> Homework:
        """Return the assignment with so many submissions, written where it is not there yet."""
        home = self.folder / str(size)
        shutil.rmtree(home, ignore_errors=True)
        return make_homework(home, "without training", False, size)

    def throughput(self, size: int) -> Figures:
        """Grade so many, and return how many a minute that makes."""
        run = self.folder / f"run-{size}"
        shutil.rmtree(run, ignore_errors=True)
        seconds = self.run(run, *_grade(self.homework(size), run, self.jobs))
        return {f"submissions_per_minute_{size}": 60 * size / seconds, f"grade_s_{size}": seconds}

    def again(self, size: int) -> Figures:
        """Return how fast a run is judged again and resumed; its scores must stay."""
        run = self.folder / f"run-{size}"
        homework = self.homework(size)
        before = (run / "scores.csv").read_bytes()
        given = ("--rubric", str(homework.rubric), "--jobs", str(self.jobs))
        rescored = self.run(run, "rescore", str(run), *given)
        resumed = self.run(run, *_grade(homework, run, self.jobs, "--resume"))
        if (run / "scores.csv").read_bytes() != before:
            raise SystemExit("scores.csv has changed, although nothing else has")
        return {
            "again": size,
            "rescored_per_minute": 60 * size / rescored,
            "rescore_s": rescored,
            "resumed_per_minute": 60 * size / resumed,
            "resume_s": resumed,
        }

    def run(self, run: Path, *arguments: str) -> float:
        """Run the command to its end and return its wall time in seconds."""
        began = time.perf_counter()
        with (self.folder / "log.txt").open("w+", encoding="utf-8") as log:
            process = subprocess.Popen([GRADER, *arguments], stdout=log, stderr=log)
            try:
                status = self._wait(process, run, began)
            finally:
                process.kill()
                process.wait()
            if status:
                log.seek(0)
                raise SystemExit(f"grader {arguments[0]} ended with {status}:\n{log.read()}")
        return time.perf_counter() - began

    def _wait(self, process: subprocess.Popen[bytes], run: Path, began: float) -> int:
        while True:
            try:
                return process.wait(timeout=_TELL_S)
            except subprocess.TimeoutExpired:
                spent = time.perf_counter() - began
                if spent > self.limit_s:
                    raise
                written = sum(1 for _ in (run / "results").glob("*.json"))
                _tell(f"  {spent:.0f} s: {written} results in {run.name}")


def main() -> None:
    """Measure, print a line for each figure, the aims, and one line of JSON."""
    arguments = _arguments()
    with contextlib.ExitStack() as stack:
        folder = arguments.folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-scale-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder=folder, jobs=arguments.jobs, limit_s=60 * arguments.most_minutes)
        if (folder / FIGURES).exists():
            bench.figures.update(json.loads((folder / FIGURES).read_text(encoding="utf-8")))
        if bench.figures.setdefault("jobs", arguments.jobs) != arguments.jobs:
            raise SystemExit(f"{folder}: holds figures of {bench.figures['jobs']} jobs")
        for size in arguments.sizes:
            keys = [f"submissions_per_minute_{size}", f"grade_s_{size}"]
            bench.step(f"grade {size}", keys, functools.partial(bench.throughput, size))
        if arguments.soak:
            soak = functools.partial(_soak, bench, arguments.soak)
            bench.step(f"soak of {arguments.soak}", SOAKED, soak)
        largest = max([*arguments.sizes, arguments.soak])
        if (folder / f"run-{largest}" / "scores.csv").exists():
            again = functools.partial(bench.again, largest)
            bench.step(f"rescore and resume {largest}", AGAIN, again)
    _print(bench.figures, arguments.sizes)


def _print(figures: Figures, sizes: Sequence[int]) -> None:
    for key, value in figures.items():
        print(f"{key:<36} {value:.4g}" if value is not None else f"{key:<36} not known")
    rates = [figures.get(f"submissions_per_minute_{size}") for size in sorted(sizes)]
    aims = {
        "5,000 rescored in under 30 s": _under(figures.get("rescore_s"), 30.0)
        if figures.get("again") == SOAK
        else None,
        "largest size's rate at least 0.9 of the one before": _grows(rates[-2:]),
        "memory of the last tenth at most 1.1 of the first": _grows(
            [figures.get("memory_mb_last_tenth"), figures.get("memory_mb_first_tenth")]
        ),
        "no more descriptors in the last tenth": _under(
            figures.get("descriptors_last_tenth"), figures.get("descriptors_first_tenth")
        ),
        "no shared memory left": _under(figures.get("shared_memory_left"), 0),
        "no process left": _under(figures.get("processes_left"), 0),
    }
    for aim, is_met in aims.items():
        print(f"  {'not known' if is_met is None else 'met' if is_met else 'missed':<9}  {aim}")
    told = {k: None if v is None else float(f"{v:.4g}") for k, v in figures.items()}
    print(json.dumps(told))


def _under(value: float | None, bound: float | None) -> bool | None:
    return None if value is None or bound is None else value <= bound


def _grows(pair: Sequence[float | None]) -> bool | None:
    """Return whether the second number is at least 0.9 of the first."""
    if len(pair) < 2 or pair[0] is None or pair[1] is None:
        return None
    return pair[1] >= 0.9 * pair[0]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sizes", type=int, nargs="*", metavar="N", help="30 300 3000")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--soak", type=int, metavar="N", help="watch a run of so many; 5000")
    parser.add_argument("--quick", action="store_true", help="sizes 4 and 12, a soak of 24")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keep all there, and go on")
    parser.add_argument("--most-minutes", type=float, default=60.0, metavar="N", help="a command")
    arguments = parser.parse_args()
    sizes, soak = (QUICK_SIZES, QUICK_SOAK) if arguments.quick else (SIZES, SOAK)
    arguments.sizes = sizes if arguments.sizes is None else arguments.sizes
    arguments.soak = soak if arguments.soak is None else arguments.soak
    return arguments


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _grade(homework: Homework, run: Path, jobs: int, *more: str) -> list[str]:
    paths = (str(homework.submissions), "--rubric", str(homework.rubric), "-o", str(run))
    return ["grade", *paths, "--jobs", str(jobs), *more]


# --- the soak ------------------------------------------------------------------------------


def _soak(bench: Bench, size: int) -> Figures:
    """Return what a long run has in its first and last tenth, and what it leaves behind."""
    run = bench.folder / f"run-{size}"
    shutil.rmtree(run, ignore_errors=True)
    homework = bench.homework(size)
    shared = _shared_memory()
    watch = Watch(run=run)
    watcher = threading.Thread(target=watch.go_on)
    watcher.start()
    try:
        seconds = bench.run(run, *_grade(homework, run, bench.jobs))
    finally:
        watch.over.set()
        watcher.join()
    samples = watch.samples
    if len(samples) < 2:
        raise SystemExit(f"a soak of {size} is too short to be watched")
    _, left = psutil.wait_procs(watch.seen.values(), timeout=_GONE_S)
    tenth = max(1, len(samples) // 10)
    first, last = samples[:tenth], samples[-tenth:]
    return {
        "soaked": size,
        "soak_s": seconds,
        "soak_samples": len(samples),
        "memory_mb_first_tenth": _median([each.memory_mb for each in first]),
        "memory_mb_last_tenth": _median([each.memory_mb for each in last]),
        "memory_mb_peak": max(each.memory_mb for each in samples),
        "descriptors_first_tenth": _median([each.descriptors for each in first]),
        "descriptors_last_tenth": _median([each.descriptors for each in last]),
        "zombies_first_tenth": _median([each.zombies for each in first]),
        "zombies_last_tenth": _median([each.zombies for each in last]),
        "zombies_most": max(each.zombies for each in samples),
        "shared_memory_left": len(_shared_memory() - shared),
        "processes_left": len(left),
    }


def _median(values: Sequence[float]) -> float:
    return float(statistics.median(values))


@dataclass(slots=True, kw_only=True)
class Watch:
    """Looks at the only child of this process, the command, again and again."""

    run: Path
    over: threading.Event = field(default_factory=threading.Event)
    samples: list[Sample] = field(default_factory=list)
    seen: dict[int, psutil.Process] = field(default_factory=dict)
    """The processes beneath the command at its last sample, by their id."""

    def go_on(self) -> None:
        """Sample from the first result on: before it the run only warms up."""
        while not self.over.wait(_SAMPLE_S):
            if next((self.run / "results").glob("*.json"), None) is None:
                continue
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                for command in psutil.Process().children():
                    self.samples.append(self._sample(command))

    def _sample(self, command: psutil.Process) -> Sample:
        memory, descriptors, zombies = 0.0, command.num_fds(), 0
        workers = {child.pid for child in command.children()}
        family = command.children(recursive=True)
        for process in [command, *family]:
            try:
                if process.status() == psutil.STATUS_ZOMBIE:
                    zombies += 1
                    continue
                memory += _memory_mb(process)
                descriptors += process.num_fds() if process.pid in workers else 0
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue  # a student's process comes and goes
        self.seen = {process.pid: process for process in family}
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
