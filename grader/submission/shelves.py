"""What lies, one by one, in the folder or the archive of all submissions?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from grader.errors import UsageError
from grader.submission.archives import Place, plain_name, unpack
from grader.submission.formats import LINK, is_readable
from grader.submission.found import Found, found_as
from grader.submission.listing import (
    Listing,
    as_source,
    is_archive,
    is_noise,
    is_work,
    listed_archive,
    listed_folder,
    without_suffix,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One folder or file directly among all.

    Parameters
    ----------
    name
        As it is.
    is_folder
        Whether it is a folder.
    listing
        What lies in the folder, relative to it; of a file its own name, or what the archive holds.
    """

    name: str
    is_folder: bool
    listing: Listing

    @property
    def stem(self) -> str:
        """The name as a student's: a file's without its suffix."""
        if self.is_folder:
            return self.name
        return (
            without_suffix(self.name) if is_archive(self.name) else Path(as_source(self.name)).stem
        )

    @property
    def origin(self) -> str:
        """The name as people are told of it."""
        return f"{self.name}/" if self.is_folder else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A folder, or an archive or a folder in one, that holds everybody's work.

    Parameters
    ----------
    path
        What the command was given.
    base
        Folder that places are relative to.
    holder
        The archive's place, as the beginning of places; empty for a folder.
    inside
        Folder under that, with its slash, or nothing.
    entries
        Sorted by name.
    """

    path: Path
    base: Path
    holder: Place = ()
    inside: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def name(self) -> str:
        """The folder's own name."""
        if self.inside:
            return self.inside.rstrip("/").rpartition("/")[2]
        return without_suffix(self.holder[-1]) if self.holder else self.path.resolve().name

    def lies(self, place: Place) -> Place:
        """Return a place of the shelf as one that is relative to the base."""
        return (*self.holder, self.inside + place[0], *place[1:])

    def found(self, name: str, parts: Iterable[tuple[str, Entry]]) -> Found:
        """Return some entries together as one submission.

        Parameters
        ----------
        name
            The student's.
        parts
            What each entry is called in the submission: a file's name, or for a folder what its
            files' paths begin with.
        """
        listing = Listing()
        real: dict[Place, Place] = {}
        origins = []
        for called, entry in parts:
            folder = f"{entry.name}/" if entry.is_folder else ""
            for place in (*entry.listing.files, *entry.listing.others):
                renamed = _renamed(place, called, entry)
                real[renamed] = self.lies((folder + place[0], *place[1:]))
            listing.extend(entry.listing.renamed(partial(_renamed, called=called, entry=entry)))
            origins.append(f"{self.inside}{entry.origin}")
        return found_as(name, self.base, listing, real.__getitem__, ", ".join(origins))

    def found_alone(self, entry: Entry) -> Found:
        """Return one entry as the submission of the student who is called like it."""
        return self.found(entry.stem, [("" if entry.is_folder else entry.name, entry)])

    def holds(self, name: str) -> bool:
        """Tell whether there is a plain file of this name."""
        return any(entry.name == name and not entry.is_folder for entry in self.entries)

    def read(self, name: str, most: int) -> bytes:
        """Return the bytes of a file of the LMS's own, so many at most and one more.

        Raises
        ------
        UsageError
            If it cannot be read.
        """
        holder, *inner = self.lies((name,))
        place = tuple(inner)
        if not place:
            try:
                with open(self.base / holder, "rb") as stream:
                    return stream.read(most + 1)
            except OSError as error:
                told = f"cannot be read ({error.strerror})"
                raise UsageError(f"{self.base / holder}: {told}") from None
        found = unpack(
            str(self.base / holder),
            is_noise,
            lambda other: most + 1 if other == place else 0,
            most + 1,
            lambda other: other == place[: len(other)] != place,
        )
        if place not in found.files:
            why = found.refused.get(place) or found.failure or "is not there"
            raise UsageError(f"{self.path}: {place[-1]}: {why}")
        return found.files[place]

    def inner(self) -> Shelf | None:
        """Return the one folder that all else lies in, or None."""
        folders = [entry for entry in self.entries if entry.is_folder]
        if len(folders) != 1 or any(is_work(e.name) for e in self.entries if not e.is_folder):
            return None
        return self.opened(folders[0])

    def archive(self) -> Shelf | None:
        """Return what lies in the one archive that is there and nothing else, or None."""
        if len(self.entries) != 1 or not is_readable(self.entries[0].name):
            return None
        (entry,) = self.entries

        def inner(place: Place) -> Place | None:
            return place[1:] or None

        return replace(
            self,
            holder=self.lies((entry.name,)),
            inside="",
            entries=tuple(_entries(entry.listing.renamed(inner))),
        )

    def opened(self, entry: Entry) -> Shelf:
        """Return what lies in one of the folders."""
        return replace(
            self,
            inside=f"{self.inside}{entry.name}/",
            entries=tuple(_entries(entry.listing)),
        )


