"""What is kept of a run on disk: each result as it ends, whole or not at all.

A run's folder holds ``run.json``, ``results/<id>.json`` and ``transcripts/<id>.frame``, and after
a fault of ours its traceback in ``faults/<id>.txt``.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Collection, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from grader.adapters import FOLDER as ADAPTERS
from grader.errors import UsageError
from grader.grading.cut_short import NoRoomError, no_room_named, once_writable
from grader.grading.digests import digest_of_files
from grader.grading.transcripts import read_transcript, usage_message, write_transcript
from grader.records import (
    Diagnosis,
    Person,
    Rubric,
    ScoreSheet,
    SourceFile,
    Submission,
    Transcript,
)
from grader.report.escaping import json_text, terminal_text
from grader.report.files import TABLES, unfinished, write_atomically, write_text

FORMAT = 1
RUN_FILE = "run.json"
STARTER = "starter"
MARKS = "marks.csv"
ADJUSTMENTS = "adjustments.csv"
OWN_STARTERS = "starters"
"""Folder of what the starter answers on the draws of one submission alone."""


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write plain data as JSON, a line for each key and for each entry of a list beneath it."""
    lines = ",\n".join(f"{_json(key)}: {_json_lines(inner)}" for key, inner in value.items())
    write_atomically(path, f"{{\n{lines}\n}}\n".encode("utf-8", "backslashreplace"))


def _json(value: Any) -> str:
    return json_text(value)


def _json_lines(value: Any) -> str:
    """Return a list of records a line each; the encoder's own indentation is many times slower."""
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], dict):
        return "[\n " + ",\n ".join(_json(entry) for entry in value) + "\n]"
    return _json(value)


def cannot_write(
    folder: Path, error: OSError, again: str = "give the same command again"
) -> UsageError:
    """Return the complaint that something of a run finds no place in its folder, and what next."""
    told = f"{folder}: cannot be written ({error.strerror})"
    once = once_writable(error)
    return UsageError(f"{told}; {once}, {again}" if once else told)


def open_run(folder: Path, keep: bool = False) -> None:
    """Make a run's folders, and clear away what an earlier run has left in them, unless it is kept.

    Raises
    ------
    OSError
        If they cannot be made.
    """
    patterns = {"results": "*.json", "transcripts": "*.frame"}
    for name, pattern in {**patterns, "faults": "*.txt", OWN_STARTERS: "*.frame"}.items():
        kept = folder / name
        for old in kept.glob(pattern):
            if old.is_file() and not keep:
                old.unlink()
        if name in patterns:
            kept.mkdir(parents=True, exist_ok=True)
    starter = folder / f"{STARTER}.frame"
    if not keep or _is_damaged(starter):
        starter.unlink(missing_ok=True)
    _sweep_up(folder)


def _is_damaged(path: Path) -> bool:
    """Return whether a transcript is there and cannot be read: it would stand in every way."""
    try:
        read_transcript(path)
    except UsageError:
        return True
    except OSError:
        return False
    return False


def _sweep_up(folder: Path) -> None:
    """Remove the halves of files at whose writing an earlier run was killed."""
    own = ("run.json", *TABLES, f"{STARTER}.frame", MARKS, ADJUSTMENTS)
    halves = [half for name in own for half in folder.glob(unfinished(name))]
    for name in ("results", "transcripts", "faults", OWN_STARTERS):
        halves += (folder / name).glob(unfinished("*"))
    for half in halves:
        half.unlink(missing_ok=True)


def set_marks_aside(folder: Path) -> Path | None:
    """Rename the marks by hand of a run that is replaced by one without any; return the new name.

    They are hours of work, and the same command given twice must not throw them away.
    """
    return _set_aside(folder / MARKS)


def set_adjustments_aside(folder: Path) -> Path | None:
    """Rename the adjustments of a run that is replaced by one without any, as marks are."""
    return _set_aside(folder / ADJUSTMENTS)


def _set_aside(kept: Path) -> Path | None:
    if not kept.exists():
        return None
    names = (kept.with_name(f"{kept.stem}.before-{n}{kept.suffix}") for n in count(1))
    free = next(name for name in names if not name.exists())
    kept.rename(free)
    return free


