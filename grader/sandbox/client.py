"""The grader's end: start a zygote, and have children forked from it.

Who wants to talk to a child finds ``Child``, ``Request`` and ``Death`` here as well.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgpack

from grader.errors import GraderFault, IsolationError
from grader.sandbox import environment
from grader.sandbox.channel import Request
from grader.sandbox.endings import Death, Ending
from grader.sandbox.handle import Child, StillbornError
from grader.sandbox.levels import available_level, walls_of
from grader.sandbox.meters import oom_kills
from grader.sandbox.readable import laid_out
from grader.sandbox.walls import Bounds

__all__ = ["Child", "Death", "Request", "Zygote"]

_START_S = 60.0
_CONTROL_S = 30.0
# macOS has no packets here; a message is short enough to come in one piece.
_KIND = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_STREAM
_BIRTHS = 3
"""How often a child is asked for that ends before its walls stand."""
_MOSTLY = 0.5
"""Share of its memory limit from which a killed child may have been killed for memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Born:
    """A child that was forked: our ends for its requests, replies and output."""

    pid: int
    ends: tuple[int, int, int]


@dataclass(slots=True)
class _Prepared:
    """A child that was asked for ahead of time, and is not taken yet."""

    bounds: Bounds
    born: _Born | None = None


class Zygote:
    """A warm process from which children are forked, one at a time.

    Parameters
    ----------
    preload
        Modules that student code may import beside NumPy and the standard library.
    level
        Isolation level; without it the best that this machine offers.
    readable
        Files that student code may read: path relative to its current folder -> content. They are
        laid out in a folder of their own, and no other file can be opened.

    Raises
    ------
    IsolationError
        If the level cannot be had here, or not together with readable files.
    GraderFault
        If the process does not start.
    """

    def __init__(
        self,
        preload: Sequence[str] = (),
        level: int | None = None,
        readable: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        best = available_level()
        self.level = best if level is None else level
        if self.level > best:
            raise IsolationError(f"isolation level {self.level} is not available here, {best} is")
        self.walls = walls_of(self.level, os.getpid(), tuple(readable))
        self._folder = laid_out(readable) if readable else None
        self._control, theirs = socket.socketpair(socket.AF_UNIX, _KIND)
        self._control.settimeout(_START_S)
        self._oom_kills = oom_kills()
        self._prepared: _Prepared | None = None
        self._process = self._start(theirs, preload)
        try:
            self.missing: tuple[str, ...] = tuple(self._receive()["missing"])
        except GraderFault:
            self.close()
            raise
        self._control.settimeout(_CONTROL_S)

    def _start(self, end: socket.socket, preload: Sequence[str]) -> subprocess.Popen[bytes]:
        path = environment.module_path()
        given = {
            "socket": end.fileno(),
            "parent": os.getpid(),
            "preload": list(preload),
            "folder": self._folder and self._folder.name,
            "is_locked_in": self.walls.is_locked_in,
            "is_fresh": self.level == 1,
            "path": path,
        }
        with end:
            return subprocess.Popen(
                environment.command(given, "grader.sandbox.zygote", path),
                env=environment.variables(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[end.fileno()],
            )

    def _receive(self) -> dict[str, Any]:
        try:
            reply = self._control.recv(1 << 16)
        except OSError as error:
            raise GraderFault(f"the zygote does not answer ({error})") from None
        if not reply:
            raise GraderFault("the zygote has ended")
        message: dict[str, Any] = msgpack.unpackb(reply)
        return message

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def spawn(self, memory_mb: int, cpu_s: float, wall_s: float = math.inf) -> Child:
        """Fork a child, wait until its walls stand, and return the handle to it.

        Parameters
        ----------
        memory_mb
            Address space, in MB.
        cpu_s
            CPU seconds of its whole life, a backstop behind the limits of each call.
        wall_s
            Wall seconds for which it may be asked, all calls together.

        Raises
        ------
        IsolationError
            If a canary got through a wall; no byte of a student's was sent then.
        GraderFault
            If the zygote or the new child ends unexpectedly.
        """
        bounds = _bounds(memory_mb, cpu_s)
        ready = self._take_prepared(bounds, wall_s)
        if ready is not None:
            return ready
        for left in reversed(range(_BIRTHS)):
            self._ask_for_child(bounds)
            try:
                return self._handle(self._born(), bounds, wall_s)
            except StillbornError:
                # Killed from outside, for memory as like as not, before it was anybody's.
                if not left or not self.is_alive:
                    raise
        raise AssertionError("the last birth returns or raises")

    def prepare(self, memory_mb: int, cpu_s: float) -> None:
        """Have the next child come up while the caller does something else.

        ``spawn`` with the same limits returns it. Children of one zygote share a user id, so there
        must be no other: nothing of a student's may be alive beside it. Where the zygote has ended,
        ``spawn`` tells it.

        Parameters
        ----------
        memory_mb, cpu_s
            As for ``spawn``.
        """
        if self._prepared is None:
            bounds = _bounds(memory_mb, cpu_s)
            with contextlib.suppress(GraderFault):
                self._ask_for_child(bounds)
                self._prepared = _Prepared(bounds)

    def prepared_pid(self) -> int | None:
        """Return the process that comes up or waits for the next ``spawn``, if there is one."""
        if self._prepared is None:
            return None
        if self._prepared.born is None:
            self._prepared.born = self._born()
        return self._prepared.born.pid

    def _take_prepared(self, bounds: Bounds, wall_s: float) -> Child | None:
        """Return the child that was prepared, if it is alive and has these limits."""
        prepared, self._prepared = self._prepared, None
        if prepared is None:
            return None
        try:
            child = self._handle(prepared.born or self._born(), prepared.bounds, wall_s)
        except GraderFault:
            # Somebody may have killed it as it waited: a fresh one is as good.
            return None
        if prepared.bounds == bounds:
            return child
        child.kill()
        return None

    def _end_prepared(self) -> None:
        """Kill and reap the child that waits for the next ``spawn``, if there is one."""
        pid = self.prepared_pid()
        prepared, self._prepared = self._prepared, None
        if pid is not None and prepared is not None and prepared.born is not None:
            for end in prepared.born.ends:
                os.close(end)
            os.kill(pid, signal.SIGKILL)
            self.reap(pid)

    def _ask_for_child(self, bounds: Bounds) -> None:
        request = {"op": "spawn", "walls": self.walls.plain(), "bounds": bounds.plain()}
        try:
            self._control.send(msgpack.packb(request))
        except OSError as error:
            raise GraderFault(f"the zygote cannot fork ({error})") from None

    def _born(self) -> _Born:
        """Return the child that was asked for."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 3)
        except OSError as error:
            raise GraderFault(f"the zygote cannot fork ({error})") from None
        if not data or len(descriptors) != 3:
            raise GraderFault("the zygote has ended")
        ends = (descriptors[0], descriptors[1], descriptors[2])
        return _Born(pid=msgpack.unpackb(data)["pid"], ends=ends)

    def _handle(self, born: _Born, bounds: Bounds, wall_s: float) -> Child:
        """Return the handle to a child, once its walls stand."""
        return Child(self, born.pid, bounds, born.ends, wall_s)

    def reap(self, pid: int) -> Ending:
        """Wait for a dead child and return the kernel's accounting of it."""
        # The zygote answers in the order in which it was asked.
        self.prepared_pid()
        try:
            # Under the filter no process can have been started that would outlive the child.
            uid = None if self.walls.syscall_filter else self.walls.uid
            self._control.send(msgpack.packb({"op": "reap", "pid": pid, "uid": uid}))
        except OSError as error:
            raise GraderFault(f"the zygote does not answer ({error})") from None
        return Ending.of(self._receive())

    def may_be_out_of_memory(self, peak_mb: float, limit_mb: float) -> bool:
        """Tell whether the system may have killed a child for the memory that it took.

        The kernel counts such killings; where its count is not to be read, only a child that had
        taken much of what it may have is believed to be one.
        """
        before, self._oom_kills = self._oom_kills, oom_kills()
        if before is None or self._oom_kills is None:
            return peak_mb >= _MOSTLY * limit_mb
        return self._oom_kills > before

    def close(self) -> None:
        """End the zygote and, with it, any child that is left."""
        # Before its parent goes: not every system's first process reaps what it inherits.
        with contextlib.suppress(GraderFault, ProcessLookupError):
            self._end_prepared()
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1.0)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def _bounds(memory_mb: int, cpu_s: float) -> Bounds:
    return Bounds(cpu_s=int(cpu_s) + 1, memory_mb=memory_mb)
