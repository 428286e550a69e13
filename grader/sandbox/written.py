"""Which modules does a notebook write by ``%%writefile``, and where do they belong?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.sandbox.choice import is_untouched
from grader.sandbox.notebooks import Cell


def written_modules(
    notebooks: Mapping[str, Sequence[Cell]],
    student: Mapping[str, bytes],
    starter: Mapping[str, bytes],
) -> Iterator[tuple[str, bytes, str]]:
    """Yield the modules that were not handed in as files, each with the cell that wrote it last.

    A template that was left as it was gives way to them, as it does when the notebook is run.

    Parameters
    ----------
    notebooks
        Path of a notebook -> its cells.
    student, starter
        Path -> bytes. The student's paths are relative to their submission's top folder.

    Yields
    ------
    tuple of (str, bytes, str)
        The module's path, what is in it, and the label of the cell.
    """
    written: dict[str, tuple[bytes, str]] = {}
    for path, cells in notebooks.items():
        for cell in cells:
            if cell.written is None:
                continue
            place = _same(cell.written.path, written) or _place(
                path, cell.written.path, student, starter
            )
            if place:
                before = written[place][0] if cell.written.appends and place in written else b""
                data = before + cell.written.text.encode("utf-8", "replace") + b"\n"
                written[place] = (data, cell.label)
    for place, (data, label) in written.items():
        yield place, data, label


def _place(
    notebook: str, path: str, student: Mapping[str, bytes], starter: Mapping[str, bytes]
) -> str:
    """Return where a module belongs that a notebook writes; nothing where it was handed in."""
    there = _alike(path, student)
    if not there:
        folder, slash, _ = notebook.rpartition("/")
        return folder + slash + path
    is_left = all(is_untouched(student[one], _template(one, starter)) for one in there)
    return there[0] if is_left else ""


def _same(path: str, written: Iterable[str]) -> str:
    return next(iter(_alike(path, written)), "")


def _alike(path: str, others: Iterable[str]) -> list[str]:
    """Return the paths of the same module: called alike, in a folder that is called alike."""
    end = "/" + "/".join(path.split("/")[-2:])
    return [other for other in sorted(others) if f"/{other}".endswith(end)]


def _template(path: str, starter: Mapping[str, bytes]) -> bytes | None:
    """Return the template of a file that lies in whatever folders."""
    fits = (inner for inner in starter if f"/{path}".endswith(f"/{inner}"))
    return starter.get(max(fits, key=len, default=""))
