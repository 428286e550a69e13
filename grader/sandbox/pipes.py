"""How do bytes go to a child and come from it, whatever it does with its ends of the pipes?

Nothing here blocks for longer than a watch allows, and what the child prints past Python's own
streams is drained meanwhile, so that it never waits for us.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
from typing import Any

from grader.sandbox.channel import PREFIX, check_sizes, decode
from grader.sandbox.deadlines import Excess, Watch

_LAST_WORDS = 300
_BLOCK = 1 << 20
_MOST_AHEAD = 4 << 20
"""Bytes of replies that are read ahead of their turn."""
_PIPE = 1 << 16
"""What a pipe holds at most, where nobody has made it larger."""


class ClosedError(Exception):
    """The child's end is closed: it has ended, or has closed its descriptors."""


class FloodError(Exception):
    """The child printed more than it may."""


class ExcessError(Exception):
    """The child passed a limit of the call."""

    def __init__(self, excess: Excess) -> None:
        super().__init__(excess.message)
        self.excess = excess


class Pipes:
    """The grader's ends of one child's pipes.

    Parameters
    ----------
    requests, replies, output
        Descriptors; they are ours from now on.
    ended
        A descriptor that becomes readable when the process ends (a pidfd), or -1.
    """

    def __init__(self, requests: int, replies: int, output: int, ended: int) -> None:
        self._requests, self._replies, self._output = requests, replies, output
        self._ended = ended
        for descriptor in (requests, replies, output):
            os.set_blocking(descriptor, False)
        self._outgoing = memoryview(b"")
        self._incoming = bytearray()
        """What has been read of replies that nobody has asked for yet."""
        self._is_talking = True
        self._printed, self._calls = 0, 1
        """Bytes that were printed, by how many calls at least."""
        self._floods_in: float | None = None
        """After how many replies, which stand, one call has printed too much, if one has."""
        self._words = b""
        self.output_limit = 1 << 20
        """Bytes that a call may print past Python's own streams."""

    @property
    def last_words(self) -> str:
        """The end of what was printed past Python's own streams."""
        return self._words.decode("utf-8", "backslashreplace").strip()

    def send(self, data: bytes) -> None:
        """Take bytes to be sent; they go out while a reply is awaited."""
        self._outgoing = memoryview(data)

    def begin_anew(self) -> None:
        """Count what is printed from here on: what came before was for earlier questions.

        Where further replies are there already, the child has run ahead, and so has its output: no
        call may be charged with what others have printed, however late it is looked at.

        Raises
        ------
        FloodError
            If what came before was too much.
        """
        # What is drained now may be of the call that has ended and of the one that has begun.
        self._calls += 1
        self.drain()
        if not self._replies_ahead():
            self._printed, self._calls = 0, 1

    def has_reply(self) -> bool:
        """Return whether there is something to read, be it the end of the pipe."""
        return bool(self._incoming) or bool(select.select([self._replies], [], [], 0)[0])

    def has_ended(self, within_s: float = 0.0) -> bool:
        """Return whether the process is over, or will be within a time."""
        if self._ended < 0:
            return False
        return bool(select.select([self._ended], [], [], within_s)[0])

    def read_frame(self, watch: Watch) -> dict[str, Any]:
        """Return the next message, and send what is waiting meanwhile.

        Raises
        ------
        ProtocolError
            If what came is no frame.
        ClosedError, FloodError, ExcessError
            If none came, and why.
        """
        if self._floods_in == 0:
            raise FloodError
        self._read_up_to(PREFIX.size, watch)
        header, body = PREFIX.unpack_from(self._incoming)
        check_sizes(header, body)
        begin, end = PREFIX.size + header, PREFIX.size + header + body
        self._read_up_to(end, watch)
        with memoryview(self._incoming) as come:
            told = bytes(come[PREFIX.size : begin]), bytes(come[begin:end])
        del self._incoming[:end]
        if self._floods_in is not None:
            self._floods_in -= 1
        return decode(*told)

    def _read_up_to(self, count: int, watch: Watch) -> None:
        """Read until so many bytes are there; further replies may come along, and are kept."""
        while len(self._incoming) < count:
            if self._outgoing:
                self._write()
            try:
                block = os.read(self._replies, min(max(count, _PIPE), _BLOCK))
            except BlockingIOError:
                self._wait(watch)
                continue
            if not block:
                raise ClosedError
            self._incoming += block

    def _write(self) -> None:
        """Send as much of what is waiting as the pipe takes."""
        try:
            while self._outgoing:
                self._outgoing = self._outgoing[os.write(self._requests, self._outgoing) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            raise ClosedError from None

    def _wait(self, watch: Watch) -> None:
        """Wait until there is something to read, send and drain meanwhile, and hold the limits."""
        have = len(self._incoming)
        while True:
            # Before waiting as well: who sends a byte now and then must not go on for ever.
            excess = watch.excess()
            if excess is not None:
                raise ExcessError(excess)
            readers = [self._replies]
            readers += [self._output] if self._is_talking else []
            readers += [self._ended] if self._ended >= 0 else []
            writers = [self._requests] if self._outgoing else []
            ready, writable, _ = select.select(readers, writers, [], watch.pause())
            if self._output in ready:
                self.drain()
            # A look at how much was printed may have read replies.
            if self._replies in ready or len(self._incoming) > have:
                return
            if self._ended in ready:
                raise ClosedError
            if writable:
                self._write()

    def drain(self) -> None:
        """Throw away what was written past Python's own streams, and count it.

        Raises
        ------
        FloodError
            If it is too much.
        """
        try:
            while self._is_talking and (block := os.read(self._output, 1 << 16)):
                self._words = (self._words + block)[-_LAST_WORDS:]
                self._printed += len(block)
                if self._floods_in is None and self._is_flooded():
                    self._floods_in = self._replies_ahead()
                if self._floods_in == 0:
                    raise FloodError
        except BlockingIOError:
            return
        self._is_talking = False

    def _is_flooded(self) -> bool:
        """Return whether one of the calls has printed too much, whichever it was."""
        if self._printed <= self.output_limit * self._calls:
            return False
        return self._printed > self.output_limit * (self._calls + self._replies_ahead())

    def _replies_ahead(self) -> float:
        """Return how many replies have come that nobody has looked at yet."""
        with contextlib.suppress(BlockingIOError):
            while len(self._incoming) < _MOST_AHEAD and (block := os.read(self._replies, _PIPE)):
                self._incoming += block
        if len(self._incoming) >= _MOST_AHEAD:
            return math.inf
        count, at = 0, 0
        while at + PREFIX.size <= len(self._incoming):
            at += PREFIX.size + sum(PREFIX.unpack_from(self._incoming, at))
            count += at <= len(self._incoming)
        return count

    def close(self) -> None:
        """Close our ends."""
        for descriptor in (self._requests, self._replies, self._output, self._ended):
            if descriptor >= 0:
                os.close(descriptor)
