"""Who handed in what, by the metadata of a Gradescope export of all submissions?

``submission_metadata.yml`` lists each submission's people under its folder's name. It also holds
the output of every autograder run of every attempt, which makes it large and is of no use here: its
lines are left out before it is parsed. What is read are texts alone, so that an id keeps its zeros.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from grader.errors import UsageError
from grader.records import Person
from grader.submission.collected import Collected, Source
from grader.submission.found import Found
from grader.submission.shelves import Entry, Shelf

METADATA = "submission_metadata.yml"
MOST_METADATA = 256 << 20
MOST_PARSED = 16 << 20
_LEFT_OUT = (":history:", ":results:", "history:", "results:")
_BLANK = frozenset({"", "~", "null", "Null", "NULL"})
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no YAML may hold as they are."""
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _recognises(shelf: Shelf) -> bool:
    return shelf.holds(METADATA)


def _collect(shelf: Shelf, assignment: str) -> Collected:
    if not shelf.holds(METADATA):
        raise UsageError(f"{shelf.path}: no {METADATA} in it")
    people = _people(shelf)
    entries = {entry.name: entry for entry in shelf.entries if entry.name != METADATA}
    found = [_submission(shelf, key, told, entries.pop(key, None)) for key, told in people.items()]
    found += [_unlisted(shelf, e) for e in entries.values() if e.is_folder]
    unmatched = tuple(entry.origin for entry in entries.values() if not entry.is_folder)
    return Collected(found=tuple(found), unmatched=unmatched)


def _submission(shelf: Shelf, key: str, people: tuple[Person, ...], entry: Entry | None) -> Found:
    found = shelf.found(key, [] if entry is None else [_as_it_is(entry)])
    if entry is None:
        told = f"{key}: named in {METADATA}, and not in the export"
        found = replace(found, problems=(told,), origin=METADATA)
    if not people:
        people = (Person(student_id=key),)
        found = replace(found, notes=(f"{METADATA} names nobody for it", *found.notes))
    return replace(found, people=people)


def _unlisted(shelf: Shelf, entry: Entry) -> Found:
    found = shelf.found(entry.name, [_as_it_is(entry)])
    return replace(found, notes=(f"not named in {METADATA}", *found.notes))


def _as_it_is(entry: Entry) -> tuple[str, Entry]:
    return ("" if entry.is_folder else entry.name), entry


def _people(shelf: Shelf) -> dict[str, tuple[Person, ...]]:
    """Return who handed in which folder.

    Raises
    ------
    UsageError
        If the metadata cannot be read; the line is named where it is known.
    """
    where = f"{shelf.path}: {shelf.inside}{METADATA}"
    data = shelf.read(METADATA, MOST_METADATA)
    if len(data) > MOST_METADATA:
        raise UsageError(f"{where} is larger than {MOST_METADATA >> 20} MB")
    try:
        document = _document(data.removeprefix(codecs.BOM_UTF8))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        told = getattr(error, "problem", None) or str(error) or type(error).__name__
        raise UsageError(f"{where}{line}: cannot be read: {told}") from None
    if not isinstance(document, dict) or not all(isinstance(v, dict) for v in document.values()):
        raise UsageError(f"{where}: not what Gradescope writes: no mapping of submissions")
    return {str(key): tuple(_persons(told)) for key, told in document.items()}


def _document(data: bytes) -> Any:
    """Return what the metadata says, as texts, lists and mappings."""
    needed = "".join(without_results(_lines(data)))
    if len(needed) > MOST_PARSED:
        raise ValueError(f"more than {MOST_PARSED >> 20} MB without its results")
    try:
        return yaml.load(needed, _Loader)
    except yaml.composer.ComposerError:
        # What is said twice may stand in full where it was left out.
        if len(data) > MOST_PARSED:
            raise
        return yaml.load("".join(_lines(data)), _Loader)


def _lines(data: bytes) -> Iterator[str]:
    """Yield the lines as YAML may hold them; the file may be large, so one at a time."""
    for line in io.BytesIO(data):
        yield _NOT_YAML.sub("\ufffd", line.decode("utf-8", "replace"))


def without_results(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the metadata; those of results and earlier attempts are left empty.

    So the numbers of the lines stay what they are.

    >>> list(without_results(["a:\\n", "  :history:\\n", "  - y: 2\\n", "  :score: 3\\n"]))
    ['a:\\n', '\\n', '\\n', '  :score: 3\\n']
    """
    is_within = False
    for line in lines:
        inner = line.lstrip(" ")
        indent = len(line) - len(inner)
        if is_within:
            # A list stands as far out as the key that it belongs to.
            is_within = indent > 2 or not inner.strip() or (indent == 2 and inner.startswith("- "))
        if not is_within and indent == 2:
            is_within = inner.startswith(_LEFT_OUT)
        yield "\n" if is_within else line


def _persons(told: Mapping[str, Any]) -> Iterator[Person]:
    submitters = _get(told, "submitters")
    for submitter in submitters if isinstance(submitters, list) else []:
        if not isinstance(submitter, dict):
            continue
        name, sid, email = (_text(_get(submitter, key)) for key in ("name", "sid", "email"))
        if name or sid or email:
            yield Person(student_id=sid or email or name, name=name, email=email)


def _get(told: Mapping[str, Any], key: str) -> Any:
    """Return what stands under a key, which is a symbol of Ruby's or a plain text."""
    return told.get(f":{key}", told.get(key))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) and value.strip() not in _BLANK else ""


GRADESCOPE = Source(
    title="a Gradescope export",
    told_by=f"a file {METADATA}",
    recognises=_recognises,
    collect=_collect,
)
