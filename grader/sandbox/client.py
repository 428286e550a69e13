"""The grader's end: start a zygote, fork children from it, ask them, and bury them.

Every read and write has a deadline, every length is checked before memory is taken, and whatever
a child does ends in a reply or in a named death.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgpack
import numpy as np

from grader.errors import GraderFault, IsolationError
from grader.records import Outcome, Usage
from grader.sandbox.channel import PREFIX, ProtocolError, check_sizes, decode, encode
from grader.sandbox.walls import Bounds, Walls, available_level, private_uid, unproven

_START_S = 60.0
_CONTROL_S = 30.0
_READY_S = 20.0
_LAST_GASP_S = 1.0
_FIRST_WORDS = 300
_PACKAGE_HOME = str(Path(__file__).resolve().parent.parent.parent)
_BOOT = (
    "import sys, json; given = json.loads(sys.argv[1]); sys.path[:] = given['path']; "
    "from grader.sandbox.zygote import main; main(sys.argv[1])"
)


class Death(Exception):  # noqa: N818 - it is no error of ours
    """A child's process is over before it answered.

    Parameters
    ----------
    outcome, message
        What it died of; the message is for the student and continues "your code stopped: …".
    usage
        The kernel's accounting of its whole life.
    retry
        True where a loaded machine may be the cause: the wall clock ran out, the CPU limit did not.
    """

    def __init__(self, outcome: Outcome, message: str, usage: Usage, retry: bool = False) -> None:
        super().__init__(message)
        self.outcome, self.message, self.usage, self.retry = outcome, message, usage, retry


class Request:
    """A message to a child, made ready once and sent as often as it is needed.

    Parameters
    ----------
    message
        The request; an id of its own is added, which the reply must repeat.
    """

    _ids = itertools.count(1)

    def __init__(self, message: Mapping[str, Any]) -> None:
        self.id = next(self._ids)
        self.frame = encode({**message, "id": self.id})


class Zygote:
    """A warm process from which children are forked, one at a time.

    Parameters
    ----------
    preload
        Modules that student code may import beside NumPy and the standard library.
    level
        Isolation level; without it the best that this machine offers.

    Raises
    ------
    IsolationError
        If the level cannot be had here.
    GraderFault
        If the process does not start.
    """

    def __init__(self, preload: Sequence[str] = (), level: int | None = None) -> None:
        best = available_level()
        self.level = best if level is None else level
        if self.level > best:
            raise IsolationError(f"isolation level {self.level} is not available here, {best} is")
        uid = None
        if self.level == 3:
            uid = private_uid(os.getpid())
        self.walls = Walls(
            level=self.level, uid=uid, is_locked_in=self.level == 3, syscall_filter=self.level >= 2
        )
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._control.settimeout(_START_S)
        self._process = self._start(theirs, preload)
        try:
            self.missing: tuple[str, ...] = tuple(self._receive()["missing"])
        except GraderFault:
            self.close()
            raise
        self._control.settimeout(_CONTROL_S)

    def _start(self, end: socket.socket, preload: Sequence[str]) -> subprocess.Popen[bytes]:
        given = {
            "path": [_PACKAGE_HOME, *(path for path in sys.path if _is_library(path))],
            "socket": end.fileno(),
            "parent": os.getpid(),
            "preload": list(preload),
            "is_locked_in": self.walls.is_locked_in,
        }
        with end:
            return subprocess.Popen(
                [sys.executable, "-s", "-c", _BOOT, json.dumps(given)],
                env=_environment(),
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

    def spawn(self, memory_mb: int, cpu_s: float) -> Child:
        """Fork a child, wait until its walls stand, and return the handle to it.

        Parameters
        ----------
        memory_mb
            Address space, in MB.
        cpu_s
            CPU seconds of its whole life, a backstop behind the limits of each call.

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
        return Child(self, msgpack.unpackb(data)["pid"], bounds, *descriptors)

    def reap(self, pid: int) -> dict[str, Any]:
        """Wait for a dead child and return the kernel's accounting of it."""
        try:
            # Under the filter no process can have been started that would outlive the child.
            uid = None if self.walls.syscall_filter else self.walls.uid
            self._control.send(msgpack.packb({"op": "reap", "pid": pid, "uid": uid}))
        except OSError as error:
            raise GraderFault(f"the zygote does not answer ({error})") from None
        return self._receive()

    def close(self) -> None:
        """End the zygote and, with it, any child that is left."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1.0)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


class Child:
    """The handle to one submission's process."""

    def __init__(
        self, zygote: Zygote, pid: int, bounds: Bounds, requests: int, replies: int, output: int
    ) -> None:
        self._zygote = zygote
        self.pid = pid
        self._bounds = bounds
        self._requests, self._replies, self._output = requests, replies, output
        for descriptor in (requests, replies, output):
            os.set_blocking(descriptor, False)
        self._pidfd = os.pidfd_open(pid) if sys.platform == "linux" else -1
        self._started = time.monotonic()
        self._printed = 0
        self._first_words = b""
        self._is_talking = True
        self._outgoing = memoryview(b"")
        self._is_buried = False
        self.usage = Usage(wall_s=0.0, cpu_s=0.0)
        self.output_limit = 1 << 20
        self._await_walls()

    def _await_walls(self) -> None:
        try:
            ready = self._read_frame(time.monotonic() + _READY_S, None)
        except Death as death:
            words = self._first_words.decode("utf-8", "backslashreplace").strip()
            told = words or death.message
            raise GraderFault(f"the child's walls did not come up: {told}") from None
        self.canaries: Mapping[str, bool] = ready.get("canaries", {})
        holes = unproven(self._zygote.walls, self.canaries)
        if holes:
            self.kill()
            raise IsolationError(f"these walls do not hold: {', '.join(holes)}")

    def ask(
        self, message: Mapping[str, Any], cpu_s: float, wall_s: float
    ) -> tuple[dict[str, Any], Usage]:
        """Send one request and return the reply; see ``ask_all``."""
        return next(self.ask_all([Request(message)], cpu_s, wall_s))

    def ask_all(
        self, requests: Sequence[Request], cpu_s: float, wall_s: float
    ) -> Iterator[tuple[dict[str, Any], Usage]]:
        """Send requests without waiting in between, and yield each reply with what it used.

        Parameters
        ----------
        requests
            The child answers them in this order, and goes on with the next one while the caller
            looks at a reply.
        cpu_s, wall_s
            Limits of each of them in seconds.

        Raises
        ------
        Death
            If the child ends, breaks the protocol or passes a limit; it is buried then. The
            replies that were yielded stand; the next request is the one that it died of.
        """
        if self._is_readable(self._replies):
            if self._is_readable(self._pidfd):
                raise self._died()
            raise self._bury(Outcome.CRASHED, "it wrote to the grader's channel unasked")
        self._outgoing = memoryview(b"".join(request.frame for request in requests))
        began, cpu_before = time.monotonic(), self._cpu()
        for request in requests:
            clock = _CpuLimit(self, cpu_before + cpu_s, cpu_s)
            reply = self._read_frame(began + wall_s, clock)
            told = reply.get("id")
            if type(told) is not int or told != request.id:
                raise self._bury(Outcome.CRASHED, "it answered a question that was not asked")
            now, cpu_now = time.monotonic(), self._cpu()
            yield reply, Usage(wall_s=now - began, cpu_s=cpu_now - cpu_before)
            began, cpu_before = time.monotonic(), cpu_now

    def _cpu(self) -> float:
        """Return the CPU seconds that the child has used so far, by the kernel's clock of it."""
        if sys.platform != "linux":
            return 0.0
        try:
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0

    def _is_readable(self, descriptor: int) -> bool:
        return descriptor >= 0 and bool(select.select([descriptor], [], [], 0)[0])

    def _write(self) -> None:
        """Send as much of what is waiting as the pipe takes."""
        try:
            while self._outgoing:
                self._outgoing = self._outgoing[os.write(self._requests, self._outgoing) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            raise self._died() from None

    def _read_frame(self, deadline: float, clock: _CpuLimit | None) -> dict[str, Any]:
        try:
            header, body = PREFIX.unpack(self._read(PREFIX.size, deadline, clock))
            check_sizes(header, body)
            return decode(self._read(header, deadline, clock), self._read(body, deadline, clock))
        except ProtocolError as error:
            raise self._bury(Outcome.CRASHED, f"it broke the protocol: {error}") from None

    def _read(self, count: int, deadline: float, clock: _CpuLimit | None) -> bytes:
        blocks: list[bytes] = []
        while count:
            if self._outgoing:
                self._write()
            try:
                block = os.read(self._replies, min(count, 1 << 20))
            except BlockingIOError:
                self._wait(deadline, clock)
                continue
            if not block:
                raise self._died()
            blocks.append(block)
            count -= len(block)
        return b"".join(blocks)

    def _wait(self, deadline: float, clock: _CpuLimit | None) -> None:
        """Wait until there is something to read, send and drain meanwhile, and hold the limits."""
        while True:
            readers = [self._replies]
            readers += [self._output] if self._is_talking else []
            readers += [self._pidfd] if self._pidfd >= 0 else []
            pause = deadline - time.monotonic()
            if pause <= 0:
                raise self._timed_out(clock, "of wall time", retry=True)
            if clock is not None:
                pause = min(pause, clock.pause())
            writers = [self._requests] if self._outgoing else []
            ready, writable, _ = select.select(readers, writers, [], max(pause, 0.0))
            if self._output in ready:
                self._drain()
            if self._replies in ready:
                return
            if self._pidfd in ready:
                raise self._died()
            if writable:
                self._write()
            if clock is not None and clock.is_over():
                raise self._timed_out(clock, "of CPU time", retry=False)

    def _drain(self) -> None:
        """Throw away what was written past Python's own streams, and count it."""
        try:
            while block := os.read(self._output, 1 << 16):
                self._first_words += block[: _FIRST_WORDS - len(self._first_words)]
                self._printed += len(block)
                if self._printed > self.output_limit:
                    limit = f"{self.output_limit >> 10} KB"
                    raise self._bury(Outcome.CRASHED, f"it printed more than {limit}")
        except BlockingIOError:
            return
        self._is_talking = False

    def _timed_out(self, clock: _CpuLimit | None, kind: str, retry: bool) -> Death:
        allowed = f"{clock.allowed:g} s" if clock is not None and not retry else "its share"
        return self._bury(Outcome.TIMED_OUT, f"it used more than {allowed} {kind}", retry=retry)

    def _bury(self, outcome: Outcome, message: str, retry: bool = False) -> Death:
        self.kill()
        return Death(outcome, message, self.usage, retry)

    def _died(self) -> Death:
        """Return the death of a child that ended by itself, or closed its end of the channel."""
        if self._pidfd >= 0 and not select.select([self._pidfd], [], [], _LAST_GASP_S)[0]:
            return self._bury(Outcome.CRASHED, "it closed the grader's channel")
        if self._is_talking:
            self._drain()
        status = self._end()
        number, code = status["signal"], status["code"]
        outcome, message = Outcome.CRASHED, f"it ended itself with exit code {code}"
        if number == signal.SIGXCPU or (number and status["cpu_s"] >= self._bounds.cpu_s):
            outcome, message = Outcome.TIMED_OUT, "it used up the CPU time of its submission"
        elif number == signal.SIGKILL:
            outcome, message = Outcome.OUT_OF_MEMORY, "the system killed it, most likely for memory"
        elif number:
            message = f"it crashed with signal {number} ({_signal_name(number)})"
        return Death(outcome, message, self.usage)

    def kill(self) -> None:
        """End the child, whatever it is doing, and account for it; further calls do nothing."""
        if self._is_buried:
            return
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd >= 0:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)
        self._end()

    def _end(self) -> dict[str, Any]:
        self._is_buried = True
        for descriptor in (self._requests, self._replies, self._output, self._pidfd):
            if descriptor >= 0:
                os.close(descriptor)
        status = self._zygote.reap(self.pid)
        self.usage = Usage(
            wall_s=time.monotonic() - self._started,
            cpu_s=status["cpu_s"],
            peak_mb=status["peak_kb"] / 1024,
        )
        return status


