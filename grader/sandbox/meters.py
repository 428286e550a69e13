"""What has a live process used so far, by the kernel's account of it?

Nothing here is asked of the process itself: what it says of its own use can be forged.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from pathlib import Path
from typing import Protocol

_PEAK = b"VmHWM:"
_OOM_KILLS = re.compile(rb"^oom_kill (\d+)", re.MULTILINE)


class Meter(Protocol):
    """Reads one process's use; what cannot be read is told as 0 or None."""

    look_every_s: float
    """For how long nobody need look, whatever the process does."""

    def cpu_s(self) -> float:
        """Return the CPU seconds used so far."""

    def peak_mb(self) -> float:
        """Return the highest resident memory so far, shared pages included."""

    def queued_s(self) -> float | None:
        """Return for how long it stood ready while others had the processors."""

    def close(self) -> None:
        """Let go of what is read from."""


class KernelMeter:
    """Linux: the process's own CPU clock, and two files of ``/proc`` that are kept open.

    Parameters
    ----------
    pid
        The process.

    Notes
    -----
    A process's CPU clock has the id ``~pid << 3 | 2``, and reading it needs no permission; nor do
    ``status`` (peak memory as ``VmHWM``) and ``schedstat`` (run time and waiting time in ns), see
    proc(5), unless the system is mounted with ``hidepid``. The kernel adds memory up in batches
    for each processor, so a peak that has just been reached may be told some MB too low.
    """

    look_every_s = 3600.0

    def __init__(self, pid: int) -> None:
        self._clock = (~pid << 3) | 2
        self._files = {name: _opened(pid, name) for name in ("status", "schedstat")}

    def cpu_s(self) -> float:
        """Return the CPU seconds used so far."""
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return 0.0

    def peak_mb(self) -> float:
        """Return the highest resident memory so far, shared pages included."""
        _, _, told = self._text("status").partition(_PEAK)
        return int(told.split(None, 1)[0]) / 1024 if told else 0.0

    def queued_s(self) -> float | None:
        """Return for how long it stood ready while others had the processors."""
        words = self._text("schedstat").split()
        return int(words[1]) / 1e9 if len(words) > 1 else None

    def _text(self, name: str) -> bytes:
        try:
            return os.pread(self._files[name], 4096, 0)
        except OSError:
            return b""

    def close(self) -> None:
        """Let go of what is read from."""
        for descriptor in self._files.values():
            if descriptor >= 0:
                os.close(descriptor)
        self._files = dict.fromkeys(self._files, -1)


class PortableMeter:
    """Other systems: psutil, which must be asked now and then, since no limit is the kernel's.

    Parameters
    ----------
    pid
        The process.
    """

    look_every_s = 0.05

    def __init__(self, pid: int) -> None:
        # Not at the top: Linux, where most of this runs, can do without.
        import psutil

        self._errors = psutil.Error
        self._process = psutil.Process(pid)
        self._cpu_s = self._peak_mb = 0.0

    def cpu_s(self) -> float:
        """Return the CPU seconds used so far."""
        with contextlib.suppress(self._errors):
            times = self._process.cpu_times()
            self._cpu_s = times.user + times.system
        return self._cpu_s

    def peak_mb(self) -> float:
        """Return the highest resident memory that was met when somebody looked."""
        with contextlib.suppress(self._errors):
            self._peak_mb = max(self._peak_mb, self._process.memory_info().rss / (1 << 20))
        return self._peak_mb

    def queued_s(self) -> None:
        """Return None: it is not known here."""
        return

    def close(self) -> None:
        """Do nothing: psutil keeps nothing open."""


def meter_of(pid: int) -> Meter:
    """Return what reads a process's use on this system."""
    return KernelMeter(pid) if sys.platform == "linux" else PortableMeter(pid)


def is_over(pid: int, within_s: float) -> bool:
    """Return whether a process has ended, or does so within a time, where no pidfd tells it."""
    import psutil

    until = time.monotonic() + within_s
    while True:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.01)


def oom_kills() -> int | None:
    """Return how many processes of this machine were killed for memory; None if unknown."""
    try:
        found = _OOM_KILLS.search(Path("/proc/vmstat").read_bytes())
    except OSError:
        return None
    return int(found[1]) if found else None


def _opened(pid: int, name: str) -> int:
    try:
        return os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1
