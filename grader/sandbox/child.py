"""What does a student's process do: put up its walls, load the submission, answer probes.

It runs in a fork of the zygote and ends by being killed. It is given files, inputs and a rubric's
probe code; expected values never enter it.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import pdb
import sys
from collections.abc import Collection, Mapping
from typing import Any

from grader.sandbox.adapting import lay_over
from grader.sandbox.channel import PREFIX, decode, encode
from grader.sandbox.files import module_name
from grader.sandbox.loading import Loader
from grader.sandbox.numpy_names import provide
from grader.sandbox.probing import Prober
from grader.sandbox.standins import Inert
from grader.sandbox.stated import Stated, is_answers_file
from grader.sandbox.walls import Bounds, Walls, put_up

REQUESTS, REPLIES = 3, 4
_KEPT_OUTPUT = 16 << 10
# Looked up before student code can put others in their place.
_read, _write = os.read, os.write
_HANDLERS = {"load": "_load", "call": "_call", "sweep": "_sweep"}


class _Head(io.RawIOBase):
    """Keeps the beginning of what is printed and drops the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        block = bytes(data)
        self.kept += block[: _KEPT_OUTPUT - len(self.kept)]
        return len(block)


class Child:
    """One submission's process: its loader, its compiled probes, and what it printed."""

    def __init__(self) -> None:
        self._output = _Head()
        self._loader = Loader(student={}, starter={}, expected=(), wanted={})
        self._stated = Stated(files={}, starter={}, modules=())
        self._prober = Prober(self._loader.lost, {})
        # Kept here as well: a student's code may put another stream in its place, and a stream
        # that nobody holds closes what lies beneath it.
        self._stream = io.TextIOWrapper(
            io.BufferedWriter(self._output), "utf-8", "backslashreplace", write_through=True
        )
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = self._stream  # type: ignore[misc]
        sys.stdin = sys.__stdin__ = io.StringIO("")  # type: ignore[misc,assignment]
        sys.argv = ["submission"]
        # A forgotten stop of a debugger stops nothing: nobody is there to go on.
        sys.breakpointhook = pdb.set_trace = _go_on
        builtins.get_ipython = lambda: Inert("IPython.get_ipython", True)  # type: ignore[attr-defined]
        builtins.display = lambda *shown, **options: None  # type: ignore[attr-defined]

    def handle(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return the reply to a request."""
        self._output.kept.clear()
        reply = getattr(self, _HANDLERS[message["op"]])(message)
        with contextlib.suppress(Exception):  # student code may have closed it
            self._stream.flush()
        return {"id": message["id"], **reply, "output": bytes(self._output.kept)}

    def _load(self, message: dict[str, Any]) -> dict[str, Any]:
        handed_in: Mapping[str, bytes] = message["student"]
        code = {path: data for path, data in handed_in.items() if not is_answers_file(path)}
        self._stated = Stated(
            files=handed_in,
            starter=message["starter"],
            modules=tuple(map(module_name, message["expected"])),
        )
        self._loader = loader = Loader(
            student=code,
            starter=message["starter"],
            expected=message["expected"],
            wanted=message["wanted"],
            modified=message.get("modified", {}),
            stand_in=frozenset(message["stand_in"]),
            definitions_only=message["definitions_only"],
        )
        if message.get("numpy_compat"):
            provide()
        loaded = loader.load_all()
        if message.get("adapter"):
            lay_over(loader, **message["adapter"])
        stated = self._stated
        read = {"stated": stated.stated, "recorded": stated.recorded, "formula": stated.formula}
        self._prober = Prober(loader.lost, read)
        return {
            "root": loader.root,
            "loaded": loaded,
            "failures": loader.failures,
            "notes": loader.notes,
            "broken": loader.broken,
        }

    def _call(self, message: dict[str, Any]) -> dict[str, Any]:
        return self._prober.call(message)

    def _sweep(self, message: dict[str, Any]) -> dict[str, Any]:
        return self._prober.sweep(message)


def _go_on(*arguments: Any, **options: Any) -> None:
    return None


def serve(walls: Walls, bounds: Bounds, parent: int, hidden: Collection[str]) -> None:
    """Put up the walls, report the canaries, then answer requests until killed.

    Parameters
    ----------
    walls, bounds
        What is to stand around this process.
    parent
        Process id of the zygote.
    hidden
        Names of our own modules, taken out of ``sys.modules`` so that a submission's files of the
        same name can be imported.

    Notes
    -----

    Runs on file descriptors ``REQUESTS`` and ``REPLIES``; standard output and error go to the
    capture pipe. Does not return.
    """
    canaries = put_up(walls, bounds, parent)
    os.environ.clear()
    for name in hidden:
        del sys.modules[name]
    child = Child()
    _send({"id": 0, "canaries": canaries})
    while True:
        prefix = _receive(PREFIX.size)
        header, body = PREFIX.unpack(prefix)
        _send(child.handle(decode(_receive(header), _receive(body))))


def _send(message: dict[str, Any]) -> None:
    frame = memoryview(encode(message))
    while frame:
        frame = frame[_write(REPLIES, frame) :]


def _receive(count: int) -> bytes:
    """Read exactly so many bytes; the end of the pipe ends the process."""
    blocks = []
    while count:
        block = _read(REQUESTS, min(count, 1 << 20))
        if not block:
            os._exit(0)
        blocks.append(block)
        count -= len(block)
    return b"".join(blocks)
