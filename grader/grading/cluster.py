"""How are submissions graded on a cluster? By tasks of dask.distributed, a submission each.

Workers need neither the submissions nor the run's folder: a task brings the files and what an
earlier run has kept of them, and takes back what is to be kept now. Every worker process has an
examiner with a zygote of its own, which stays warm from task to task. What a worker had when it was
killed is given to another one by the scheduler.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import pickle
import signal
import tempfile
import threading
import traceback
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import numpy as np

from grader import __version__
from grader.errors import GraderFault, UsageError
from grader.grading.examiner import Examiner
from grader.grading.executors import Work, kept_fault
from grader.grading.interruption import ENDING, uninterrupted
from grader.grading.journal import OWN_STARTERS, STARTER, open_run
from grader.records import ScoreSheet, Submission
from grader.report.files import write_atomically
from grader.sandbox.process import hide_memory
from grader.submission import Found, read

_CONNECT_S, _JOIN_S = 20.0, 60.0
_AHEAD = 2
"""Tasks that lie ready for each thread of the cluster, so that no worker waits for the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a task brings.

    Parameters
    ----------
    submission
        With its files.
    kept
        Path inside the run's folder -> bytes: what an earlier run has kept of it.
    """

    submission: Submission
    kept: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What a task takes back: the sheet, and what is kept of it by path inside the run's folder."""

    sheet: ScoreSheet
    files: Mapping[str, bytes]


@dataclass(slots=True)
class DaskExecutor:
    """Grades on the workers of a scheduler.

    Parameters
    ----------
    work
        What there is to grade.
    jobs
        Worker processes of this machine, where no scheduler is named.
    scheduler
        Its address, such as ``tcp://10.0.0.1:8786``.
    """

    work: Work
    jobs: int
    scheduler: str | None = None
    _client: Any = None
    _cluster: Any = None
    _has_starter: bool = False

    def start(self) -> None:
        """Find the scheduler, or start one with workers of this machine, and wait for a worker.

        Raises
        ------
        UsageError
            If dask.distributed is not installed, the scheduler cannot be reached, or it has no
            worker.
        """
        distributed = _distributed()
        # That a worker was lost is no news to a TA: what it had is graded by another one.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        if self.scheduler is None:
            # Ctrl-C reaches the whole process group: what becomes of the workers is decided here.
            # They inherit what is blocked; starting this one later would lift that.
            resource_tracker.ensure_running()
            with uninterrupted([number for number in ENDING if number != signal.SIGTERM]):
                self._cluster = distributed.LocalCluster(
                    n_workers=self.jobs,
                    threads_per_worker=1,
                    processes=True,
                    # Without a dashboard, but its server is started all the same, on a port that
                    # a second run on this machine would find taken.
                    dashboard_address="127.0.0.1:0",
                    scheduler_kwargs={"dashboard": False},
                    silence_logs=logging.CRITICAL,
                )
        where = self.scheduler or self._cluster
        try:
            self._client = distributed.Client(where, timeout=_CONNECT_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_JOIN_S)
        except (OSError, ValueError) as error:
            self.stop()
            raise UsageError(f"scheduler {self.scheduler}: cannot be used ({error})") from None

    def run(self) -> Iterator[ScoreSheet]:
        """Yield each submission's sheet as it ends, once what is kept of it is in the folder."""
        distributed = _distributed()
        run = uuid.uuid4().hex
        # A task, not scattered data: the scheduler can make it anew when a worker is lost.
        blob = pickle.dumps(replace(self.work, found=()))
        work = self._client.submit(unpacked, _versions(), blob, key=f"plan-{run}")
        waiting = deque(self.work.found)
        ended = distributed.as_completed(loop=self._client.loop)
        asked: dict[str, Found] = {}
        while waiting or asked:
            room = max(_AHEAD * sum(self._client.nthreads().values()), 1) - len(asked)
            for _ in range(min(room, len(waiting))):
                found = waiting.popleft()
                try:
                    future = self._begun(run, work, found)
                except Exception as error:  # noqa: BLE001 - as above: files that cannot be read stop nobody else
                    yield self._fault(found, error)
                else:
                    asked[future.key] = found
                    ended.add(future)
            if asked:
                future = next(ended)
                yield self._settled(future, asked.pop(future.key))

    def _begun(self, run: str, work: Any, found: Found) -> Any:
        """Return the future of a submission's task."""
        submission = self.work.isolation.marked(read(found))
        job = Job(submission=submission, kept=self._kept(found.id))
        return self._client.submit(grade_job, run, work, job, key=f"grade-{run}-{found.id}")

    def _settled(self, future: Any, found: Found) -> ScoreSheet:
        """Keep what a task has brought back; one that fails is a fault of ours."""
        try:
            graded: Graded = future.result()
            self._keep(graded)
        except Exception as error:  # noqa: BLE001 - one submission never stops another, whatever a cluster does
            return self._fault(found, error)
        finally:
            future.release()
        return graded.sheet

    def _fault(self, found: Found, error: Exception) -> ScoreSheet:
        submission = Submission(id=found.id, people=found.people, files=(), problems=found.problems)
        told = f"{type(error).__name__}: {error}"
        return kept_fault(self.work, submission, told, traceback.format_exc())

    def _kept(self, name: str) -> dict[str, bytes]:
        if not self.work.resumes:
            return {}
        paths = (f"transcripts/{name}.frame", f"{OWN_STARTERS}/{name}.frame")
        return {
            path: (self.work.folder / path).read_bytes()
            for path in paths
            if (self.work.folder / path).exists()
        }

    def _keep(self, graded: Graded) -> None:
        """Write what a task has brought back, the result last: what has one is complete."""
        for path, data in graded.files.items():
            if path == f"{STARTER}.frame" and self._has_starter:
                continue
            self._has_starter = self._has_starter or path == f"{STARTER}.frame"
            (self.work.folder / path).parent.mkdir(exist_ok=True)
            write_atomically(self.work.folder / path, data)

    def close(self) -> None:
        """Leave the scheduler, and end what was started here."""
        for one in (self._client, self._cluster):
            if one is not None:
                with contextlib.suppress(TimeoutError, OSError):
                    one.close()
        self._client = self._cluster = None

    def stop(self) -> None:
        """Leave in the middle of the work; tasks that nobody waits for are dropped."""
        self.close()


