"""What does a student's process do: put up its walls, load the submission, answer probes.

It runs in a fork of the zygote and ends by being killed. It is given files, inputs and a rubric's
probe code; expected values never enter it.
"""

from __future__ import annotations

import builtins
import io
import os
import random
import resource
import sys
from collections.abc import Collection, Mapping
from types import CodeType
from typing import Any

import numpy as np

from grader.sandbox import answers
from grader.sandbox.channel import PREFIX, decode, encode
from grader.sandbox.loading import Loader
from grader.sandbox.standins import Inert
from grader.sandbox.walls import Bounds, Walls, put_up

REQUESTS, REPLIES = 3, 4
_KEPT_OUTPUT = 16 << 10


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
        self._compiled: dict[str, CodeType] = {}
        stream = io.TextIOWrapper(
            io.BufferedWriter(self._output), "utf-8", "backslashreplace", write_through=True
        )
        sys.stdout = sys.stderr = stream
        sys.stdin = io.StringIO("")
        builtins.get_ipython = lambda: Inert("IPython.get_ipython", True)  # type: ignore[attr-defined]
        builtins.display = lambda *shown, **options: None  # type: ignore[attr-defined]

    def handle(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return the reply to a request."""
        self._output.kept.clear()
        reply = self._load(message) if message["op"] == "load" else self._call(message)
        self._flush()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"id": message["id"], **reply, "output": bytes(self._output.kept), "peak_kb": peak}

    def _flush(self) -> None:
        try:
            sys.stdout.flush()
        except Exception:  # noqa: BLE001 - student code may have put anything in its place
            self._output.kept += b"[sys.stdout was replaced]"

    def _load(self, message: dict[str, Any]) -> dict[str, Any]:
        self._loader = loader = Loader(
            student=message["student"],
            starter=message["starter"],
            expected=message["expected"],
            wanted=message["wanted"],
            stand_in=frozenset(message["stand_in"]),
            definitions_only=message["definitions_only"],
        )
        loaded = loader.load_all()
        return {
            "root": loader.root,
            "loaded": loaded,
            "failures": loader.failures,
            "notes": loader.notes,
            "broken": loader.broken,
        }

    def _call(self, message: dict[str, Any]) -> dict[str, Any]:
        """Run a probe on one draw, then evaluate each answer on its own."""
        names: dict[str, Any] = {"__name__": "probe", "np": np}
        names.update(message["constants"])
        names.update({name: _fresh(value) for name, value in message["inputs"].items()})
        np.random.seed(message["seed"])
        random.seed(message["seed"])
        expressions: Mapping[str, str] = message["answers"]
        try:
            exec(self._code(message["code"], "exec"), names)
        except BaseException as error:  # noqa: BLE001 - the boundary to foreign code: a student's function may raise anything
            told = answers.described(error, self._loader.first_failure)
            return {"answers": dict.fromkeys(expressions, told)}
        return {
            "answers": {name: self._answer(name, expressions[name], names) for name in expressions}
        }

    def _answer(self, name: str, expression: str, names: dict[str, Any]) -> dict[str, Any]:
        try:
            value = eval(self._code(expression, "eval"), names)  # noqa: S307 - the rubric's own text
            return answers.answered(name, value)
        except BaseException as error:  # noqa: BLE001 - the boundary to foreign code, as above
            nothing = answers.none_names(expression, names)
            if nothing:
                return answers.missing_value(", ".join(nothing))
            return answers.described(error, self._loader.first_failure)

    def _code(self, source: str, mode: str) -> CodeType:
        key = mode + source
        if key not in self._compiled:
            self._compiled[key] = compile(source, "<probe>", mode)
        return self._compiled[key]


def _fresh(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


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
        frame = frame[os.write(REPLIES, frame) :]


def _receive(count: int) -> bytes:
    """Read exactly so many bytes; the end of the pipe ends the process."""
    blocks = []
    while count:
        block = os.read(REQUESTS, min(count, 1 << 20))
        if not block:
            os._exit(0)
        blocks.append(block)
        count -= len(block)
    return b"".join(blocks)
