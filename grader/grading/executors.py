"""Where does the examining happen? In worker processes of this machine, one zygote each.

An executor takes what to grade and yields score sheets as they end, in any order. Workers are
forked before anything else runs here, so the plan with its draws is shared memory, not a message.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from grader.grading.examiner import Examiner
from grader.grading.journal import write_result
from grader.grading.plan import Plan
from grader.records import ScoreSheet, Submission
from grader.sandbox.walls import die_with_parent, hide_memory
from grader.scoring.sheet import fault_sheet
from grader.submission import Found, read

_TRIES = 2
if sys.platform == "linux":
    _PROCESSES = multiprocessing.get_context("fork")
else:
    _PROCESSES = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a worker needs to know.

    Parameters
    ----------
    plan
        What is asked and what is right.
    found
        All submissions of the run; a worker is told their numbers.
    folder
        Where results are kept.
    level
        Isolation level, or None for the best there is.
    """

    plan: Plan
    found: Sequence[Found]
    folder: Path
    level: int | None

    @property
    def preload(self) -> tuple[str, ...]:
        """Modules for the zygotes: the notebook reader where there is a notebook."""
        has_notebook = any(path.endswith(".ipynb") for one in self.found for path in one.files)
        return ("nbformat",) if has_notebook else ()


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    channel: Connection
    task: int | None = None


@dataclass(slots=True)
class LocalExecutor:
    """Grades in processes of this machine.

    Parameters
    ----------
    work
        What there is to grade.
    jobs
        How many submissions at a time.
    """

    work: Work
    jobs: int
    _workers: list[_Worker] = field(default_factory=list)

    def start(self) -> None:
        """Fork the workers; they warm up while the caller does other things."""
        for _ in range(max(1, min(self.jobs, len(self.work.found)))):
            self._workers.append(self._new_worker())

    def run(self) -> Iterator[ScoreSheet]:
        """Yield each submission's sheet as it ends.

        A worker that dies is replaced; a submission that was on it twice is given up as a fault
        of ours, and the others go on.
        """
        waiting = deque(range(len(self.work.found)))
        deaths: dict[int, int] = {}
        for worker in self._workers:
            self._give(worker, waiting)
        while any(worker.task is not None for worker in self._workers):
            busy = {w.channel: w for w in self._workers if w.task is not None}
            for channel in wait(list(busy)):
                worker = busy[channel]  # type: ignore[index]
                task = worker.task
                assert task is not None
                try:
                    yield worker.channel.recv()
                except (EOFError, OSError):
                    deaths[task] = deaths.get(task, 0) + 1
                    self._replace(worker)
                    if deaths[task] < _TRIES:
                        waiting.appendleft(task)
                    else:
                        yield self._given_up(task)
                self._give(worker, waiting)

    def close(self) -> None:
        """End all workers, and with them their zygotes and children."""
        for worker in self._workers:
            # Closing alone would not do: workers forked later hold copies of this end.
            with contextlib.suppress(OSError):
                worker.channel.send(None)
            worker.channel.close()
        for worker in self._workers:
            worker.process.join(timeout=2.0)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()

    def stop(self) -> None:
        """End all workers at once, in the middle of their work."""
        for worker in self._workers:
            worker.process.kill()
        self.close()

    def _new_worker(self) -> _Worker:
        ours, theirs = _PROCESSES.Pipe()
        process = _PROCESSES.Process(
            target=_work, args=(self.work, theirs, os.getpid(), ours), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process=process, channel=ours)

    def _give(self, worker: _Worker, waiting: deque[int]) -> None:
        worker.task = waiting.popleft() if waiting else None
        if worker.task is not None:
            worker.channel.send(worker.task)

    def _replace(self, worker: _Worker) -> None:
        worker.channel.close()
        worker.process.kill()
        worker.process.join()
        fresh = self._new_worker()
        worker.process, worker.channel = fresh.process, fresh.channel

    def _given_up(self, task: int) -> ScoreSheet:
        found = self.work.found[task]
        sheet = fault_sheet(
            Submission(id=found.id, people=found.people, files=()),
            self.work.plan.items,
            f"the process that graded it was killed {_TRIES} times",
        )
        write_result(self.work.folder, sheet, None)
        return sheet


def _work(work: Work, channel: Connection, parent: int, other_end: Connection) -> None:
    """Grade what the channel names, until it is closed."""
    other_end.close()
    hide_memory()
    die_with_parent(parent)
    # Ctrl-C reaches the whole process group; the parent decides what becomes of the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    examiner = Examiner(work.plan, work.folder, work.level, work.preload)
    try:
        while (task := channel.recv()) is not None:
            channel.send(_grade(examiner, work, task))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    finally:
        examiner.close()


def _grade(examiner: Examiner, work: Work, task: int) -> ScoreSheet:
    """Return one submission's sheet; a fault of ours is a sheet too, with its traceback kept."""
    found = work.found[task]
    submission = Submission(id=found.id, people=found.people, files=())
    try:
        submission = read(found)
        sheet, _ = examiner.examine(submission)
    except Exception as error:  # noqa: BLE001 - one submission never stops another, whatever is wrong with us
        examiner.close()
        sheet = fault_sheet(submission, work.plan.items, f"{type(error).__name__}: {error}")
        _keep_fault(work.folder, found.id, traceback.format_exc())
        write_result(work.folder, sheet, None)
    return sheet


def _keep_fault(folder: Path, submission: str, text: str) -> None:
    (folder / "faults").mkdir(exist_ok=True)
    (folder / "faults" / f"{submission}.txt").write_text(text, encoding="utf-8")


def describe_machine(level: int) -> dict[str, Any]:
    """Return the versions and the isolation level that a run is recorded with."""
    import platform

    import numpy as np

    from grader import __version__

    return {
        "grader": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": platform.system(),
        "machine": platform.machine(),
        "isolation_level": level,
    }
