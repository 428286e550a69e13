"""What lies in a folder or an archive, by what its names say? Nothing is read yet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.submission.archives import MOST_DEPTH, TOO_LARGE, Place, unpack
from grader.submission.formats import LINK, is_readable

SUFFIXES = (".py", ".ipynb")
ANSWERS_FILES = frozenset({"answers.yaml", "answers.yml", "answers.txt"})
_SAVED_AS_TEXT = (".py.txt", ".ipynb.txt", ".ipynb.json")
"""What browsers and mail programs make of them."""
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
MOST_FILES = 2000
_NOISE = frozenset({"__MACOSX", "__pycache__", ".ipynb_checkpoints", "node_modules", "venv"})


@dataclass(slots=True, kw_only=True)
class Listing:
    """The places in a folder or archive, by what they are to us, and what must be told of some."""

    files: list[Place] = field(default_factory=list)
    archives: list[Place] = field(default_factory=list)
    """Those that were not opened."""
    others: list[Place] = field(default_factory=list)
    problems: dict[Place, str] = field(default_factory=dict)
    notes: dict[Place, str] = field(default_factory=dict)

    def add(self, place: Place) -> None:
        """Add a file by what its name says that it is."""
        if is_source(place[-1]) or is_answers_file(place[-1]):
            self.files.append(place)
        elif is_archive(place[-1]):
            self.archives.append(place)
        else:
            self.others.append(place)

    def extend(self, other: Listing) -> None:
        """Add all that another listing holds."""
        self.files += other.files
        self.archives += other.archives
        self.others += other.others
        self.problems |= other.problems
        self.notes |= other.notes

    def renamed(self, change: Callable[[Place], Place | None]) -> Listing:
        """Return what a function gives a place, without that for which it gives None.

        What a file is to us goes by its new name: ``smithjane_12_34_answers.txt`` is none of
        ours, and ``answers.txt`` is.
        """

        def told(lines: Mapping[Place, str]) -> dict[Place, str]:
            return {new: line for old, line in lines.items() if (new := change(old)) is not None}

        def kept(places: Iterable[Place]) -> Iterable[Place]:
            return (new for old in places if (new := change(old)) is not None)

        other = Listing(
            archives=list(kept(self.archives)),
            problems=told(self.problems),
            notes=told(self.notes),
        )
        for place in kept((*self.files, *self.others)):
            other.add(place)
        return other

    def without_twins(self) -> Listing:
        """Return the same without archives beside the folder that they were unpacked to."""
        opened = {place[:depth] for place in self.files for depth in range(1, len(place))}
        archives = {*opened, *self.archives, *(p for p in self.problems if is_archive(p[-1]))}
        twins = {place for place in archives if self.is_unpacked(place)}

        def kept(place: Place) -> Place | None:
            lies_in_one = any(place[:depth] in twins for depth in range(1, len(place) + 1))
            return None if lies_in_one else place

        return self.renamed(kept) if twins else self

    def is_unpacked(self, archive: Place) -> bool:
        """Tell whether a folder of an archive's name lies beside it."""
        folder = without_suffix(archive[-1]) + "/"
        return any(
            place[: len(archive) - 1] == archive[:-1] and place[len(archive) - 1].startswith(folder)
            for place in self.files
        )


def told_of(place: Place, why: str) -> str:
    """Return what is told of a place, which is empty for the folder itself."""
    return f"{': '.join(place)}: {why}" if place[0] else why


def shown_names(places: Iterable[Place]) -> dict[str, Place]:
    """Return a path for each place, as if all archives had been unpacked.

    Where all lie in one archive its own name says nothing and is left out.

    >>> shown_names([("hw.zip", "a.py"), ("b.py",)])
    {'hw/a.py': ('hw.zip', 'a.py'), 'b.py': ('b.py',)}
    >>> shown_names([("hw.zip", "a.py")])
    {'a.py': ('hw.zip', 'a.py')}
    """
    listed = list(places)
    is_one = len({place[:-1] for place in listed}) == 1
    names: dict[str, Place] = {}
    for place in listed:
        folders = () if is_one else map(without_suffix, place[:-1])
        name = "/".join((*folders, as_source(place[-1])))
        # Two archives may be called alike but for their kinds.
        names["/".join(place) if name in names else name] = place
    return names


