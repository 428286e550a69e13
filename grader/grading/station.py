"""What does a worker of a cluster do? It grades what a task brings, by an examiner that stays warm.

The examiner keeps everything in a folder of its own, from which a task takes back what is kept.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader import __version__
from grader.errors import GraderFault
from grader.grading.examiner import Examiner
from grader.grading.executors import Work
from grader.grading.journal import OWN_STARTERS, STARTER, open_run
from grader.records import ScoreSheet, Submission
from grader.sandbox.process import hide_memory

if sys.platform != "win32":
    import fcntl

_PREFIX = "grader-worker-"
_YOUNG_S = 60.0
"""Age below which a worker's folder is left alone."""


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
class _Station:
    """What a worker process keeps from task to task of one run."""

    run: str
    folder: tempfile.TemporaryDirectory[str]
    lock: int | None
    """Descriptor that tells others that the folder's worker lives; it ends with the process."""
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
        clear_away_the_dead()
        folder = tempfile.TemporaryDirectory(prefix=_PREFIX)
        lock = _locked(Path(folder.name))
        level, home = work.isolation.level, Path(folder.name)
        examiner = Examiner(work.plan, home, level, resumes=work.resumes)
        _station = _Station(run=run, folder=folder, lock=lock, examiner=examiner)
        atexit.register(leave_station)
    return _station


def leave_station() -> None:
    """End this process's examiner, if it has one, and remove what it has kept."""
    global _station
    if _station is not None:
        atexit.unregister(leave_station)
        _station.examiner.close()
        _station.folder.cleanup()
        if _station.lock is not None:
            os.close(_station.lock)
        _station = None


def clear_away_the_dead() -> None:
    """Remove the folders that killed workers of this user have left on this machine."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # Whoever has just made one may not have locked it yet; one that goes meanwhile is gone.
        with contextlib.suppress(OSError):
            told = folder.lstat()
            if told.st_uid != os.getuid() or time.time() - told.st_mtime < _YOUNG_S:
                continue
            lock = _locked(folder)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _locked(folder: Path) -> int | None:
    """Take a worker's folder; return the descriptor that holds it, None where that cannot be."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Taken; or of a file system without locks, on which nothing is cleared away.
        os.close(descriptor)
        return None
    return descriptor


def versions() -> dict[str, str]:
    """Return what must be the same wherever a part of a run is graded."""
    return {"grader": __version__, "numpy": np.__version__}


def unpacked(wanted: Mapping[str, str], blob: bytes) -> Work:
    """Return what this worker is told.

    Raises
    ------
    GraderFault
        If other versions are installed here: scores would depend on who graded.
    """
    for name, version in versions().items():
        if wanted.get(name) != version:
            told = f"a worker has {name} {version}, the command {wanted.get(name)}"
            raise GraderFault(f"{told}; install the same everywhere")
    work: Work = pickle.loads(blob)  # noqa: S301 - our own command has sent it, no student
    return work
