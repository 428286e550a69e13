"""Is it told whose doing a process's end was: the student's, the system's or ours?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import GraderFault
from grader.records import Outcome
from grader.sandbox.client import Child, Death, Zygote
from grader.sandbox.endings import MEMORY_FULL, OUR_FAULT, TOO_SHALLOW, Ending, cause_of, exit_code
from grader.sandbox.meters import oom_kills
from tests.sandbox.pupils import HandedIn, HandIn

pytestmark = pytest.mark.usefixtures("unharmed")

TAMPER = """
import sys
def loop():
    caller = sys._getframe()
    while caller.f_code.co_name != 'serve':
        caller = caller.f_back
    return caller.f_globals
def f(error):
    def broken(*given):
        raise error
    loop()['_send'] = broken
"""
"""Lets the child's own loop fail, as it would from a mistake of ours."""


def death_after(pupil: HandedIn, error: str) -> Death:
    """Let the loop fail at the next question."""
    pupil.out(f"import hw\nhw.f({error})\nout = 1")
    with pytest.raises(Death) as death:
        pupil.out("out = 1")
    return death.value


def test_a_mistake_in_our_part_of_the_process_is_no_outcome_of_the_students(
    hand_in: HandIn,
) -> None:
    with pytest.raises(
        GraderFault, match=r"our part .* failed, or .*: the child failed: KeyError: 'x'"
    ):
        hand_in("").child.ask({"op": "x"}, 1.0, 20.0)


def test_our_exit_code_is_ours_even_if_nothing_was_said(hand_in: HandIn) -> None:
    with pytest.raises(GraderFault, match="exit code 70"):
        hand_in("").out(f"import os\nos._exit({OUR_FAULT})")


TAMPERING = {
    "a function of ours": f"{TAMPER}f(TypeError('x'))",
    "the words of our complaint": f"{TAMPER}import builtins\nbuiltins.type = None\nf(OSError('x'))",
    "a function of Python's": "import builtins\nbuiltins.len = None",
    "what tells errors apart": "import builtins\nbuiltins.isinstance = builtins.any = None",
    "the way out": "import os, builtins\nos._exit = builtins.len = None",
}


@pytest.mark.parametrize("source", TAMPERING.values(), ids=TAMPERING.keys())
def test_who_breaks_our_part_of_the_process_has_crashed(hand_in: HandIn, source: str) -> None:
    pupil = hand_in(f"def f():\n    exec({source!r}, globals())\n")

    def ask_twice() -> None:
        """The answer to the first question may be on its way already."""
        for _ in range(2):
            pupil.out("import hw\nhw.f()\nout = 1")

    with pytest.raises(Death) as death:
        ask_twice()

    assert death.value.outcome is Outcome.CRASHED


def test_too_little_memory_to_answer_is_the_students(hand_in: HandIn) -> None:
    death = death_after(hand_in(TAMPER), "MemoryError()")

    assert death.outcome is Outcome.OUT_OF_MEMORY
    assert death.message == "it left no memory to answer with"


def test_a_recursion_limit_too_low_to_answer_is_the_students(hand_in: HandIn) -> None:
    lowest = "    for limit in range(1, 99):\n        try:\n            return sys.setrecursionlimit(limit)\n        except RecursionError:\n            pass\n"
    pupil = hand_in(f"import sys\ndef f():\n{lowest}")

    with pytest.raises(Death) as death:
        pupil.out("import hw\nhw.f()\nout = [[[1]]]")

    assert death.value.outcome is Outcome.CRASHED
    assert "recursion limit" in death.value.message


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), MEMORY_FULL),
        (RecursionError(), TOO_SHALLOW),
        (KeyError(), OUR_FAULT),
        (SystemExit(), OUR_FAULT),
    ],
)
def test_an_error_in_our_loop_has_its_exit_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code


