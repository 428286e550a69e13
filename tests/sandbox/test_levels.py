"""Which level is offered where, and what is put up at each?"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import IsolationError
from grader.sandbox import landlock, levels, seatbelt
from grader.sandbox.canaries import unproven
from grader.sandbox.client import Zygote
from grader.sandbox.levels import available_level, describe, walls_of
from tests.sandbox.nobody import run_as_ordinary_user

ROOT = Path(__file__).parents[2]
TELL = """
from grader.sandbox.client import Zygote
with Zygote() as zygote:
    child = zygote.spawn(600, 10.0)
    child.kill()
    print(zygote.level, *sorted(name for name, held in child.canaries.items() if held))
"""
WITHOUT_LANDLOCK = "from grader.sandbox import landlock\nlandlock.version = lambda: 0\n"
"""As on a kernel that has none; the zygote asks nobody and puts up what it is told."""


def test_each_level_has_its_words() -> None:
    assert [describe(level).partition(":")[0] for level in (0, 1, 2, 3)] == [
        "none",
        "macOS",
        "Linux as an ordinary user",
        "Linux as root",
    ]


@pytest.mark.skipif(available_level() < 2, reason="Landlock is Linux's")
def test_a_level_tells_whether_the_kernel_has_landlock() -> None:
    told = f"Landlock {landlock.version()}" if landlock.version() else "no Landlock in this kernel"

    assert describe(2).endswith(told)
    assert describe(3).endswith(told)


@pytest.mark.skipif(available_level() < 3, reason="needs root")
def test_a_level_has_the_walls_that_it_promises() -> None:
    third, second, none = (walls_of(level, 1) for level in (3, 2, 0))

    assert (third.uid is not None, third.is_locked_in, third.syscall_filter) == (True, True, True)
    assert (second.uid, second.is_locked_in, second.syscall_filter) == (None, False, True)
    assert (none.landlock, none.syscall_filter) == (False, False)
    assert third.landlock is second.landlock is (landlock.version() > 0)


@pytest.mark.skipif(available_level() < 2, reason="no walls on this machine")
def test_an_ordinary_user_gets_level_2_with_every_wall_of_it() -> None:
    done = run_as_ordinary_user("-c", TELL, cwd=ROOT)

    extra = ["landlock"] if landlock.version() else []
    assert done.stdout.split() == [
        "2",
        *sorted(["files", "filter", "forks", "network", "processes", "programs", *extra]),
    ], done.stderr


@pytest.mark.skipif(available_level() < 2, reason="no walls on this machine")
def test_without_landlock_level_2_rests_on_the_filter_and_says_so() -> None:
    told = (
        f"{WITHOUT_LANDLOCK}{TELL}\nfrom grader.sandbox.levels import describe\nprint(describe(2))"
    )

    done = run_as_ordinary_user("-c", told, cwd=ROOT)

    assert done.stdout.split()[:7] == [
        *("2", "files", "filter", "forks", "network", "processes", "programs")
    ]
    assert done.stdout.rstrip().endswith("no Landlock in this kernel")


@pytest.mark.skipif(available_level() < 2, reason="no walls on this machine")
def test_without_landlock_an_ordinary_users_students_may_read_no_file() -> None:
    code = (
        f"{WITHOUT_LANDLOCK}from grader.sandbox.client import Zygote\nZygote(readable={{'x': b''}})"
    )

    done = run_as_ordinary_user("-c", code, cwd=ROOT)

    assert "this kernel has no Landlock" in done.stderr


@pytest.mark.skipif(available_level() < 3, reason="needs root")
def test_root_may_ask_for_the_walls_of_an_ordinary_user() -> None:
    with Zygote(level=2) as zygote:
        child = zygote.spawn(600, 10.0)
        child.kill()

    assert "user" not in child.canaries
    assert all(child.canaries.values())


# --- Landlock --------------------------------------------------------------------------------


def restricted(code: str) -> str:
    """Return what code prints in a process that Landlock alone restricts."""
    first = (
        "import os, socket\n"
        "from grader.sandbox import landlock\n"
        "from grader.sandbox.process import renounce_privileges\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "renounce_privileges()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", first + code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


needs_landlock = pytest.mark.skipif(
    not landlock.version(), reason="no Landlock in this kernel: nothing of it can be tried"
)
REFUSED = "\ntry:\n    {}\n    print('done')\nexcept PermissionError:\n    print('refused')"


@needs_landlock
@pytest.mark.parametrize(
    ("attempt", "since"),
    [
        ("open('/etc/passwd')", 1),
        ("os.listdir('/')", 1),
        ("os.execv('/bin/true', ['true'])", 1),
        ("open('/tmp/grader-test-landlock', 'w')", 1),
        ("os.mkdir('/tmp/grader-test-landlock')", 1),
        ("os.truncate('/etc/passwd', 10**6)", 3),
        ("socket.create_connection(listener.getsockname())", 4),
        ("os.kill(os.getppid(), 0)", 6),
    ],
)
def test_landlock_alone_refuses_files_and_more_with_each_version(attempt: str, since: int) -> None:
    if landlock.version() < since:
        pytest.skip(f"Landlock {landlock.version()} in this kernel, {since} is needed")

    assert restricted("landlock.restrict(False)" + REFUSED.format(attempt)) == "refused"


@needs_landlock
def test_landlock_lets_what_lies_here_be_read_where_that_is_asked(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").write_text("7")
    code = f"os.chdir({str(tmp_path)!r})\nlandlock.restrict(True)\nprint(open('data/x').read())"

    assert restricted(code) == "7"
    assert restricted(code + REFUSED.format("open('data/y', 'w')")).endswith("refused")
    assert restricted(code + REFUSED.format("open('/etc/passwd')")).endswith("refused")


@needs_landlock
def test_landlock_needs_the_promise_to_gain_no_privileges() -> None:
    code = "from grader.sandbox import landlock\nlandlock.restrict(False)"

    done = run_as_ordinary_user("-c", code, cwd=ROOT)

    assert "the kernel refused Landlock" in done.stderr


# --- macOS, as far as it can be tried elsewhere ----------------------------------------------


@pytest.mark.skipif(platform.system() == "Darwin", reason="there it may be")
def test_seatbelt_is_macos_alone() -> None:
    assert not seatbelt.is_there()
    assert unproven(walls_of(1, 1), {}) == [
        "files",
        "processes",
        "network",
        "forks",
        "programs",
    ]


def test_a_folder_with_quotes_stays_one_word_of_the_profile() -> None:
    told = seatbelt.profile('/a"b\\c) (allow default')

    assert told.count("(allow default") == 1
    assert '(subpath "/a\\"b\\\\c) (allow default")' in told


def test_a_child_that_is_no_fork_answers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Level 1 starts every child anew; its walls are macOS's, so here it runs without them."""
    monkeypatch.setattr(levels, "available_level", lambda: 1)
    monkeypatch.setattr("grader.sandbox.client.available_level", lambda: 1)
    with Zygote(preload=("no_such_module", "colorsys"), level=1) as zygote:
        assert zygote.missing == ("no_such_module",)
        zygote.walls = walls_of(0, os.getpid())
        for _ in range(2):
            child = zygote.spawn(2000, 60.0)
            call = {"op": "call", "code": "import colorsys", "answers": {"out": "6 * 7"}}
            reply, _ = child.ask({**call, "inputs": {}, "constants": {}, "seed": 1}, 5.0, 20.0)
            child.kill()
            assert int(reply["answers"]["out"]["value"]) == 42
            assert child.usage.cpu_s > 0.1


def test_a_level_that_is_not_there_is_refused() -> None:
    with pytest.raises(IsolationError, match="isolation level 4 is not available here"):
        Zygote(level=4)
