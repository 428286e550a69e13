"""Do the walls stand before a student's first byte comes, and does nothing outlive its parent?"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from grader.errors import GraderFault, IsolationError
from grader.sandbox import landlock
from grader.sandbox.canaries import unproven
from grader.sandbox.client import Zygote
from grader.sandbox.handle import Child, StillbornError
from grader.sandbox.levels import available_level, private_uid
from grader.sandbox.walls import Walls
from tests.sandbox.nobody import run_as_ordinary_user
from tests.sandbox.pupils import HandIn, value_of

ROOT = Path(__file__).parents[2]
HELD = dict.fromkeys(["files", "processes", "network", "forks", "programs", "filter"], True)
LANDLOCK = {"landlock": True} if landlock.version() else {}
needs_walls = pytest.mark.skipif(available_level() < 2, reason="no walls on this machine")
needs_root = pytest.mark.skipif(available_level() < 3, reason="needs root")


@pytest.fixture
def own_zygote() -> Iterator[Zygote]:
    """A zygote for one test to spoil."""
    with Zygote() as warm:
        yield warm


def start_grader(code: str) -> subprocess.Popen[str]:
    """Start a process that imports the sandbox and runs this code."""
    return subprocess.Popen(
        [sys.executable, "-c", f"from grader.sandbox.client import *\n{code}"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def assert_gone(pids: list[int]) -> None:
    for pid in pids:
        try:
            psutil.Process(pid).wait(timeout=20)
        except psutil.NoSuchProcess:
            continue


# --- canaries ------------------------------------------------------------------------------


@needs_walls
def test_every_wall_is_tried_in_every_child(zygote: Zygote) -> None:
    child = zygote.spawn(600, 1.0)
    child.kill()

    more = {"user": True, "folder": True} if zygote.level == 3 else {}
    assert child.canaries == {**HELD, **LANDLOCK, **more}


@needs_walls
def test_without_the_filter_nothing_of_a_submission_is_sent(own_zygote: Zygote) -> None:
    own_zygote.walls = replace(own_zygote.walls, syscall_filter=False)

    with pytest.raises(
        IsolationError, match=r"these walls do not hold: .*network, forks, programs"
    ):
        own_zygote.spawn(600, 1.0)

    assert psutil.Process(own_zygote._process.pid).children() == []


WITH_ANOTHER_FILTER = """
import os, struct
from grader.sandbox import landlock, seccomp, walls
from grader.sandbox.canaries import unproven