@pytest.mark.parametrize(
    ("number", "cpu_s", "was_for_memory", "outcome"),
    [
        (signal.SIGKILL, 0.1, False, Outcome.CRASHED),
        (signal.SIGKILL, 0.1, True, Outcome.OUT_OF_MEMORY),
        (signal.SIGKILL, 5.0, True, Outcome.TIMED_OUT),
        (signal.SIGXCPU, 0.1, True, Outcome.TIMED_OUT),
        (signal.SIGSEGV, 0.1, True, Outcome.CRASHED),
        (signal.SIGSEGV, 5.0, False, Outcome.CRASHED),
    ],
)
def test_a_signal_is_told_by_what_the_kernel_accounted(
    number: int, cpu_s: float, was_for_memory: bool, outcome: Outcome
) -> None:
    ending = Ending(signal=number, code=0, cpu_s=cpu_s, peak_mb=100.0)

    assert cause_of(ending, 5.0, was_for_memory)[0] is outcome


# --- killed by the system --------------------------------------------------------------------

MEMORY_GROUPS = Path("/sys/fs/cgroup/memory")
TAKE = "kept = [np.ones(10**6) for _ in range(60)]\nout = len(kept)"


@pytest.fixture
def small_machine() -> Iterator[Path]:
    """A control group of the kernel with 200 MB of memory."""
    group = MEMORY_GROUPS / f"grader-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(200 << 20))
    except OSError:
        pytest.skip("no control group of memory (version 1) can be made here")
    if oom_kills() is None:
        pytest.skip("the kernel does not tell how often it killed for memory")
    yield group
    group.rmdir()


def asked(child: Child, code: str) -> None:
    call = {"op": "call", "code": code, "answers": {"out": "out"}, "inputs": {}, "constants": {}}
    child.ask({**call, "seed": 1}, 20.0, 60.0)


def test_who_is_killed_by_the_system_for_memory_has_run_out_of_it(small_machine: Path) -> None:
    with Zygote() as zygote:
        (small_machine / "cgroup.procs").write_text(str(zygote._process.pid))
        child = zygote.spawn(2000, 60.0)
        with pytest.raises(Death) as death:
            asked(child, TAKE)
        is_alive = zygote.is_alive

    assert death.value.outcome is Outcome.OUT_OF_MEMORY
    assert death.value.message == "the system killed it for its memory"
    assert is_alive, "the child is the first that the system takes"


@pytest.mark.parametrize(("peak_mb", "is_believed"), [(100.0, False), (500.0, True)])
def test_without_the_kernels_count_only_a_large_process_is_believed(
    zygote: Zygote, peak_mb: float, is_believed: bool
) -> None:
    counted, zygote._oom_kills = zygote._oom_kills, None
    try:
        assert zygote.may_be_out_of_memory(peak_mb, 600.0) is is_believed
    finally:
        zygote._oom_kills = counted


# --- the wall clock --------------------------------------------------------------------------


def test_who_stands_in_line_for_a_processor_gets_another_try(zygote: Zygote) -> None:
    """Busy neighbours on the one processor that the child is bound to."""
    cores = os.sched_getaffinity(0)
    core = {min(cores)}
    burn = [sys.executable, "-c", "while True: pass"]
    neighbours = [subprocess.Popen(burn) for _ in range(3)]
    try:
        for neighbour in neighbours:
            os.sched_setaffinity(neighbour.pid, core)
        child = zygote.spawn(600, 60.0)
        os.sched_setaffinity(child.pid, core)
        with pytest.raises(Death) as death:
            child.ask(
                {"op": "call", "code": "while True: pass", "answers": {}, "inputs": {}}
                | {"constants": {}, "seed": 1},
                cpu_s=5.0,
                wall_s=1.5,
            )
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()

    assert death.value.message == "it used more than its share of wall time"
    assert death.value.retry


def test_all_calls_of_a_child_have_a_wall_limit_together(zygote: Zygote) -> None:
    child = zygote.spawn(600, 60.0, wall_s=0.8)
    asked(child, "import time\ntime.sleep(0.3)\nout = 1")

    began = time.monotonic()
    with pytest.raises(Death) as death:
        asked(child, "import time\ntime.sleep(60)\nout = 1")

    assert time.monotonic() - began < 0.7
    assert death.value.outcome is Outcome.TIMED_OUT
    assert death.value.message == "it used up the wall time of its submission"
    assert not death.value.retry


def test_looking_at_answers_takes_none_of_a_childs_wall_time(zygote: Zygote) -> None:
    child = zygote.spawn(600, 60.0, wall_s=5.0)
    asked(child, "out = 1")
    time.sleep(0.3)
    child.kill()

    assert child.asked_s < 0.2 < child.usage.wall_s
