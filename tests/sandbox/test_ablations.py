"""Which wall catches what? Each is taken away in turn, and what gets through then is looked at.

A wall that could be taken away without anything getting through would prove nothing here; so every
row says for each set of walls whether the attempt must fail or must succeed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox import landlock
from grader.sandbox.client import Zygote
from grader.sandbox.levels import available_level
from grader.sandbox.replies import answers_of
from grader.sandbox.walls import Walls
from tests.sandbox.nobody import run_as_ordinary_user
from tests.sandbox.pupils import CPU_S, MEMORY_MB, WALL_S, value_of

ROOT = Path(__file__).parents[2]
needs_root = pytest.mark.skipif(available_level() < 3, reason="needs root")
needs_landlock = pytest.mark.skipif(
    landlock.version() < 6, reason="Landlock with scopes (version 6) is not in this kernel"
)
NOTHING: dict[str, Any] = {
    "level": 0,  # promises nothing, so that a child without walls is let live
    "uid": None,
    "is_locked_in": False,
    "landlock": False,
    "syscall_filter": False,
}

SYS_PTRACE = 19
ATTEMPTS = {
    "reads a file": "open('/etc/passwd').close()",
    "lists a folder": "os.listdir('/')",
    "asks what is there": "os.stat('/etc/passwd')",
    "writes a file": "os.close(os.open('/dev/shm/grader-ablation', os.O_RDONLY | os.O_CREAT))",
    "changes a file's times": "os.utime('/etc/passwd')",
    "signals its parent": "os.kill(os.getppid(), 0)",
    "reads its parent's memory": "open(f'/proc/{os.getppid()}/mem', 'rb').close()",
    "makes a socket": "socket.socket().close()",
    "opens a connection": "socket.create_connection(('127.0.0.1', 9), 1)",
    "starts a program": "os.execv('/bin/true', ['true'])",
    "becomes root again": "os.setuid(0)",
}
REFUSALS = "(PermissionError, FileNotFoundError)"

BY = {
    "the filter": {"syscall_filter": True},
    "Landlock": {"landlock": True},
    "the root folder": {"is_locked_in": True},
    "the user": {"uid": 1_000_000_777},
}
"""Each wall alone, for root."""
HOLDS = {
    "the filter": set(ATTEMPTS),
    "Landlock": {
        "reads a file",
        "lists a folder",
        "writes a file",
        "signals its parent",
        "reads its parent's memory",
        "opens a connection",
        "starts a program",
    },
    "the root folder": {
        "reads a file",
        "asks what is there",
        "writes a file",
        "changes a file's times",
        "reads its parent's memory",
        "starts a program",
    },
    "the user": {
        "changes a file's times",
        "signals its parent",
        "reads its parent's memory",
        "becomes root again",
    },
}
"""What each wall alone makes fail; everything else must get through it."""


@pytest.fixture(scope="module")
def warm() -> Iterator[Zygote]:
    with Zygote() as zygote:
        yield zygote


def is_refused(zygote: Zygote, walls: Walls, attempt: str) -> bool:
    """Try something in a child behind these walls."""
    kept, zygote.walls = zygote.walls, walls
    code = f"import os, socket\ntry:\n    {attempt}\n    out = 0\nexcept {REFUSALS}:\n    out = 1\nexcept OSError:\n    out = 0\n"
    call = {"op": "call", "code": code, "answers": {"out": "out"}, "inputs": {}, "constants": {}}
    try:
        child = zygote.spawn(MEMORY_MB, 10.0)
        reply, _ = child.ask({**call, "seed": 1}, CPU_S, WALL_S)
        child.kill()
    finally:
        zygote.walls = kept
    return value_of(answers_of(reply, ["out"])["out"]) == 1


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    Path("/dev/shm/grader-ablation").unlink(missing_ok=True)


# Starting a program ends the child that could tell of it.
TRIED = [name for name in ATTEMPTS if name != "starts a program"]


@needs_root
@needs_landlock
@pytest.mark.parametrize("wall", BY)
@pytest.mark.parametrize("what", TRIED)
def test_each_wall_alone_holds_what_it_is_there_for_and_nothing_else(
    warm: Zygote, wall: str, what: str
) -> None:
    walls = Walls(**{**NOTHING, **BY[wall]})

    assert is_refused(warm, walls, ATTEMPTS[what]) is (what in HOLDS[wall])


def may_trace() -> bool:
    """Tell whether this process reads hidden memory too: root of a container does not."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    held = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(held.split()[1], 16) >> SYS_PTRACE & 1)


