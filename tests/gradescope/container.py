"""The folder /autograder as Gradescope makes it, with a tiny homework's autograder in it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.gradescope.building import build
from grader.gradescope.container import Container
from grader.rubric import load_rubric
from tests.gradescope.published import read
from tests.grading.classroom import TANH, put, write_rubric

METADATA: dict[str, Any] = {
    "id": 123456,
    "created_at": "2026-02-03T10:00:00.000000-08:00",
    "assignment": {
        "due_date": "2026-02-04T23:59:00.000000-08:00",
        "group_size": 2,
        "group_submission": True,
        "id": 25828,
        "course_id": 1234,
        "late_due_date": None,
        "release_date": "2026-01-20T00:00:00.000000-08:00",
        "title": "A tiny homework",
        "total_points": "10.0",
    },
    "submission_method": "upload",
    "users": [
        {"email": "amber-fox@example.edu", "id": 1, "name": "Amber Fox"},
        {"email": "blue-owl@example.edu", "id": 2, "name": "Blue Owl"},
    ],
    "previous_submissions": [],
}


def built(folder: Path, rubric: str = TANH, container: Container | None = None) -> bytes:
    """Return the zip file of an autograder for a rubric that is written into a folder."""
    home = write_rubric(folder, rubric)
    output = folder / "autograder.zip"
    build(home / "rubric.yaml", load_rubric(home), (), container or Container(), (), output)
    return output.read_bytes()


def unpacked(zipped: bytes, root: Path) -> Path:
    """Lay an autograder out as the image is built, and return the root folder."""
    source = root / "source"
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        archive.extractall(source)
    (root / "submission").mkdir()
    (root / "results").mkdir()
    (root / "run_autograder").write_bytes((source / "run_autograder").read_bytes())
    (root / "run_autograder").chmod(0o755)
    return root


def hand_in(root: Path, files: Mapping[str, str], metadata: Mapping[str, Any] = METADATA) -> None:
    """Put a submission where Gradescope puts it."""
    for name, text in files.items():
        put(root / "submission" / name, text)
    put(root / "submission_metadata.json", json.dumps(metadata))


def results(root: Path) -> dict[str, Any]:
    """Return what was written, which must be of the published format."""
    return read((root / "results" / "results.json").read_text(encoding="utf-8"))