LET_THROUGH = (6, 0, 0, 0x7FFF0000)
seccomp.{changed}
stands = walls.Walls(level=2, landlock=landlock.version() > 0, syscall_filter=True)
held = walls.put_up(stands, walls.Bounds(cpu_s=5, memory_mb=600), os.getppid())
print(*unproven(stands, held))
"""
ALL_LET_THROUGH = "program = lambda *about: struct.pack('<HBBI', *LET_THROUGH)"
NO_ARGUMENT_LOOKED_AT = "_fcntl = lambda: [LET_THROUGH]"


@needs_walls
def test_a_filter_that_lets_everything_through_is_noticed_behind_all_other_walls() -> None:
    code = WITH_ANOTHER_FILTER.format(changed=ALL_LET_THROUGH)

    done = run_as_ordinary_user("-c", code, cwd=ROOT)

    assert "filter" in done.stdout.split(), done.stderr


@needs_walls
def test_a_filter_that_looks_at_no_argument_is_noticed() -> None:
    code = WITH_ANOTHER_FILTER.format(changed=NO_ARGUMENT_LOOKED_AT)

    done = run_as_ordinary_user("-c", code, cwd=ROOT)

    assert done.stdout.split() == ["filter"], done.stderr


@needs_root
@pytest.mark.parametrize("uid", [None, 0, 2**32 - 1])
def test_without_a_private_user_nothing_of_a_submission_is_sent(
    own_zygote: Zygote, uid: int | None
) -> None:
    own_zygote.walls = replace(own_zygote.walls, uid=uid)

    with pytest.raises(IsolationError, match=r"these walls do not hold: .*user"):
        own_zygote.spawn(600, 1.0)


@pytest.mark.parametrize(
    ("level", "held", "holes"),
    [
        (0, {}, []),
        (2, HELD, []),
        (3, {**HELD, "user": True, "folder": True}, []),
        (2, {}, [*HELD]),
        (2, {**HELD, "filter": False}, ["filter"]),
        (3, HELD, ["user", "folder"]),
        (3, {**HELD, "user": True}, ["folder"]),
        (2, {**HELD, "network": False}, ["network"]),
        (0, {"files": False}, ["files"]),
        (2, {**HELD, "forks": 1}, ["forks"]),
    ],
)
def test_a_wall_counts_only_if_it_was_tried_and_held(
    level: int, held: dict[str, bool], holes: list[str]
) -> None:
    assert unproven(Walls(level=level), held) == holes


@pytest.mark.parametrize(
    ("held", "holes"), [(True, []), (False, ["landlock"]), (None, ["landlock"])]
)
def test_landlock_counts_only_where_it_was_to_stand(held: bool | None, holes: list[str]) -> None:
    told = HELD if held is None else {**HELD, "landlock": held}

    assert unproven(Walls(level=2, landlock=True), told) == holes
    assert unproven(Walls(level=2), HELD) == []


# --- walls that cannot be put up -----------------------------------------------------------


@needs_root
def test_a_wall_that_cannot_be_put_up_is_our_fault_and_says_why(own_zygote: Zygote) -> None:
    own_zygote.walls = replace(own_zygote.walls, uid=-2)

    with pytest.raises(GraderFault, match=r"did not come up: the child failed: OverflowError"):
        own_zygote.spawn(600, 1.0)

    assert own_zygote.is_alive


@pytest.mark.parametrize(("stillborn", "is_given_up"), [(1, False), (2, False), (3, True)])
def test_a_child_that_ends_before_its_walls_stand_is_asked_for_again(
    own_zygote: Zygote, monkeypatch: pytest.MonkeyPatch, stillborn: int, is_given_up: bool
) -> None:
    await_walls, born = Child._await_walls, []

    def ended(child: Child) -> None:
        born.append(child.pid)
        if len(born) <= stillborn:
            child.kill()
            raise StillbornError("the child's walls did not come up: SIGKILL")
        await_walls(child)

    monkeypatch.setattr(Child, "_await_walls", ended)
    if is_given_up:
        with pytest.raises(StillbornError):
            own_zygote.spawn(600, 1.0)
    else:
        own_zygote.spawn(600, 1.0).kill()
    assert len(born) == min(stillborn + 1, 3)


def test_a_level_that_is_not_there_is_refused() -> None:
    with pytest.raises(IsolationError, match="isolation level 4 is not available here"):
        Zygote(level=4)


def test_a_zygote_that_has_ended_is_our_fault(own_zygote: Zygote) -> None:
    own_zygote._process.kill()
    own_zygote._process.wait()

    with pytest.raises(GraderFault, match="zygote"):
        own_zygote.spawn(600, 1.0)
    assert not own_zygote.is_alive


def test_a_zygote_without_walls_still_has_limits() -> None:
    with Zygote(level=0) as warm:
        child = warm.spawn(600, 1.0)
        child.kill()

    assert child.canaries == {}


# --- who the child is ----------------------------------------------------------------------


@needs_root
def test_as_root_a_child_is_a_user_that_nobody_else_is(hand_in: HandIn) -> None:
    pupil = hand_in(
        "import os\ndef f():\n    return [os.getuid(), os.geteuid(), os.getgid(), os.getegid()]"
    )
    expected = private_uid(os.getpid())

    answer = pupil.out("import hw\nout = min(hw.f()) + max(hw.f())")

    assert expected is not None
    assert value_of(answer) == 2 * expected


@needs_root
def test_without_the_empty_folder_nothing_of_a_submission_is_sent(own_zygote: Zygote) -> None:
    own_zygote.walls = replace(own_zygote.walls, is_locked_in=False)

    with pytest.raises(IsolationError, match="these walls do not hold: folder"):
        own_zygote.spawn(600, 1.0)


@needs_root
def test_as_root_a_child_sees_an_empty_folder_as_its_root(hand_in: HandIn) -> None:
    pupil = hand_in(
        "import os\nfound = [p for p in ('/etc', '/proc', '/tmp', '/dev') if os.path.exists(p)]"
    )

    assert value_of(pupil.out("import hw\nout = len(hw.found)")) == 0


@pytest.mark.parametrize("number", [0, 1, 65534, 2**22])
def test_a_private_user_id_is_none_of_the_systems(number: int) -> None:
    uid = private_uid(number)

    assert uid is None or uid > 1000


@needs_root
@pytest.mark.parametrize("dropped", [5, 6, 7, 18])
def test_root_without_its_powers_has_the_walls_of_a_user(dropped: int) -> None:
    code = f"""
import ctypes
libc = ctypes.CDLL(None)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
sets = (ctypes.c_uint32 * 6)()
assert libc.capget(header, sets) == 0
for i in (0, 1):
    sets[i] &= ~(1 << {dropped})
