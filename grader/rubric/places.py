"""Where is a rubric? By path, or by id in the folders that are searched."""

from __future__ import annotations

import os
from difflib import SequenceMatcher
from pathlib import Path

from grader.errors import UsageError
from grader.rubric.wording import nearest

RUBRIC_FILE = "rubric.yaml"
SEARCH_VARIABLE = "GRADER_RUBRICS"
_PACKAGE = Path(__file__).resolve().parents[1]


def search_folders() -> tuple[Path, ...]:
    """Return the folders in which an id is looked up, the first one first.

    Returns
    -------
    tuple of Path
        Those of the environment variable GRADER_RUBRICS, ``./rubrics``, and the rubrics that come
        with the toolkit: beside the package in a checkout, inside it where it was installed.
    """
    named = os.environ.get(SEARCH_VARIABLE, "").split(os.pathsep)
    ours = (_PACKAGE.parent / "rubrics", _PACKAGE / "rubrics")
    return (*(Path(folder) for folder in named if folder), Path("rubrics"), *ours)


def rubric_ids() -> dict[str, Path]:
    """Return the ids of all rubrics that can be found, in alphabetical order.

    Returns
    -------
    dict from str to Path
        Id, which is the folder's name, to its ``rubric.yaml``. Where several folders hold the same
        id, the first one wins.
    """
    found: dict[str, Path] = {}
    for folder in search_folders():
        for file in _rubrics_in(folder):
            found.setdefault(file.parent.name, file)
    return dict(sorted(found.items()))


def find_rubric(name: str | Path) -> Path:
    """Return the YAML file of a rubric.

    Parameters
    ----------
    name
        A folder with ``rubric.yaml``, a YAML file, or else an id.

    Returns
    -------
    Path
        As the author gave it, not resolved.

    Raises
    ------
    UsageError
        If there is no such rubric; the message names the nearest id and all known ones.
    """
    path = Path(name)
    if (path / RUBRIC_FILE).is_file():
        return path / RUBRIC_FILE
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    known = rubric_ids()
    if str(name) in known:
        return known[str(name)]
    raise UsageError(_not_found(str(name), known))


def _rubrics_in(folder: Path) -> list[Path]:
    """Return the rubric files one level below a folder; none where it cannot be listed."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    return [entry / RUBRIC_FILE for entry in entries if (entry / RUBRIC_FILE).is_file()]


def _not_found(name: str, known: dict[str, Path]) -> str:
    """Return why there is no rubric of that name."""
    if _is_path(name):
        if Path(name).is_dir():
            return f"the folder {name!r} holds no {RUBRIC_FILE}"
        return f"no rubric at {name!r}: no such folder or YAML file"
    if not known:
        searched = ", ".join(str(folder) for folder in search_folders())
        return f"no rubric {name!r}; none was found at all (searched: {searched})"
    meant = nearest(name, known)
    # A number that was forgotten fits all homework of a course: which one, nobody can know.
    alike = [other for other in known if meant and _likeness(name, other) == _likeness(name, meant)]
    question = f"; did you mean {' or '.join(map(repr, alike))}?" if alike else ""
    return f"no rubric {name!r}{question} (known: {', '.join(known)})"


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, other, name.lower()).ratio()


def _is_path(name: str) -> bool:
    """Whether a name can only be meant as a path."""
    return "/" in name or os.sep in name or name in (".", "..") or name.endswith((".yaml", ".yml"))
