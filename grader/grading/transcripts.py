"""What a submission's process answered, on disk and back.

A transcript is a row of the channel's frames: a head, then one frame for each call. msgpack and
raw arrays, which read back without executing anything. What came through the channel in one frame
fits into one again, so no answer is too large to be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.records import (
    Answer,
    DrawKey,
    Failed,
    LoadReport,
    Outcome,
    Reply,
    Returned,
    SweepKey,
    Transcript,
    Usage,
)
from grader.report.files import write_atomically
from grader.sandbox.channel import ProtocolError, encode, frames

FORMAT = 2


def write_transcript(path: Path, transcript: Transcript) -> None:
    """Write a transcript, whole or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    write_atomically(path, b"".join(encode(message) for message in _messages(transcript)))


def read_transcript(path: Path) -> Transcript:
    """Return a transcript that was written before.

    Raises
    ------
    UsageError
        If the file is damaged, cut off, or of another version's format.
    OSError
        If it cannot be read.
    """
    frames = _frames(path)
    head = next(frames, {})
    if head.get("format") != FORMAT:
        told = f"format {head.get('format')}, {FORMAT} is read here"
        raise UsageError(f"{path}: written by another version of the grader ({told})")
    try:
        return _transcript(head, frames)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: damaged ({type(error).__name__}: {error})") from None


def files_of_transcript(path: Path) -> str:
    """Return the hash of the files that a transcript was made of; nothing if it cannot be told."""
    try:
        return str(next(_frames(path), {}).get("files", ""))
    except (OSError, UsageError):
        return ""


# --- to messages -----------------------------------------------------------------------------


def _messages(transcript: Transcript) -> Iterator[dict[str, Any]]:
    """Yield a transcript as messages of the channel: its head, then call by call."""
    load = transcript.load
    yield {
        "format": FORMAT,
        "submission": transcript.submission,
        "files": transcript.files,
        "later": dict(transcript.later),
        "probes": dict(transcript.probes),
        "notes": list(transcript.notes),
        "waivers": list(transcript.waivers),
        "variants": dict(transcript.variants),
        "children": transcript.children,
        "usage": usage_message(transcript.usage),
        "load": {
            "root": load.root,
            "loaded": list(load.loaded),
            "failures": list(load.failures),
            "notes": list(load.notes),
            "broken": dict(load.broken),
        },
    }
    for key, reply in transcript.replies.items():
        yield {**_key_message(key), "inputs": transcript.inputs[key], **_reply_message(reply)}
    for key, replies in transcript.repeats.items():
        for time, reply in enumerate(replies, start=1):
            yield {**_key_message(key), "again": time, **_reply_message(reply)}
    for sweep, answer in transcript.sweeps.items():
        along = {
            "wrt": sweep.wrt,
            "line": sweep.line,
            "entry": sweep.entry,
            "answer": sweep.answer,
        }
        yield {**_key_message(sweep.draw), **along, "loss": _answer_message(answer)}


def usage_message(usage: Usage) -> dict[str, float]:
    """Return what was used as plain data, in seconds and MB."""
    return {
        "wall_s": round(usage.wall_s, 6),
        "cpu_s": round(usage.cpu_s, 6),
        "peak_mb": round(usage.peak_mb, 1),
    }


def _key_message(key: DrawKey) -> dict[str, Any]:
    return {"probe": key.probe, "case": key.case, "index": key.index}


def _reply_message(reply: Reply) -> dict[str, Any]:
    return {
        "usage": usage_message(reply.usage),
        "output": reply.output,
        "mutated": list(reply.mutated),
        "answers": {name: _answer_message(a) for name, a in reply.answers.items()},
    }


def _answer_message(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Returned):
        return {"value": answer.value, "kind": answer.kind}
    return {
        "outcome": str(answer.outcome),
        "message": answer.message,
        "exception": answer.exception,
        "where": answer.where,
    }


# --- and back --------------------------------------------------------------------------------


def _frames(path: Path) -> Iterator[dict[str, Any]]:
    try:
        yield from frames(path.read_bytes())
    except ProtocolError as error:
        raise UsageError(f"{path}: damaged ({error})") from None


def _transcript(head: Mapping[str, Any], frames: Iterator[Mapping[str, Any]]) -> Transcript:
    replies: dict[DrawKey, Reply] = {}
    inputs: dict[DrawKey, str] = {}
    repeats: dict[DrawKey, tuple[Reply, ...]] = {}
    sweeps: dict[SweepKey, Answer] = {}
    for frame in frames:
        key = DrawKey(frame["probe"], frame["case"], frame["index"])
        if "wrt" in frame:
            sweep = SweepKey(
                key, frame["wrt"], frame["line"], frame["entry"], frame.get("answer", "")
            )
            sweeps[sweep] = _answer(frame["loss"])
        elif "again" in frame:
            repeats[key] = (*repeats.get(key, ()), _reply(frame))
        else:
            replies[key] = _reply(frame)
            inputs[key] = frame["inputs"]
    return Transcript(
        submission=head["submission"],
        load=_load(head["load"]),
        replies=replies,
        variants=head["variants"],
        usage=Usage(**head["usage"]),
        children=head["children"],
        sweeps=sweeps,
        repeats=repeats,
        files=head["files"],
        later=head.get("later", {}),
        probes=head["probes"],
        inputs=inputs,
        notes=tuple(head["notes"]),
        waivers=tuple(head["waivers"]),
    )


def _load(told: Mapping[str, Any]) -> LoadReport:
    return LoadReport(
        root=told["root"],
        loaded=tuple(told["loaded"]),
        failures=tuple(told["failures"]),
        notes=tuple(told["notes"]),
        broken=told["broken"],
    )


def _reply(frame: Mapping[str, Any]) -> Reply:
    return Reply(
        answers={name: _answer(told) for name, told in frame["answers"].items()},
        usage=Usage(**frame["usage"]),
        output=frame["output"],
        mutated=tuple(frame["mutated"]),
    )


def _answer(told: Mapping[str, Any]) -> Answer:
    if "value" in told:
        return Returned(value=told["value"], kind=told["kind"])
    return Failed(
        outcome=Outcome(told["outcome"]),
        message=told["message"],
        exception=told["exception"],
        where=told["where"],
    )
