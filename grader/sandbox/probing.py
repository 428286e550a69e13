"""How is a probe asked? Its code runs on fresh copies of inputs, and each answer is read by itself.

Runs beside student code: in a student's process, or in the notebook where the code lives.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

import numpy as np

from grader.sandbox import answers
from grader.sandbox.answers import Lost
from grader.sandbox.finder import PROBE
from grader.sandbox.statements import unwarned

# Looked up before student code can put others in their place.
_seed_numpy, _seed_python, _ndarray = np.random.seed, random.seed, np.ndarray
_NAN = float("nan")
_bytes_of, _copy_into, _may_share = np.ndarray.tobytes, np.copyto, np.may_share_memory


class Prober:
    """Runs probes on draws.

    Parameters
    ----------
    lost
        What each of the student's files failed to define; see ``answers.described``.
    given
        Names that a probe's code sees beside its inputs.
    let_through
        Exceptions that are nobody's answer: what ends the asking itself.
    """

    def __init__(
        self,
        lost: Lost,
        given: Mapping[str, Any],
        let_through: tuple[type[BaseException], ...] = (),
    ) -> None:
        self._lost = lost
        self._given = given
        self._let_through = let_through
        self._compiled: dict[str, CodeType] = {}

    def call(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Run a probe on one draw, then evaluate each answer on its own."""
        given = {name: _fresh(value) for name, value in message["inputs"].items()}
        expressions: Mapping[str, str] = message["answers"]
        try:
            names = self._run(message, given)
        except self._let_through:
            raise
        except BaseException as error:  # noqa: BLE001 - the boundary to foreign code: a student's function may raise anything
            failure = answers.described(error, self._lost)
            if failure["outcome"] == "raised" and not failure["where"]:
                clause = answers.unpacked_wrongly(error, message["code"], PROBE)
                failure = {**failure, "message": clause or failure["message"]}
            return {"answers": dict.fromkeys(expressions, failure)}
        told = {name: self._answer(name, expressions[name], names) for name in expressions}
        changed = [n for n, value in message["inputs"].items() if _is_changed(given[n], value)]
        return {"answers": dict(_sendable(told)), "mutated": changed}

    def _run(self, message: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Run a probe's code on inputs and return the names that it leaves."""
        given = {**message["constants"], **inputs}
        names: dict[str, Any] = {"__name__": "probe", "np": np, **self._given, **given}
        _seed_numpy(message["seed"])
        _seed_python(message["seed"])
        exec(self._code(message["code"], "exec"), names)
        if message.get("again"):
            self._run_again(message, inputs, names)
        return names

    def _run_again(
        self, message: Mapping[str, Any], inputs: Mapping[str, Any], names: dict[str, Any]
    ) -> None:
        """Ask the same objects once more, with the numbers that were sent before each statement.

        They may hold the very arrays that they were given: what is changed in place is told as
        that, and is no state that is kept.
        """
        _restore(inputs, message["inputs"], names)
        for statement in self._statements(message["again"]):
            exec(statement, names)
            _restore(inputs, message["inputs"], names)

    def sweep(self, message: Mapping[str, Any]) -> dict[str, Any]:
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
        except self._let_through:
            raise
        except BaseException as error:  # noqa: BLE001 - the boundary to foreign code, as above
            return {"answers": {"loss": answers.described(error, self._lost)}}
        return {"answers": {"loss": answers.answered("loss", samples)}}

    def _answer(self, name: str, expression: str, names: dict[str, Any]) -> dict[str, Any]:
        try:
            value = eval(self._code(expression, "eval"), names)  # noqa: S307 - the rubric's own text
            return answers.answered(name, value)
        except self._let_through:
            raise
        except BaseException as error:  # noqa: BLE001 - the boundary to foreign code, as above
            # First, since it lets go of what may have filled the memory.
            failure = answers.described(error, self._lost)
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
