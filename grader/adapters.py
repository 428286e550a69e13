"""Which adapters has somebody written for free-form homework? ``<student id>.py`` in a folder."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.records import SourceFile

FOLDER = "adapters"
MOST_BYTES = 1 << 20


def read_adapters(folder: Path) -> dict[str, SourceFile]:
    """Return the adapters in a folder by the id of the student or submission that each is for.

    Raises
    ------
    UsageError
        If there is no such folder, or a file in it cannot be read or is no Python: all are named.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".py")
    except OSError as error:
        raise UsageError(f"{folder}: the adapters cannot be read ({error.strerror})") from None
    adapters: dict[str, SourceFile] = {}
    mistakes: list[str] = []
    for path in paths:
        try:
            adapters[path.stem] = SourceFile(path=path.name, data=_read(path))
        except UsageError as error:
            mistakes.append(str(error))
    if mistakes:
        raise UsageError("\n".join(mistakes))
    return adapters


def found_adapters(home: Path) -> dict[str, SourceFile]:
    """Return the adapters in the folder ``adapters`` of a run or a rubric; none without it."""
    return read_adapters(home / FOLDER) if (home / FOLDER).is_dir() else {}


def adapter_for(
    adapters: Mapping[str, SourceFile], submission: str, students: tuple[str, ...]
) -> SourceFile | None:
    """Return the adapter for a submission: of its id, or of one who handed it in."""
    return next((adapters[name] for name in (submission, *students) if name in adapters), None)


def _read(path: Path) -> bytes:
    """Return an adapter's bytes; a mistake in it is its author's, and told before anything runs."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    if len(data) > MOST_BYTES:
        raise UsageError(f"{path}: larger than {MOST_BYTES >> 20} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data, filename=str(path))
    except SyntaxError as error:
        raise UsageError(f"{path}:{error.lineno or 1}: not Python: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError) as error:
        raise UsageError(f"{path}: not Python: {error or 'too deeply nested'}") from None
    return data
