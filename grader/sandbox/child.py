"""What does a student's process do: put up its walls, load the submission, answer probes.

It runs in a fork of the zygote and ends by being killed. It is given files, inputs and a rubric's
probe code; expected values never enter it.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import os
import pdb
import random
import sys
from collections.abc import Collection, Iterator, Mapping
from types import CodeType
from typing import Any

import numpy as np

from grader.sandbox import answers
from grader.sandbox.adapting import lay_over
from grader.sandbox.channel import PREFIX, decode, encode
from grader.sandbox.files import module_name
from grader.sandbox.finder import PROBE
from grader.sandbox.loading import Loader
from grader.sandbox.numpy_names import provide
from grader.sandbox.standins import Inert
from grader.sandbox.stated import Stated, is_answers_file
from grader.sandbox.statements import unwarned
from grader.sandbox.walls import Bounds, Walls, put_up

REQUESTS, REPLIES = 3, 4
_KEPT_OUTPUT = 16 << 10
# Looked up before student code can put others in their place.
_seed_numpy, _seed_python, _ndarray = np.random.seed, random.seed, np.ndarray
_bytes_of, _copy_into, _may_share = np.ndarray.tobytes, np.copyto, np.may_share_memory
_read, _write, _NAN = os.read, os.write, float("nan")
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
        self._compiled: dict[str, CodeType] = {}
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
        return {
            "root": loader.root,
            "loaded": loaded,
            "failures": loader.failures,
            "notes": loader.notes,
            "broken": loader.broken,
        }

    def _call(self, message: dict[str, Any]) -> dict[str, Any]:
        """Run a probe on one draw, then evaluate each answer on its own."""
        given = {name: _fresh(value) for name, value in message["inputs"].items()}
        expressions: Mapping[str, str] = message["answers"]
        try:
            names = self._run(message, given)
        except BaseException as error:  # noqa: BLE001 - the boundary to foreign code: a student's function may raise anything
            failure = answers.described(error, self._loader.lost)
            return {"answers": dict.fromkeys(expressions, failure)}
        told = {name: self._answer(name, expressions[name], names) for name in expressions}
        changed = [n for n, value in message["inputs"].items() if _is_changed(given[n], value)]
        return {"answers": dict(_sendable(told)), "mutated": changed}

    def _run(self, message: dict[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Run a probe's code on inputs and return the names that it leaves."""
        read = {"stated": self._stated.stated, "recorded": self._stated.recorded}
        given = {**message["constants"], **inputs}
        names: dict[str, Any] = {"__name__": "probe", "np": np, **read, **given}
        _seed_numpy(message["seed"])
        _seed_python(message["seed"])
        exec(self._code(message["code"], "exec"), names)
        if message.get("again"):
            self._run_again(message, inputs, names)
        return names

    def _run_again(
        self, message: dict[str, Any], inputs: Mapping[str, Any], names: dict[str, Any]
    ) -> None:
        """Ask the same objects once more, with the numbers that were sent before each statement.

        They may hold the very arrays that they were given: what is changed in place is told as
        that, and is no state that is kept.
        """
        _restore(inputs, message["inputs"], names)
        for statement in self._statements(message["again"]):
            exec(statement, names)
            _restore(inputs, message["inputs"], names)

    def _sweep(self, message: dict[str, Any]) -> dict[str, Any]:
        """Evaluate the probe's loss with one input moved along a line, afresh at each point.

        Where it has no value off the draw itself (no matrix root, no logarithm), that is NaN.
        """
        wrt, line, points = message["wrt"], message["line"], message["points"]
        base = message["inputs"][wrt]
        samples = np.empty(len(points))
        try:
            for place, point in enumerate(points):
                given = {name: _fresh(value) for name, value in message["inputs"].items()}
                given[wrt] = base + point * line
                try:
                    names = self._run(message, given)
                    loss = eval(self._code(message["loss"], "eval"), names)  # noqa: S307 - the rubric's own text
                    samples[place] = answers.number(loss)
                except BaseException as error:
                    if point == 0 or not answers.has_no_value(error):
                        raise
                    samples[place] = _NAN
        except BaseException as error:  # noqa: BLE001 - the boundary to foreign code, as above
            return {"answers": {"loss": answers.described(error, self._loader.lost)}}
        return {"answers": {"loss": answers.answered("loss", samples)}}

    def _answer(self, name: str, expression: str, names: dict[str, Any]) -> dict[str, Any]:
        try:
            value = eval(self._code(expression, "eval"), names)  # noqa: S307 - the rubric's own text
            return answers.answered(name, value)
        except BaseException as error:  # noqa: BLE001 - the boundary to foreign code, as above
            # First, since it lets go of what may have filled the memory.
            failure = answers.described(error, self._loader.lost)
            if nothing := answers.none_names(expression, names):
                return answers.missing_value(", ".join(nothing))
            if type(error) is KeyError and not failure["where"]:
                told = answers.missing_key(expression, names)
                return {**failure, "message": told or failure["message"]}
            return failure

    def _statements(self, source: str) -> list[CodeType]:
        with unwarned():
            body = ast.parse(source, PROBE).body
            return [compile(ast.Module([one], []), PROBE, "exec") for one in body]

    def _code(self, source: str, mode: str) -> CodeType:
        key = mode + source
        if key not in self._compiled:
            with unwarned():
                self._compiled[key] = compile(source, PROBE, mode)
        return self._compiled[key]


def _go_on(*arguments: Any, **options: Any) -> None:
    return None


def _fresh(value: Any) -> Any:
    """Return an input that student code may write to."""
    if isinstance(value, dict):
        return {name: _fresh(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_fresh(inner) for inner in value]
    return value.copy() if isinstance(value, _ndarray) else value


def _restore(given: Mapping[str, Any], sent: Mapping[str, Any], names: dict[str, Any]) -> None:
    """Put the sent numbers back into the arrays that student code was given and has changed.

    An answer that lies in such an array keeps its numbers, in one of its own.
    """
    for name, value in sent.items():
        array = given[name]
        if not (_is_changed(array, value) and array.shape == value.shape and array.flags.writeable):
            continue
        for other, held in names.items():
            if other not in sent and isinstance(held, _ndarray) and _may_share(held, array):
                names[other] = held.copy()
        _copy_into(array, value)


def _is_changed(given: Any, sent: Any) -> bool:
    """Return whether an array that student code was given holds other numbers now."""
    return isinstance(sent, _ndarray) and _bytes_of(given) != _bytes_of(sent)


def _sendable(told: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the answers, without the numbers of those that would make the reply too large."""
    left = answers.MAX_BYTES
    for name, answer in told.items():
        size = answer["value"].nbytes if "value" in answer else 0
        if size > left:
            answer = answers.failure("wrong", f"{name} is too large to send with the others")
        else:
            left -= size
        yield name, answer


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