def drop_results(folder: Path, graded: Collection[str]) -> None:
    """Forget the results of who is not among the submissions any more.

    They would be in no table, and come back at the next rescore. What they have answered is kept.
    """
    for path in (folder / "results").glob("*.json"):
        if path.stem not in graded and path.is_file():
            path.unlink()


def write_result(folder: Path, sheet: ScoreSheet, transcript: Transcript | None) -> None:
    """Keep one submission's answers, then its score sheet.

    Raises
    ------
    NoRoomError
        If there is no room for them, or no right to write them.
    OSError
        If they cannot be written for another reason.
    """
    frame = folder / "transcripts" / f"{sheet.submission}.frame"
    result = folder / "results" / f"{sheet.submission}.json"
    if transcript is not None:
        with no_room_named(frame):
            write_transcript(frame, transcript)
            # Of an earlier try, which a resumed run has made good.
            (folder / "faults" / f"{sheet.submission}.txt").unlink(missing_ok=True)
    try:
        with no_room_named(result):
            write_json(result, sheet_message(sheet))
    except NoRoomError:
        # What is nobody's result yet makes room for the tables of all others.
        if not result.exists():
            with contextlib.suppress(OSError):
                frame.unlink()
        raise


def read_result(path: Path) -> dict[str, Any]:
    """Return a score sheet that was kept, as plain data with its ``items`` and ``people``.

    Raises
    ------
    UsageError
        If the file cannot be read or is no score sheet.
    """
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        must_be_read_here(path, told)
        told["items"], told["people"], told["problems"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: cannot be read ({type(error).__name__}: {error})") from None
    return told


def must_be_read_here(path: Path, told: Mapping[str, Any]) -> None:
    """Refuse what another version of the grader has written in a format that is not read here.

    Raises
    ------
    UsageError
        With both formats, and the version that wrote it as far as it tells.
    """
    found = told["format"]
    if found != FORMAT:
        version = f", {told['grader']}" if "grader" in told else ""
        written = f"written by another version of the grader{version}"
        ways = "use that version, or grade into another folder"
        raise UsageError(f"{path}: {written} (format {found}, {FORMAT} is read here); {ways}")


def kept_transcript(folder: Path, submission: Submission) -> Transcript | None:
    """Return what an earlier run has kept of the very same files, or None.

    A transcript that is damaged, or of another version's format, is as good as none.
    """
    path = folder / "transcripts" / f"{submission.id}.frame"
    try:
        transcript = read_transcript(path)
    except (OSError, UsageError):
        return None
    digest = digest_of_files(submission.hashed)
    return transcript if {transcript.files, *transcript.later.values()} == {digest} else None


def keep_marks(folder: Path, source: Path) -> None:
    """Keep the marks that were given by hand with the run, so that they survive a rescore."""
    _keep(folder / MARKS, source)


def keep_adjustments(folder: Path, source: Path) -> None:
    """Keep the adjustments of totals with the run, as marks are."""
    _keep(folder / ADJUSTMENTS, source)


def _keep(kept: Path, source: Path) -> None:
    data = source.read_bytes()
    if not kept.exists() or kept.read_bytes() != data:
        write_atomically(kept, data)


def keep_adapters(folder: Path, adapters: Mapping[str, SourceFile]) -> None:
    """Keep adapters with the run, beside those that lie there already."""
    for adapter in adapters.values():
        kept = folder / ADAPTERS / adapter.path
        if not kept.exists() or kept.read_bytes() != adapter.data:
            kept.parent.mkdir(exist_ok=True)
            write_atomically(kept, adapter.data)


def write_starter(folder: Path, transcript: Transcript) -> None:
    """Keep what the untouched starter answers; every worker writes the same."""
    frame = folder / f"{STARTER}.frame"
    with no_room_named(frame):
        write_transcript(frame, transcript)


def write_own_starter(folder: Path, submission: str, transcript: Transcript) -> None:
    """Keep what the untouched starter answers on the draws that one submission alone has."""
    frame = folder / OWN_STARTERS / f"{submission}.frame"
    with no_room_named(frame):
        frame.parent.mkdir(exist_ok=True)
        write_transcript(frame, transcript)


def kept_own_starter(folder: Path, submission: str) -> Transcript | None:
    """Return what the starter answered on a submission's own draws, None if it is not known."""
    try:
        return read_transcript(folder / OWN_STARTERS / f"{submission}.frame")
    except (OSError, UsageError):
        return None


def people_of(folder: Path, submission: Submission) -> tuple[Person, ...]:
    """Return whose submission it was when a run graded it; a roster may have told it then."""
    path = folder / "results" / f"{submission.id}.json"
    return people_in(read_result(path)) if path.exists() else submission.people


def people_in(told: Mapping[str, Any]) -> tuple[Person, ...]:
    """Return the people of a score sheet that was kept."""
    return tuple(
        Person(
            student_id=p["id"],
            name=p["name"],
            email=p["email"],
            section=p["section"],
            late_s=p.get("late_s", 0),
        )
        for p in told["people"]
    )


def write_fault(folder: Path, submission: str, trace: str) -> None:
    """Keep the traceback of a fault of ours in ``faults/<id>.txt``.

    A submission's own words may stand in it: a terminal that it is shown on obeys none of them.
    """
    (folder / "faults").mkdir(exist_ok=True)
    text = "\n".join(map(terminal_text, trace.split("\n")))
    write_text(folder / "faults" / f"{submission}.txt", text)


def sheet_message(sheet: ScoreSheet) -> dict[str, Any]:
    """Return a score sheet as plain data."""
    return {
        "format": FORMAT,
        "submission": sheet.submission,
        "people": [
            {
                "id": p.student_id,
                "name": p.name,
                "email": p.email,
                "section": p.section,
                "late_s": p.late_s,
                "total": str(sheet.total_of(p.student_id)),
            }
            for p in sheet.people
        ],
        "total": str(sheet.total),
        "raw_total": str(sheet.raw_total),
        "adjustments": [
            {
                "kind": one.kind,
                "points": str(one.points),
                "reason": one.reason,
                "student": one.student,
            }
            for one in sheet.adjustments
        ],
        "maximum": str(sheet.maximum),
        "flags": sheet.flags,
        "problems": sheet.problems,
        "conventions": sheet.conventions,
        "usage": usage_message(sheet.usage),
        "probes": [
            {"probe": name, "calls": spent.calls, **usage_message(spent.usage)}
            for name, spent in sheet.spent.items()
        ],
        "load": None
        if sheet.load is None
        else {
            "root": sheet.load.root,
            "loaded": sheet.load.loaded,
            "failures": sheet.load.failures,
            "notes": sheet.load.notes,
        },
        "items": [
            {
                "id": score.item.id,
                "points": None if score.points is None else str(score.points),
                "maximum": str(score.item.points),
                "outcome": str(score.verdict.outcome),
                "credit": str(score.verdict.credit),
                "message": score.verdict.message,
                "notes": score.verdict.notes,
                "details": score.verdict.details,
                "diagnosis": _diagnosis_message(score.verdict.diagnosis),
                "evidence": [
                    {
                        "draw": seen.draw,
                        "answer": seen.answer,
                        "outcome": str(seen.outcome),
                        "deviation_units": _finite(seen.deviation),
                        "detail": seen.detail,
                    }
                    for seen in score.verdict.evidence
                ],
            }
            for score in sheet.scores
        ],
    }


def _diagnosis_message(diagnosis: Diagnosis | None) -> dict[str, Any] | None:
    if diagnosis is None:
        return None
    return {
        "name": diagnosis.name,
        "sentence": diagnosis.sentence,
        "answers": list(diagnosis.answers),
    }


def _finite(number: float) -> float | None:
    """Return a number as JSON has it: none that is not finite."""
    return number if math.isfinite(number) else None


def write_run(folder: Path, rubric: Rubric, facts: Mapping[str, Any]) -> None:
    """Write ``run.json``: by what rubric, choices, seed, versions and walls a run was graded."""
    told = {"format": FORMAT, "rubric": rubric.id, "rubric_digest": rubric.digest}
    write_json(folder / RUN_FILE, {**told, **facts, "options": dict(rubric.chosen)})