def listed_folder(folder: Path) -> Listing:
    """Return what lies in a folder, at any depth, and in archives there; no link is followed."""
    listing = Listing()
    _walk(folder, folder, listing, 0)
    archives, listing.archives = listing.archives, []
    for place in archives:
        if is_readable(place[0]) and not listing.is_unpacked(place):
            listing.extend(listed_archive(folder / place[0], place))
        else:
            listing.archives.append(place)
    return listing


def listed_archive(archive: Path, holder: Place) -> Listing:
    """Return what lies in an archive and in those in it, by their tables of contents.

    Parameters
    ----------
    archive
        The file.
    holder
        Its place, which begins the places of all that is in it; empty for an archive of all.
    """
    found = unpack(str(archive), is_noise, opens=lambda place: is_readable(place[-1]))
    listing = Listing()
    if found.failure:
        listing.problems[holder or ("",)] = found.failure
    for inner, why in sorted(found.refused.items()):
        place = (*holder, *inner)
        if why == TOO_LARGE:
            listing.archives.append(place)
        else:
            listing.problems[place] = why
    listing.notes |= {(*holder, *place): note for place, note in found.notes.items()}
    for inner in sorted(found.files):
        listing.add((*holder, *inner))
    return listing


def _walk(folder: Path, base: Path, listing: Listing, depth: int) -> None:
    relative = PurePosixPath(folder.relative_to(base))
    if depth > MOST_DEPTH:
        listing.problems[(str(relative),)] = "nested too deeply"
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        told = f"cannot be read ({error.strerror})"
        place = "" if depth == 0 else str(relative)
        listing.problems[(place,)] = told if place else f"the folder {told}"
        return
    for entry in entries:
        if is_noise(entry.name) or len(listing.files) > MOST_FILES:
            continue
        shown = str(relative / entry.name)
        if entry.is_symlink():
            listing.problems[(shown,)] = LINK
        elif entry.is_dir():
            _walk(Path(entry.path), base, listing, depth + 1)
        else:
            listing.add((shown,))


def is_noise(name: str) -> bool:
    """Return whether a folder's or file's name is none of a student's work."""
    return name in _NOISE or name.startswith(".")


def is_notebook(path: str) -> bool:
    """Return whether a path is a notebook's, in capitals or not."""
    return as_source(path).casefold().endswith(".ipynb")


def is_source(name: str) -> bool:
    """Return whether a name is a Python file's or a notebook's."""
    return as_source(name).casefold().endswith(SUFFIXES)


def as_source(name: str) -> str:
    """Return the name that a Python file or a notebook had before it was saved as a text.

    >>> as_source("layers.py.txt"), as_source("notes.txt")
    ('layers.py', 'notes.txt')
    """
    is_saved_so = name.casefold().endswith(_SAVED_AS_TEXT)
    return name.rpartition(".")[0] if is_saved_so else name


def is_answers_file(name: str) -> bool:
    """Return whether a name is that of a file with numbers that were worked out by hand."""
    return PurePosixPath(name).name.casefold() in ANSWERS_FILES


def is_archive(name: str) -> bool:
    """Return whether a name is an archive's, of a kind that can be opened or not."""
    return name.casefold().endswith(ARCHIVES)


def is_work(name: str) -> bool:
    """Return whether a file's name alone may be a submission's."""
    return is_source(name) or is_archive(name)


def without_suffix(archive: str) -> str:
    """Return an archive's name as the folder bears it that it is unpacked to."""
    longest = max((s for s in ARCHIVES if archive.casefold().endswith(s)), key=len)
    return archive[: -len(longest)]