assert libc.capset(header, sets) == 0
with Zygote() as zygote:
    child = zygote.spawn(600, 1.0)
    child.kill()
    print(zygote.level, *child.canaries)
"""
    told, _ = start_grader(code).communicate()

    assert told.split() == ["2", *LANDLOCK, *HELD]


# --- memory --------------------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_hidden_memory_cannot_be_read_by_the_same_user() -> None:
    grader = start_grader(
        "from grader.sandbox.process import hide_memory\nhide_memory()\nprint('hidden', flush=True)\ninput()"
    )
    assert grader.stdout is not None
    grader.stdout.readline()

    with pytest.raises(PermissionError):
        os.open(f"/proc/{grader.pid}/mem", os.O_RDONLY)

    grader.communicate("\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_the_zygotes_memory_is_hidden(zygote: Zygote) -> None:
    with pytest.raises(PermissionError):
        os.open(f"/proc/{zygote._process.pid}/mem", os.O_RDONLY)


# --- nothing outlives its parent -----------------------------------------------------------


def test_a_closed_zygote_leaves_no_process() -> None:
    warm = Zygote()
    warm.spawn(600, 1.0)
    pids = [warm._process.pid, *(p.pid for p in psutil.Process(warm._process.pid).children())]

    warm.close()

    assert len(pids) == 2
    assert_gone(pids)


@needs_root
def test_each_zygote_locks_its_children_into_an_empty_folder_that_nobody_can_reach(
    zygote: Zygote, own_zygote: Zygote
) -> None:
    for one in (zygote, own_zygote):
        place = Path(f"/proc/{one._process.pid}/cwd")
        shown = os.readlink(place)

        assert shown.endswith(" (deleted)")
        assert not os.path.lexists(shown.removesuffix(" (deleted)"))
        assert list(place.iterdir()) == []
        assert (place.stat().st_uid, stat.S_IMODE(place.stat().st_mode)) == (0, 0o555)
        with pytest.raises(FileNotFoundError):
            (place / "x").write_text("put there by root")


def test_code_that_asks_where_it_is_is_told_the_root_folder(hand_in: HandIn) -> None:
    pupil = hand_in(
        """
        import os, pathlib, sys
        HERE = os.path.dirname(os.path.abspath(__file__))
        sys.path.insert(0, HERE)
        found = {HERE, os.getcwd(), os.getcwdb().decode(), str(pathlib.Path.cwd()), os.path.realpath(".")}
        def f():
            return float(found == {"/"})
        """
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out("import hw\nout = hw.f()")) == 1


@needs_root
def test_a_zygote_holds_no_memory_that_its_children_could_change(zygote: Zygote) -> None:
    maps = Path(f"/proc/{zygote._process.pid}/maps").read_text().splitlines()

    assert len(maps) > 50
    assert [line for line in maps if line.split()[1][1] == "w" and line.split()[1][3] == "s"] == []


@needs_root
def test_what_others_have_put_into_the_temporary_folder_does_not_stop_a_zygote() -> None:
    planted = Path(tempfile.gettempdir()) / "grader-empty"
    is_ours = not planted.exists()
    if is_ours:
        planted.mkdir(0o777)
        (planted / "trap").touch()
        os.chown(planted, 65534, 65534)
    try:
        with Zygote() as warm:
            warm.spawn(600, 1.0).kill()
    finally:
        if is_ours:
            shutil.rmtree(planted)


@pytest.mark.skipif(sys.platform != "linux", reason="PDEATHSIG is Linux's")
def test_when_the_grader_is_killed_its_zygote_and_child_go_with_it() -> None:
    code = """
zygote = Zygote()
child = zygote.spawn(600, 60.0)
print(zygote._process.pid, child.pid, flush=True)
endless = {"op": "call", "code": "while True: pass", "answers": {}, "inputs": {}}
child.ask({**endless, "constants": {}, "seed": 1}, 60.0, 60.0)
"""
    grader = start_grader(code)
    assert grader.stdout is not None
    pids = [int(pid) for pid in grader.stdout.readline().split()]

    grader.send_signal(signal.SIGKILL)
    grader.communicate()

    assert len(pids) == 2
    assert_gone(pids)


@needs_root
def test_a_private_users_processes_can_all_be_killed() -> None:
    code = f"""
