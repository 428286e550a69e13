"""How are submissions graded on a cluster? By tasks of dask.distributed, a submission each.

Workers need neither the submissions nor the run's folder: a task brings the files and what an
earlier run has kept of them, and takes back what is to be kept now. Every worker process has an
examiner with a zygote of its own, which stays warm from task to task. What a worker had when it was
killed is given to another one by the scheduler; a scheduler that is gone cuts the run short.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import pickle
import queue
import signal
import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from typing import Any

from grader.errors import UsageError
from grader.grading.cut_short import CutShortError, NoRoomError, no_room_named
from grader.grading.executors import Work, kept_fault
from grader.grading.interruption import ENDING, uninterrupted
from grader.grading.journal import OWN_STARTERS, STARTER
from grader.grading.station import Graded, Job, grade_job, unpacked, versions
from grader.records import ScoreSheet, Submission
from grader.report.files import write_atomically
from grader.submission import Found, read

_CONNECT_S, _JOIN_S = 20.0, 60.0
_AHEAD = 2
"""Tasks that lie ready for each thread of the cluster, so that no worker waits for the network."""
_LOOK_S, _PATIENCE_S = 1.0, 5.0
"""How often it is looked whether there is a worker, and how long there may be none without a word:
one that is lost is mostly replaced."""
_FAILED = (OSError, asyncio.TimeoutError)
"""What a scheduler's silence raises; in Python 3.10 the second is not one of the first."""


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
    say
        Called with what whoever waits for the run should know.
    """

    work: Work
    jobs: int
    scheduler: str | None = None
    say: Callable[[str], None] = lambda text: None
    _client: Any = None
    _cluster: Any = None
    _has_starter: bool = False
    _seen_s: float = 0.0
    """When there was a worker; infinite once it has been said that there is none."""

    def start(self) -> None:
        """Find the scheduler, or start one with workers of this machine, and wait for one of these.

        Raises
        ------
        UsageError
            If dask.distributed is not installed, the scheduler cannot be reached, or this machine
            starts no worker.
        """
        distributed = _distributed()
        # That a worker was lost is no news to a TA: what it had is graded by another one. What is
        # news is said here; the library gives the second of its loggers a level of its own.
        for logger in ("distributed", "distributed.client"):
            logging.getLogger(logger).setLevel(logging.CRITICAL)
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
            if self._cluster is not None:
                self._client.wait_for_workers(1, timeout=_JOIN_S)
        except (*_FAILED, ValueError) as error:
            self.stop()
            raise UsageError(f"scheduler {self.scheduler}: cannot be used ({error})") from None

    def run(self) -> Iterator[ScoreSheet]:
        """Yield each submission's sheet as it ends, once what is kept of it is in the folder.

        Raises
        ------
        CutShortError
            If the scheduler is gone, or results find no room any more.
        """
        run = uuid.uuid4().hex
        # A task, not scattered data: the scheduler can make it anew when a worker is lost.
        blob = pickle.dumps(replace(self.work, found=()))
        work = self._client.submit(unpacked, versions(), blob, key=f"plan-{run}")
        waiting = deque(self.work.found)
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        asked: dict[str, tuple[Any, Found]] = {}
        self._seen_s = time.monotonic()
        while waiting or asked:
            room = max(_AHEAD * self._threads(), 1) - len(asked)
            for _ in range(min(room, len(waiting))):
                found = waiting.popleft()
                try:
                    future = self._begun(run, work, found)
                except Exception as error:  # noqa: BLE001 - as above: files that cannot be read stop nobody else
                    self._must_be_there()
                    yield self._fault(found, error)
                else:
                    asked[future.key] = (future, found)
                    future.add_done_callback(ended.put)
            if asked:
                yield self._settled(*asked.pop(self._next(ended).key))

    def _next(self, ended: queue.SimpleQueue[Any]) -> Any:
        """Wait for a task to end, and look meanwhile whether there is anybody to end it."""
        while True:
            with contextlib.suppress(queue.Empty):
                return ended.get(timeout=_LOOK_S)
            if not self._threads() and time.monotonic() - self._seen_s >= _PATIENCE_S:
                self._seen_s = math.inf
                start = f"start one (dask worker {self._address})"
                with contextlib.suppress(OSError):
                    self.say(f"no worker at {self._address}: {start}, or Ctrl-C and --resume")

    def _threads(self) -> int:
        """Return how many threads all workers have together."""
        self._must_be_there()
        try:
            count: int = sum(self._client.nthreads(callback_timeout=_CONNECT_S).values())
        except _FAILED:
            raise self._gone() from None
        if count:
            self._seen_s = time.monotonic()
        return count

    def _must_be_there(self) -> None:
        """Stop where the scheduler is gone; with it went all that it had been given."""
        if self._client.status != "running":
            raise self._gone()

    def _gone(self) -> CutShortError:
        return CutShortError(f"the scheduler {self._address} is gone")

    @property
    def _address(self) -> str:
        return self.scheduler or str(self._cluster.scheduler_address)

    def _begun(self, run: str, work: Any, found: Found) -> Any:
        """Return the future of a submission's task."""
        submission = self.work.isolation.marked(read(found))
        job = Job(submission=submission, kept=self._kept(found.id))
        return self._client.submit(grade_job, run, work, job, key=f"grade-{run}-{found.id}")

    def _settled(self, future: Any, found: Found) -> ScoreSheet:
        """Keep what a task has brought back; one that fails is a fault of ours."""
        try:
            graded: Graded = future.result()
        except Exception as error:  # noqa: BLE001 - one submission never stops another, whatever a cluster does
            if future.cancelled():
                raise self._gone() from None
            self._must_be_there()
            return self._fault(found, error)
        finally:
            future.release()
        try:
            self._keep(graded)
        except NoRoomError as error:
            raise error.cut_short from None
        except OSError as error:
            return self._fault(found, error)
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
            with no_room_named(self.work.folder / path):
                (self.work.folder / path).parent.mkdir(exist_ok=True)
                write_atomically(self.work.folder / path, data)

    def close(self) -> None:
        """Leave the scheduler, and end what was started here."""
        for one in (self._client, self._cluster):
            if one is not None:
                with contextlib.suppress(*_FAILED):
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