def _renamed(place: Place, called: str, entry: Entry) -> Place:
    """Return a place in an entry by what the entry is called in the submission."""
    if not place[0]:
        return place
    return (called + place[0] if entry.is_folder else called, *place[1:])


def shelf_at(path: Path) -> Shelf:
    """Return what lies in a folder or in an archive.

    Raises
    ------
    UsageError
        If it is neither, cannot be read, or is empty.
    """
    if path.is_dir():
        entries = tuple(entry for child in _children(path) for entry in _on_disk(child))
        if not entries:
            raise UsageError(f"{path}: the folder is empty")
        return Shelf(path=path, base=path, entries=entries)
    if not is_readable(path.name):
        told = "neither a folder nor a zip or tar.gz file"
        raise UsageError(f"{path}: {told}; to grade one submission use 'grader check {path}'")
    listing = listed_archive(path, ())
    whole = listing.problems.pop(("",), "")
    if whole:
        raise UsageError(f"{path}: {whole}")
    entries = tuple(_entries(listing))
    return Shelf(path=path, base=path.parent, holder=(path.name,), entries=entries)


def _children(path: Path) -> list[Path]:
    try:
        return sorted(child for child in path.iterdir() if not is_noise(child.name))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def _on_disk(child: Path) -> Iterator[Entry]:
    """Yield what lies directly in the folder of all; a link only where it is in the way of work."""
    name = child.name
    if os.path.islink(child):
        if is_work(name):
            yield Entry(name=name, is_folder=False, listing=Listing(problems={(name,): LINK}))
        elif os.path.isdir(child) or not os.path.exists(child):
            told: dict[Place, str] = {("",): f"the folder is {LINK}"}
            yield Entry(name=name, is_folder=True, listing=Listing(problems=told))
    elif os.path.isdir(child):
        yield Entry(name=name, is_folder=True, listing=listed_folder(child))
    elif is_archive(name) and os.path.isdir(child.parent / without_suffix(name)):
        return  # it has been unpacked to that folder
    elif is_readable(name):
        yield Entry(name=name, is_folder=False, listing=listed_archive(child, (name,)))
    else:
        listing = Listing()
        listing.add((name,))
        yield Entry(name=name, is_folder=False, listing=listing)


def _entries(listing: Listing) -> Iterator[Entry]:
    """Yield what a listing holds by the first part of each path."""
    parts: dict[str, Listing] = {}
    for kind in ("files", "archives", "others"):
        for place in getattr(listing, kind):
            name, inner = _split(place)
            getattr(parts.setdefault(name, Listing()), kind).append(inner)
    for kind in ("problems", "notes"):
        for place, told in getattr(listing, kind).items():
            name, inner = _split(place)
            if is_work(place[-1]) and not plain_name(place[0])[1]:
                # A damaged archive, say: the student would otherwise be lost.
                parts.setdefault(name, Listing())
            if name in parts:
                getattr(parts[name], kind)[inner] = told
    for name, inner_listing in sorted(parts.items()):
        is_folder = name.endswith("/")
        yield Entry(name=name.removesuffix("/"), is_folder=is_folder, listing=inner_listing)


def _split(place: Place) -> tuple[str, Place]:
    """Return the first part of a place's path, a folder's with its slash, and the rest."""
    first, slash, rest = place[0].partition("/")
    return first + slash, (rest, *place[1:]) if slash else place
