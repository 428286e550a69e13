"""Where does the examining happen? In worker processes of this machine, one zygote each.

An executor takes what to grade and yields score sheets as they end, in any order. Workers are
forked before anything else runs here, so the plan with its draws is shared memory, not a message.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from grader.grading.cut_short import NoRoomError
from grader.grading.examiner import Examiner
from grader.grading.interruption import leave_interruption_to_parent, uninterrupted
from grader.grading.isolation import Isolation
from grader.grading.journal import write_fault, write_result
from grader.grading.plan import Plan
from grader.grading.sole import leave_to_parent
from grader.records import ScoreSheet, Submission
from grader.sandbox.process import die_with_parent, hide_memory
from grader.scoring.sheet import fault_sheet
from grader.submission import Found, is_notebook, read

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
    isolation
        At which level student code is run, and which was demanded.
    resumes
        Whether answers that are in the folder need not be asked for again.
    again
        The only probes that are asked, where all others stay as they were answered in the folder.
    """

    plan: Plan
    found: Sequence[Found]
    folder: Path
    isolation: Isolation
    resumes: bool = False
    again: frozenset[str] = frozenset()

    @property
    def has_notebooks(self) -> bool:
        """Whether a zygote must be able to read a notebook."""
        return any(is_notebook(path) for one in self.found for path in one.files)


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
    _waiting: deque[int] = field(default_factory=deque)

    def start(self) -> None:
        """Fork the workers; they begin their first submissions while the caller goes on."""
        self._waiting = deque(range(len(self.work.found)))
        for _ in range(max(1, min(self.jobs, len(self.work.found)))):
            worker = self._new_worker()
            self._workers.append(worker)
            self._give(worker)

    def run(self) -> Iterator[ScoreSheet]:
        """Yield each submission's sheet as it ends.

        A worker that dies is replaced; a submission that was on it twice is given up as a fault
        of ours, and the others go on.

        Raises
        ------
        CutShortError
            If results find no room any more.
        """
        deaths: dict[int, int] = {}
        while any(worker.task is not None for worker in self._workers):
            busy = {w.channel: w for w in self._workers if w.task is not None}
            for channel in wait(list(busy)):
                sheet = self._settle(busy[channel], deaths)  # type: ignore[index]
                if sheet is not None:
                    yield sheet

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
        """End all workers in the middle of their work; each buries its zygote and children."""
        for worker in self._workers:
            worker.process.terminate()
        self.close()

    def _new_worker(self) -> _Worker:
        ours, theirs = _PROCESSES.Pipe()
        process = _PROCESSES.Process(
            target=_work, args=(self.work, theirs, os.getpid(), ours), daemon=True
        )
        # Ctrl-C must not reach the new process before it has learnt to ignore it.
        with uninterrupted():
            process.start()
        theirs.close()
        return _Worker(process=process, channel=ours)

    def _settle(self, worker: _Worker, deaths: dict[int, int]) -> ScoreSheet | None:
        """Return a worker's result and give it more; one that has died may leave none."""
        task = worker.task
        assert task is not None, "only a worker with a task is waited for"
        sheet: ScoreSheet | None = None
        try:
            told: ScoreSheet | NoRoomError = worker.channel.recv()
            if isinstance(told, NoRoomError):
                raise told.cut_short
            sheet = told
        except (EOFError, OSError):
            deaths[task] = deaths.get(task, 0) + 1
            self._replace(worker)
            if deaths[task] < _TRIES:
                self._waiting.appendleft(task)
            else:
                sheet = self._given_up(task)
        self._give(worker)
        return sheet

    def _give(self, worker: _Worker) -> None:
        worker.task = self._waiting.popleft() if self._waiting else None
        if worker.task is not None:
            # A worker that has died meanwhile is noticed where its result is awaited.
            with contextlib.suppress(OSError):
                worker.channel.send(worker.task)

    def _replace(self, worker: _Worker) -> None:
        worker.channel.close()
        worker.process.kill()
        worker.process.join()
        fresh = self._new_worker()
        worker.process, worker.channel = fresh.process, fresh.channel

    def _given_up(self, task: int) -> ScoreSheet:
        found = self.work.found[task]
        handed_in = Submission(id=found.id, people=found.people, files=(), problems=found.problems)
        told = f"the process that graded it was killed {_TRIES} times"
        return kept_fault(self.work, handed_in, told)


def _work(work: Work, channel: Connection, parent: int, other_end: Connection) -> None:
    """Grade what the channel names, until it is closed."""
    leave_interruption_to_parent()
    leave_to_parent()
    other_end.close()
    hide_memory()
    die_with_parent(parent)
    examiner = Examiner(
        work.plan,
        work.folder,
        work.isolation.level,
        work.has_notebooks,
        resumes=work.resumes,
        again=work.again,
    )
    try:
        while (task := channel.recv()) is not None:
            channel.send(_grade(examiner, work, task))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    finally:
        examiner.close()


def _grade(examiner: Examiner, work: Work, task: int) -> ScoreSheet | NoRoomError:
    """Return one submission's sheet; a fault of ours is a sheet too, with its traceback kept.

    Where it finds no room, that is no fault of one submission: all further ones would meet it.
    """
    found = work.found[task]
    submission = Submission(id=found.id, people=found.people, files=())
    try:
        submission = work.isolation.marked(read(found))
        sheet, _ = examiner.examine(submission)
    except NoRoomError as error:
        return error
    except Exception as error:  # noqa: BLE001 - one submission never stops another, whatever is wrong with us
        examiner.close()
        told = f"{type(error).__name__}: {error}"
        return kept_fault(work, submission, told, traceback.format_exc())
    return sheet


def kept_fault(work: Work, submission: Submission, told: str, trace: str = "") -> ScoreSheet:
    """Return the sheet of a fault of ours, kept with its traceback as far as that is possible."""
    sheet = fault_sheet(submission, work.plan.items, told)
    # The fault may be that nothing can be written; the sheet still reaches both tables.
    with contextlib.suppress(OSError):
        write_fault(work.folder, submission.id, trace or told)
        write_result(work.folder, sheet, None)
    return sheet


def describe_machine(isolation: Isolation) -> dict[str, Any]:
    """Return the versions and the isolation that a run is recorded with."""
    import platform

    import numpy as np

    from grader import __version__

    return {
        "grader": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": platform.system(),
        "machine": platform.machine(),
        **isolation.facts,
    }
