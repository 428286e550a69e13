"""What did a child's reply say? Read with suspicion: the student's code may have written it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from grader.records import Answer, Failed, LoadReport, Outcome, Returned
from grader.sandbox.channel import ProtocolError

_MAX_TEXT = 1000
_MAX_LINES = 60
_MAX_OUTPUT = 16 << 10
_CHILDS_OUTCOMES = {
    outcome.value: outcome
    for outcome in (
        Outcome.RAISED,
        Outcome.NOT_IMPLEMENTED,
        Outcome.LOAD_FAILED,
        Outcome.OUT_OF_MEMORY,
        Outcome.BLOCKED,
        Outcome.WRONG,
    )
}


def answers_of(reply: Mapping[str, Any], names: Iterable[str]) -> dict[str, Answer]:
    """Return the named answers of a reply to a probe.

    Raises
    ------
    ProtocolError
        If the reply has not the form that our own child gives it.
    """
    told = reply.get("answers")
    if not isinstance(told, dict):
        raise ProtocolError("the reply holds no answers")
    return {name: _answer(told.get(name)) for name in names}


def _answer(told: Any) -> Answer:
    match told:
        # Types before values: an array that stands where a text should be has no truth value.
        case {
            "outcome": str(outcome),
            "value": np.ndarray() as value,
            "kind": str(kind),
        } if outcome == "returned":
            return Returned(value=value, kind=_text(kind))
        case {
            "outcome": str(outcome),
            "message": str(message),
            "exception": str(exception),
            "where": str(where),
        } if outcome in _CHILDS_OUTCOMES:
            return Failed(
                outcome=_CHILDS_OUTCOMES[outcome],
                message=_text(message),
                exception=_text(exception),
                where=_text(where),
            )
    raise ProtocolError("an answer has not the form that was agreed on")


def load_report_of(reply: Mapping[str, Any]) -> LoadReport:
    """Return the report of a reply to ``load``.

    Raises
    ------
    ProtocolError
        As for ``answers_of``.
    """
    match reply:
        case {
            "root": str(root),
            "loaded": [*loaded],
            "failures": [*failures],
            "notes": [*notes],
            "broken": dict() as broken,
        }:
            return LoadReport(
                root=_text(root),
                loaded=_lines(loaded),
                failures=_lines(failures),
                notes=_lines(notes),
                broken=dict(zip(_lines(broken), _lines(broken.values()), strict=True)),
            )
    raise ProtocolError("the load report has not the form that was agreed on")


def mutated_of(reply: Mapping[str, Any], inputs: Iterable[str]) -> tuple[str, ...]:
    """Return the inputs that a reply calls changed, in the order of the inputs.

    Raises
    ------
    ProtocolError
        As for ``answers_of``.
    """
    told = reply.get("mutated", [])
    if not isinstance(told, list) or not all(isinstance(name, str) for name in told):
        raise ProtocolError("the changed inputs are not names")
    return tuple(name for name in inputs if name in told)


def output_of(reply: Mapping[str, Any]) -> str:
    """Return the head of what was printed, whatever bytes it was."""
    output = reply.get("output", b"")
    if not isinstance(output, bytes):
        return ""
    # Cut here as well: whoever forges a reply would fill a transcript that nobody reads back.
    return output[:_MAX_OUTPUT].decode("utf-8", "backslashreplace")


def _lines(told: Iterable[Any]) -> tuple[str, ...]:
    lines = tuple(told)[:_MAX_LINES]
    if not all(isinstance(line, str) for line in lines):
        raise ProtocolError("a line is no text")
    return tuple(_text(line) for line in lines)


def _text(text: str) -> str:
    """Return a text cut short and free of lone surrogates, so that any sink can write it."""
    return text[:_MAX_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")
