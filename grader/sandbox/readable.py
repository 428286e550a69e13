"""Where do the files lie that a rubric lets student code read?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from grader.errors import UsageError


def laid_out(files: Mapping[str, bytes]) -> tempfile.TemporaryDirectory[str]:
    """Write files to a new folder in which everybody may read and nobody may write.

    Parameters
    ----------
    files
        Path relative to the folder -> content.

    Returns
    -------
    TemporaryDirectory
        To be cleaned up by the caller.

    Raises
    ------
    UsageError
        If a path would lie elsewhere.
    """
    for name in files:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\0" in name:
            raise UsageError(f"{name!r}: a readable file's path must be relative, without '..'")
    folder = tempfile.TemporaryDirectory(prefix="grader-data-")
    home = Path(folder.name)
    for name, data in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
        (home / name).chmod(0o444)
    for place, _, _ in os.walk(home):
        os.chmod(place, 0o555)
    return folder
