"""How does a rubric's file become a Rubric, or all of its mistakes at once?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.errors import Complaint, RubricError, UsageError
from grader.records import Rubric, SourceFile
from grader.rubric.building import build
from grader.rubric.catalogue import Catalogue, ReferenceCatalogue
from grader.rubric.draft import Draft
from grader.rubric.item_checks import group_complaints, item_complaints, waiver_complaints
from grader.rubric.limit_checks import limit_complaints
from grader.rubric.name_checks import name_complaints
from grader.rubric.places import RUBRIC_FILE
from grader.rubric.probe_checks import option_complaints, probe_complaints, problems_of
from grader.rubric.starter import digest, read_starter, unsafe
from grader.rubric.validation import validate
from grader.rubric.yaml_reader import read_document


def load(path: Path, catalogue: Catalogue | None = None) -> Rubric:
    """Read, validate and cross-check a rubric; see ``grader.rubric.load_rubric``."""
    file = path / RUBRIC_FILE if path.is_dir() else path
    data = _read(file)
    draft, complaints = validate(read_document(data, str(file)))
    complaints += draft.document.complaints
    catalogue = catalogue or ReferenceCatalogue()
    problems = problems_of(draft, catalogue)
    complaints += probe_complaints(draft, catalogue, problems)
    complaints += name_complaints(draft, catalogue, problems)
    complaints += option_complaints(draft, problems)
    complaints += limit_complaints(draft)
    complaints += item_complaints(draft, problems)
    complaints += group_complaints(draft, problems)
    complaints += waiver_complaints(draft)
    complaints += _path_complaints(draft, file)
    starter, failures = _starter(draft, file.parent)
    complaints += failures
    if complaints:
        # An anchor's mistake would otherwise be told again for every alias.
        raise RubricError(sorted(set(complaints), key=lambda c: (c.line, c.column, c.message)))
    return build(draft, problems, starter, digest(data, starter))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise UsageError(f"the rubric {str(file)!r} cannot be read: {reason}") from error


def _path_complaints(draft: Draft, file: Path) -> Iterator[Complaint]:
    """Yield what is wrong with paths, and an id that is not its folder's name."""
    rubric, document = draft.rubric, draft.document
    for i, path in enumerate(rubric.modules.expected):
        reason = unsafe(path)
        if reason is None and not path.endswith((".py", ".ipynb")):
            reason = "must end in .py or .ipynb"
        if reason is not None:
            yield document.at(("modules", "expected", i), f"{path[:60]!r} {reason}")
    folder = file.resolve().parent.name
    if file.name == RUBRIC_FILE and rubric.id and rubric.id != folder:
        message = f"the id {rubric.id!r} differs from the name of its folder, {folder!r}"
        yield document.at(("id",), message)


def _starter(draft: Draft, home: Path) -> tuple[tuple[SourceFile, ...], list[Complaint]]:
    """Return the starter files, and what is wrong with them."""
    path = draft.rubric.starter
    if not path:
        return (), []
    reason = unsafe(path)
    if reason is None and not (home / path).is_dir():
        reason = "is no folder beside this file"
    if reason is not None:
        return (), [draft.document.at(("starter",), f"the starter {path[:60]!r} {reason}")]
    files, failures = read_starter(home / path)
    return files, [draft.document.at(("starter",), failure) for failure in failures]
