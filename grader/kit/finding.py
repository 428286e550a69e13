"""Which kit is meant? The one that is named, or the only one near where the student works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.kit.record import SUFFIX


class NoKitError(UsageError):
    """There is no kit where it was looked for."""


def find_kit(name: str = "", starts: Sequence[Path] = (Path(),)) -> Path:
    """Return the file of a kit.

    Parameters
    ----------
    name
        A homework's id, or the path of a kit's file or folder; empty for the only one that is
        found.
    starts
        Where to look, the first that leads to one: in a folder and those in it, then in each folder
        above it alone.

    Raises
    ------
    NoKitError
        If there is none; the text says what to do.
    UsageError
        If there are several.
    """
    given = Path(name)
    if name and (given.suffix == SUFFIX or given.is_dir()):
        if given.is_dir():
            return _only(sorted(given.glob(f"*{SUFFIX}")), str(given))
        if not given.is_file():
            raise UsageError(f"{given}: no such file")
        return given
    if given.name != name:
        raise NoKitError(f"{given}: no kit; a kit's file ends in {SUFFIX}")
    for start in starts:
        folder = start.resolve()
        for near in (folder, *folder.parents):
            found = sorted(_kits_in(near, name, with_inner=near == folder))
            if found:
                return _only(found, str(near))
    wanted = f"{name}{SUFFIX}" if name else f"a file whose name ends in {SUFFIX}"
    where = starts[0].resolve()
    raise NoKitError(
        f"no kit found: {wanted} is not in {where}, nor in the folders in it or above it; go to "
        "the folder of the course's kit, or name its file"
    )


def _kits_in(folder: Path, name: str, with_inner: bool) -> Iterator[Path]:
    pattern = f"{name or '*'}{SUFFIX}"
    try:
        yield from folder.glob(pattern)
        if with_inner:
            yield from folder.glob(f"*/{pattern}")
    except OSError:
        # A folder above may be closed to its user: no kit of theirs lies there.
        return


def _only(found: list[Path], where: str) -> Path:
    if not found:
        raise UsageError(f"{where}: no kit in it")
    if len(found) > 1:
        names = ", ".join(path.stem for path in found)
        raise UsageError(f"{where}: several kits are there ({names}); name one of them")
    return found[0]