import subprocess
from grader.sandbox.zygote import _kill_all_of
uid = {private_uid(os.getpid())} + 1
started = [
    subprocess.Popen(["/bin/sleep", "1000"], user=uid, group=uid, start_new_session=True)
    for _ in range(3)
]
_kill_all_of(uid)
print(*(process.wait() for process in started))
"""
    told, _ = start_grader(code).communicate()

    assert told.split() == ["-9"] * 3


def test_a_killed_child_is_killed_once(zygote: Zygote) -> None:
    child = zygote.spawn(600, 1.0)

    child.kill()
    used = child.usage
    child.kill()

    assert child.usage == used
    assert used.peak_mb > 1


def test_many_children_one_after_the_other_leave_no_descriptor_open(zygote: Zygote) -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/fd"))

    zygote.spawn(600, 1.0).kill()
    before = count()
    for _ in range(20):
        zygote.spawn(600, 1.0).kill()

    assert count() == before


# --- a child that is asked for ahead of time -------------------------------------------------


def children_of(warm: Zygote) -> list[int]:
    return [child.pid for child in psutil.Process(warm._process.pid).children()]


def prepared_by(warm: Zygote) -> int:
    """Return the process that a zygote has been asked for, as soon as it is there."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for pid in children_of(warm):
            return pid
    raise AssertionError("no child is forked")


def test_a_prepared_child_is_the_next_one_and_its_walls_stand() -> None:
    with Zygote() as warm:
        warm.prepare(600, 1.0)
        waiting = prepared_by(warm)
        child = warm.spawn(600, 1.0)

        assert child.pid == waiting
        assert child.canaries
        assert all(child.canaries.values())
        child.kill()
        assert children_of(warm) == []


def test_a_prepared_child_with_other_limits_is_not_taken() -> None:
    with Zygote() as warm:
        warm.prepare(600, 1.0)
        waiting = prepared_by(warm)
        child = warm.spawn(700, 1.0)

        assert child.pid != waiting
        assert children_of(warm) == [child.pid]
        child.kill()


def test_a_prepared_child_that_was_killed_is_replaced() -> None:
    with Zygote() as warm:
        warm.prepare(600, 1.0)
        waiting = prepared_by(warm)
        os.kill(waiting, signal.SIGKILL)
        child = warm.spawn(600, 1.0)

        assert children_of(warm) == [child.pid]
        child.kill()


def test_a_child_is_buried_while_another_one_is_prepared() -> None:
    with Zygote() as warm:
        child = warm.spawn(600, 1.0)
        warm.prepare(600, 1.0)
        child.kill()
        later = warm.spawn(600, 1.0)

        assert child.usage.cpu_s > 0
        assert later.pid != child.pid
        later.kill()
        assert children_of(warm) == []


def test_a_prepared_child_ends_with_its_zygote_and_leaves_no_descriptor_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with Zygote() as warm:
        earlier = warm.spawn(600, 1.0)
        warm.prepare(600, 1.0)
        # Its burial takes the descriptors of the one that waits off the socket.
        earlier.kill()
        waiting = prepared_by(warm)

    assert_gone([waiting])
    assert len(os.listdir("/proc/self/fd")) == before


# --- what is warm --------------------------------------------------------------------------


def test_a_preload_that_is_not_installed_is_told() -> None:
    with Zygote(preload=("no_such_module", "colorsys")) as warm:
        assert warm.missing == ("no_such_module",)


def test_a_preload_can_be_imported(hand_in: HandIn) -> None:
    pupil = hand_in("import nbformat\nname = nbformat.current_nbformat")

    assert value_of(pupil.out("import hw\nout = hw.name")) == 4


def test_hashes_are_the_same_in_every_zygote() -> None:
    told = set()
    for _ in range(2):
        with Zygote() as warm:
            child = warm.spawn(600, 5.0)
            call = {"op": "call", "code": "", "answers": {"out": "hash('x') % 2**31"}}
            reply, _ = child.ask({**call, "inputs": {}, "constants": {}, "seed": 1}, 1.0, 20.0)
            told.add(int(reply["answers"]["out"]["value"]))
            child.kill()

    assert len(told) == 1


def test_a_zygote_whose_grader_is_gone_ends_without_a_traceback() -> None:
    code = (
        "import msgpack\n"
        "from grader.sandbox.client import Zygote\n"
        "from grader.sandbox.walls import Bounds\n"
        "zygote = Zygote()\n"
        "bounds = Bounds(cpu_s=1, memory_mb=512).plain()\n"
        "asked = {'op': 'spawn', 'walls': zygote.walls.plain(), 'bounds': bounds}\n"
        "zygote._control.send(msgpack.packb(asked))\n"
        "zygote._control.close()\n"
        "print(zygote._process.wait(20))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("0\n", "")
