"""Do the live tests pass for an ordinary user too, where the allow-list is the only wall?"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.levels import available_level

HERE = Path(__file__).parent
NOBODY = 65534
# These take a second of CPU time or more, or try what has nothing to do with the user.
LEFT_OUT = (
    "recursion_without_limit or too_much_memory or whole_life or limits_warning "
    "or same_in_every_zygote or what_is_a_number or what_is_no_number or an_exception_fails"
)
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


@pytest.mark.skipif(os.geteuid() != 0, reason="who runs the tests is an ordinary user already")
@pytest.mark.skipif(available_level() < 3, reason="root may not become an ordinary user here")
@pytest.mark.parametrize("name", ["test_attacks.py", "test_walls.py"])
def test_the_same_holds_for_an_ordinary_user(name: str) -> None:
    options = ["-q", "-p", "no:cacheprovider", "-k", f"not ({LEFT_OUT})"]

    done = subprocess.run(
        [sys.executable, __file__, "-m", "pytest", *options, str(HERE / name)],
        cwd=HERE.parents[1],
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


if __name__ == "__main__":
    become_nobody()
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
