"""The grader's end: start a zygote, and have children forked from it.

Who wants to talk to a child finds ``Child``, ``Request`` and ``Death`` here as well.
"""

from __future__ import annotations

import contextlib
import math
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgpack

from grader.errors import GraderFault, IsolationError
from grader.sandbox import environment
from grader.sandbox.channel import Request
from grader.sandbox.endings import Death, Ending
from grader.sandbox.handle import Child
from grader.sandbox.levels import available_level, walls_of
from grader.sandbox.meters import oom_kills
from grader.sandbox.readable import laid_out
from grader.sandbox.walls import Bounds

__all__ = ["Child", "Death", "Request", "Zygote"]

_START_S = 60.0
_CONTROL_S = 30.0
# macOS has no packets here; a message is short enough to come in one piece.
_KIND = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_STREAM
_MOSTLY = 0.5
"""Share of its memory limit from which a killed child may have been killed for memory."""


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
        bounds = Bounds(cpu_s=int(cpu_s) + 1, memory_mb=memory_mb)
        request = {"op": "spawn", "walls": self.walls.plain(), "bounds": bounds.plain()}
        try:
            self._control.send(msgpack.packb(request))
            data, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 3)
        except OSError as error:
            raise GraderFault(f"the zygote cannot fork ({error})") from None
        if not data or len(descriptors) != 3:
            raise GraderFault("the zygote has ended")
        pid = msgpack.unpackb(data)["pid"]
        return Child(self, pid, bounds, (descriptors[0], descriptors[1], descriptors[2]), wall_s)

    def reap(self, pid: int) -> Ending:
        """Wait for a dead child and return the kernel's accounting of it."""
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
