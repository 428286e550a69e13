"""Do the attacks end the same for an ordinary user, and as root of a default container?

Every row of the table runs at both; see ``everywhere`` for which of its attacks.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks import container
from tests.attacks.attack import missing_capability
from tests.attacks.table import everywhere

HOME = Path(__file__).parents[2]
NOBODY, CONTAINER = HOME / "tests/sandbox/nobody.py", HOME / "tests/attacks/container.py"
CHOSEN = everywhere()


def told_by(launcher: Path, *arguments: str) -> str:
    """Return what a Python program tells that is run by a launcher."""
    done = subprocess.run(
        [sys.executable, str(launcher), *arguments],
        cwd=HOME,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HOME),
            "PYTHONDONTWRITEBYTECODE": "1",
            "ATTACKS": os.environ.get("ATTACKS", ""),
            "ATTACKS_AT": "another level",
        },
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def count(told: str, outcome: str) -> int:
    """Return how many tests had an outcome, by the last line of pytest."""
    found = re.search(rf"(\d+) {outcome}\b", told.rstrip().rpartition("\n")[2])
    return int(found[1]) if found else 0


def assert_all_run(launcher: Path) -> None:
    options = ("-q", "-rs", "-p", "no:cacheprovider", "-k", "hostile_submission")
    told = told_by(launcher, "-m", "pytest", *options, "tests/attacks/test_attacks.py")
    skipped = [attack.id for attack in CHOSEN if missing_capability(attack)]
    assert count(told, "skipped") == len(skipped), told
    assert count(told, "passed") + count(told, "xfailed") == len(CHOSEN) - len(skipped)


_WHO = """
import os
from grader.sandbox.levels import available_level
held = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('CapEff'))
print(os.geteuid(), available_level(), held)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="this machine lacks root to become another user")
def test_an_ordinary_users_attacks_end_the_same() -> None:
    user, level, _ = told_by(NOBODY, "-c", _WHO).split()
    assert (user, level) == ("65534", "2")

    assert_all_run(NOBODY)


@pytest.mark.skipif(bool(container.lacks()), reason=f"this machine lacks {container.lacks()}")
def test_attacks_in_a_default_container_end_the_same() -> None:
    user, level, held = told_by(CONTAINER, "-c", _WHO).split()
    assert (user, level) == ("0", "3")
    assert int(held, 16) & ~sum(1 << power for power in container.POWERS) == 0

    assert_all_run(CONTAINER)


@pytest.mark.skipif(bool(container.lacks()), reason=f"this machine lacks {container.lacks()}")
@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("libc.unshare(0x10000000)", (-1, 1)),
        ("libc.mount(0, 0, 0, 0, 0)", (-1, 1)),
        ("libc.syscall(250, 0, 0)", (-1, 1)),
        ("libc.syscall(321, 0, 0, 0)", (-1, 1)),
        ("libc.syscall(425, 1, 0)", (-1, 1)),
        ("libc.syscall(435, 0, 0)", (-1, 38)),
        ("libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)", (-1, 1)),
        ("libc.socket(40, 1, 0)", (-1, 1)),
        ("libc.chroot(b'/')", (0, 0)),
        ("libc.setresuid(5, 5, 5)", (0, 0)),
        ("libc.sethostname(b'x', 1)", (-1, 1)),
    ],
)
def test_the_container_allows_and_denies_what_dockers_does(
    call: str, told: tuple[int, int]
) -> None:
    code = f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nprint({call}, ctypes.get_errno())"

    assert tuple(map(int, told_by(CONTAINER, "-c", code).split())) == told


def test_no_two_denied_calls_share_a_number() -> None:
    assert len(set(container.DENIED.values())) == len(container.DENIED)
