"""Run code as an ordinary user, for whom permissions hold: root reads everything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CANNOT = 77
_DROP = f"""
import os, sys
if os.geteuid() == 0:
    try:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    except OSError:
        sys.exit({_CANNOT})
"""


def told_by(imports: str, code: str, *arguments: str) -> str:
    """Return what code prints as an ordinary user, whoever runs the tests.

    Parameters
    ----------
    imports
        What the code needs: done first, since an ordinary user may not be allowed to read it.
    code
        Finds its arguments in ``sys.argv[1:]``.
    """
    done = subprocess.run(
        [sys.executable, "-c", imports + _DROP + code, *arguments],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == _CANNOT:
        pytest.skip("root may not become an ordinary user here, and root may read everything")
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a temporary folder that every user may enter; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="grader-test-"))
    try:
        folder.chmod(0o777)
        yield folder
    finally:
        for path, _, _ in os.walk(folder):
            os.chmod(path, 0o700)
        shutil.rmtree(folder)