class _CpuLimit:
    """Watches one call's CPU time on the kernel's clock of the child."""

    def __init__(self, child: Child, until: float, allowed: float) -> None:
        self._child = child
        self._until = until
        self.allowed = allowed

    def pause(self) -> float:
        """Return for how long the limit cannot possibly be passed, in seconds."""
        if sys.platform != "linux":
            return 3600.0
        return max(self._until - self._child._cpu(), 0.0) + 0.002

    def is_over(self) -> bool:
        """Whether the call has used its CPU time."""
        return sys.platform == "linux" and self._child._cpu() >= self._until


def _signal_name(number: int) -> str:
    """Return a signal's name; those between the first and last real-time one have none."""
    known = {named.value: named.name for named in signal.Signals}
    return known.get(number, "a real-time signal")


def _is_library(path: str) -> bool:
    """Tell whether a folder of the module path holds the interpreter's or our own packages."""
    real = os.path.realpath(path) if path else ""
    if real in {os.path.realpath(Path(str(m.__file__)).parent.parent) for m in (msgpack, np)}:
        return True
    prefixes = {os.path.realpath(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    return any(real == p or real.startswith(p + os.sep) for p in prefixes)


def _environment() -> dict[str, str]:
    """Return a zygote's whole environment: nothing of the grader's own gets in."""
    threads = ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        **{f"{name}_NUM_THREADS": "1" for name in threads},
    }