def _distributed() -> Any:
    """Return the library, which is an extra; it is only partly typed."""
    try:
        import distributed
    except ModuleNotFoundError as error:
        told = f"--executor dask needs the package {error.name}; install it with: "
        raise UsageError(f"{told}pip install 'backprop-grader[cluster]'") from None
    return distributed


# --- on a worker -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Station:
    """What a worker process keeps from task to task of one run."""

    run: str
    folder: tempfile.TemporaryDirectory[str]
    examiner: Examiner


_station: _Station | None = None
_busy = threading.Lock()
"""Held while a submission is graded: a worker that was started with several threads grades one
after the other all the same."""


def grade_job(run: str, work: Work, job: Job) -> Graded:
    """Grade one submission on this worker.

    Parameters
    ----------
    run
        Name of the run, by which the worker's examiner is kept.
    work
        The plan and how student code is run.
    job
        The submission.
    """
    with _busy:
        station = _opened(run, work)
        home = Path(station.folder.name)
        open_run(home)
        for path, data in job.kept.items():
            (home / path).parent.mkdir(exist_ok=True)
            (home / path).write_bytes(data)
        try:
            sheet, _ = station.examiner.examine(job.submission)
        except Exception:
            station.examiner.close()
            raise
        return Graded(sheet=sheet, files=_files_of(home, job.submission.id))


def _files_of(home: Path, name: str) -> dict[str, bytes]:
    paths = (
        f"{STARTER}.frame",
        f"{OWN_STARTERS}/{name}.frame",
        f"transcripts/{name}.frame",
        f"results/{name}.json",
    )
    return {path: (home / path).read_bytes() for path in paths if (home / path).exists()}


def _opened(run: str, work: Work) -> _Station:
    """Return this process's examiner for a run; that of an earlier run is closed."""
    global _station
    if _station is not None and _station.run != run:
        leave_station()
    if _station is None:
        hide_memory()
        folder = tempfile.TemporaryDirectory(prefix="grader-worker-")
        level, home = work.isolation.level, Path(folder.name)
        examiner = Examiner(work.plan, home, level, resumes=work.resumes)
        _station = _Station(run=run, folder=folder, examiner=examiner)
        atexit.register(leave_station)
    return _station


def leave_station() -> None:
    """End this process's examiner, if it has one, and remove what it has kept."""
    global _station
    if _station is not None:
        atexit.unregister(leave_station)
        _station.examiner.close()
        _station.folder.cleanup()
        _station = None


def _versions() -> dict[str, str]:
    """Return what must be the same wherever a part of a run is graded."""
    return {"grader": __version__, "numpy": np.__version__}


def unpacked(versions: Mapping[str, str], blob: bytes) -> Work:
    """Return what this worker is told.

    Raises
    ------
    GraderFault
        If other versions are installed here: scores would depend on who graded.
    """
    for name, version in _versions().items():
        if versions.get(name) != version:
            told = f"a worker has {name} {version}, the command {versions.get(name)}"
            raise GraderFault(f"{told}; install the same everywhere")
    work: Work = pickle.loads(blob)  # noqa: S301 - our own command has sent it, no student
    return work
