"""What lies in a folder or an archive, by what its names say? Nothing is read yet."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.submission.archives import MOST_DEPTH, unpack
from grader.submission.formats import LINK

SUFFIXES = (".py", ".ipynb")
ANSWERS_FILES = frozenset({"answers.yaml", "answers.yml", "answers.txt"})
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
MOST_FILES = 2000
_NOISE = frozenset({"__MACOSX", "__pycache__", ".ipynb_checkpoints", "node_modules", "venv"})


@dataclass(slots=True, kw_only=True)
class Listing:
    """The names in a folder, by what they are to us."""

    files: list[str] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Add a file by what its name says that it is."""
        if is_source(name) or is_answers_file(name):
            self.files.append(name)
        elif is_archive(name):
            self.archives.append(name)
        else:
            self.others.append(name)

    def cut(self) -> Listing:
        """Leave out the files that are more than any homework has, and tell so."""
        if len(self.files) > MOST_FILES:
            del self.files[MOST_FILES:]
            self.problems.append(f"more than {MOST_FILES} files: the rest was left out")
        return self


def listed_folder(folder: Path) -> Listing:
    """Return what lies in a folder, at any depth; links are never followed."""
    listing = Listing()
    _walk(folder, folder, listing, 0)
    return listing.cut()


def listed_archive(archive: Path) -> tuple[Listing, str]:
    """Return what lies in an archive, by its table of contents, and why not all of it is told."""
    found = unpack(str(archive), is_noise)
    listing = Listing(notes=found.notes)
    listing.problems += [f"{name}: {why}" for name, why in found.refused.items()]
    for name in sorted(found.files):
        listing.add(name)
    return listing, found.failure


def _walk(folder: Path, base: Path, listing: Listing, depth: int) -> None:
    relative = PurePosixPath(folder.relative_to(base))
    if depth > MOST_DEPTH:
        listing.problems.append(f"{relative}: nested too deeply")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        place = "the folder" if depth == 0 else f"{relative}:"
        listing.problems.append(f"{place} cannot be read ({error.strerror})")
        return
    for entry in entries:
        if is_noise(entry.name) or len(listing.files) > MOST_FILES:
            continue
        shown = str(relative / entry.name)
        if entry.is_symlink():
            listing.problems.append(f"{shown}: {LINK}")
        elif entry.is_dir():
            _walk(Path(entry.path), base, listing, depth + 1)
        else:
            listing.add(shown)


def is_noise(name: str) -> bool:
    """Return whether a folder's or file's name is none of a student's work."""
    return name in _NOISE or name.startswith(".")


def is_notebook(path: str) -> bool:
    """Return whether a path is a notebook's, in capitals or not."""
    return path.casefold().endswith(".ipynb")


def is_source(name: str) -> bool:
    """Return whether a name is a Python file's or a notebook's."""
    return name.casefold().endswith(SUFFIXES)


def is_answers_file(name: str) -> bool:
    """Return whether a name is that of a file with numbers that were worked out by hand."""
    return PurePosixPath(name).name.casefold() in ANSWERS_FILES


def is_archive(name: str) -> bool:
    """Return whether a name is an archive's, of a kind that can be opened or not."""
    return name.casefold().endswith(ARCHIVES)


def without_suffix(archive: str) -> str:
    """Return an archive's name as the folder bears it that it is unpacked to."""
    longest = max((s for s in ARCHIVES if archive.casefold().endswith(s)), key=len)
    return archive[: -len(longest)]
