"""How is a file written so that nothing half-written is ever left behind?"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

TABLES = ("scores.csv", "items.csv", "diagnoses.csv")
"""Of a run's folder."""


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens meanwhile.

    Raises
    ------
    OSError
        If the folder cannot be written to or the disk is full; no half file is left.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        # By its own name: whoever reads of it knows nothing of the one beside it.
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def unfinished(name: str) -> str:
    """Return the pattern of what a killed process may leave of a file that it was writing.

    >>> unfinished("scores.csv")
    '.scores.csv.????????'
    """
    return f".{name}.{'?' * 8}"


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, whole or not at all."""
    write_atomically(path, text.encode("utf-8", "backslashreplace"))