@needs_root
@pytest.mark.parametrize("what", TRIED)
def test_without_any_wall_everything_gets_through(warm: Zygote, what: str) -> None:
    is_hidden = what == "reads its parent's memory" and not may_trace()

    assert is_refused(warm, Walls(**NOTHING), ATTEMPTS[what]) is is_hidden


@needs_root
@pytest.mark.parametrize("missing", ["syscall_filter", "landlock", "is_locked_in", "uid"])
@pytest.mark.parametrize(
    "what", [name for name in TRIED if name not in ("makes a socket", "opens a connection")]
)
def test_at_level_3_one_wall_may_fall_and_files_and_processes_stay_closed(
    warm: Zygote, missing: str, what: str
) -> None:
    walls = replace(warm.walls, **{"level": 0, missing: NOTHING[missing]})

    assert is_refused(warm, walls, ATTEMPTS[what])


@needs_root
@needs_landlock
def test_without_the_filter_a_socket_can_be_made_but_not_connected(warm: Zygote) -> None:
    walls = replace(warm.walls, level=0, syscall_filter=False)

    assert not is_refused(warm, walls, ATTEMPTS["makes a socket"])
    assert is_refused(warm, walls, ATTEMPTS["opens a connection"])


# --- what the grader keeps in its memory -----------------------------------------------------

MEMORY = """
import ctypes, os, sys
from grader.sandbox.client import Zygote
from grader.sandbox.process import hide_memory
from grader.sandbox.walls import Walls
is_hidden, has_landlock, has_filter = (word == "True" for word in sys.argv[1:])
secret = ctypes.create_string_buffer(b"the expected answer is " + str(6 * 7).encode())
if is_hidden:
    hide_memory()
code = f'''
import os
wanted = b"the expected " + b"answer is 42"
try:
    with open("/proc/{os.getpid()}/mem", "rb", buffering=0) as memory:
        memory.seek({ctypes.addressof(secret)})
        out = int(memory.read(len(wanted)) == wanted)
except (PermissionError, FileNotFoundError):
    out = -1
'''
call = {"op": "call", "code": code, "answers": {"out": "out"}, "inputs": {}, "constants": {}}
with Zygote(level=2) as zygote:
    zygote.walls = Walls(level=0, landlock=has_landlock, syscall_filter=has_filter)
    child = zygote.spawn(600, 10.0)
    reply, _ = child.ask({**call, "seed": 1}, 2.0, 20.0)
    child.kill()
print(int(reply["answers"]["out"]["value"]))
"""
FOUND, REFUSED = "1", "-1"


def yama_forbids() -> bool:
    """Tell whether the system lets no process read its parent, whatever the parent says."""
    setting = Path("/proc/sys/kernel/yama/ptrace_scope")
    return setting.exists() and setting.read_text().strip() != "0"


@pytest.mark.skipif(available_level() < 2, reason="no walls on this machine")
@pytest.mark.parametrize(
    ("is_hidden", "has_landlock", "has_filter", "told"),
    [
        (False, False, False, FOUND),
        (True, False, False, REFUSED),
        (False, True, False, REFUSED),
        (False, False, True, REFUSED),
        (True, True, True, REFUSED),
    ],
    ids=["no wall", "hidden memory", "Landlock", "the filter", "all"],
)
def test_an_expected_answer_in_the_graders_memory_is_found_only_without_any_wall(
    is_hidden: bool, has_landlock: bool, has_filter: bool, told: str
) -> None:
    if has_landlock and not landlock.version():
        pytest.skip("no Landlock in this kernel")
    if told == FOUND and yama_forbids():
        pytest.skip("Yama lets nobody read the memory of a parent here")

    done = run_as_ordinary_user("-c", MEMORY, is_hidden, has_landlock, has_filter, cwd=ROOT)

    assert done.stdout.strip() == told, done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's children are somebody else")
def test_as_root_the_user_alone_keeps_the_graders_memory_closed(warm: Zygote) -> None:
    walls = Walls(**{**NOTHING, "uid": warm.walls.uid})
    attempt = f"open('/proc/{os.getpid()}/mem', 'rb').close()"

    assert is_refused(warm, walls, attempt)
    assert not is_refused(warm, Walls(**NOTHING), attempt)
