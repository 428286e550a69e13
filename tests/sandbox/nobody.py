"""Run a Python program as an ordinary user: ``python nobody.py ARGUMENTS…``."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

NOBODY = 65534
KEEP_CAPABILITIES, AMBIENT, RAISE = 8, 47, 2
DAC_OVERRIDE = 1


def become_nobody() -> None:
    """Become an ordinary user who may read every file, and hand that on to programs.

    Python itself may lie in root's home; all other powers of root are gone.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    effective_permitted_inheritable = [1 << DAC_OVERRIDE] * 3
    sets = (ctypes.c_uint32 * 6)(*effective_permitted_inheritable, 0, 0, 0)
    if libc.capset(header, sets) or libc.prctl(AMBIENT, RAISE, DAC_OVERRIDE, 0, 0):
        raise OSError(ctypes.get_errno(), "capabilities cannot be set")


def run_as_ordinary_user(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments as an ordinary user, whoever runs the tests."""
    first = [__file__] if os.geteuid() == 0 else []
    return subprocess.run(
        [sys.executable, *first, *map(str, arguments)],
        cwd=cwd,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


if __name__ == "__main__":
    become_nobody()
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
