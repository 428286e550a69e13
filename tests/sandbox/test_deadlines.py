"""Does a watch find the limit that was passed, and say what may be the machine's doing?"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from grader.records import Outcome
from grader.sandbox.client import Death, Zygote
from grader.sandbox.deadlines import Watch
from grader.sandbox.meters import Meter, PortableMeter, meter_of

LIMITS = {"cpu_s": 60.0, "wall_s": 60.0, "wall_left_s": math.inf, "memory_mb": 10_000.0}


@pytest.fixture
def meter() -> Iterator[Meter]:
    """The meter of a process that sleeps."""
    process = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"], stdin=-1, stdout=-1
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield meter_of(process.pid)
    process.communicate(b"\n")


def watch(meter: Meter, *, waited_s: float = 0.0, **limits: float) -> Watch:
    """Return a watch over a call that began a while ago."""
    given = {"cpu_before_s": meter.cpu_s(), **LIMITS, **limits}
    began = time.monotonic() - waited_s
    return Watch(meter, began=began, queued_s=meter.queued_s(), **given)


def test_nothing_is_passed_at_the_beginning(meter: Meter) -> None:
    assert watch(meter).excess() is None
    assert 0 < watch(meter).pause() <= 60.01


def test_cpu_time_is_counted_from_the_end_of_the_call_before(meter: Meter) -> None:
    used = meter.cpu_s()

    assert watch(meter, cpu_before_s=used, cpu_s=0.1).excess() is None
    excess = watch(meter, cpu_before_s=used - 0.2, cpu_s=0.1).excess()

    assert excess is not None
    assert excess.message == "it used more than 0.1 s of CPU time"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells sleeping from waiting")
def test_who_slept_is_not_asked_again(meter: Meter) -> None:
    excess = watch(meter, waited_s=61.0).excess()

    assert excess is not None
    assert (excess.outcome, excess.retry) == (Outcome.TIMED_OUT, False)


def test_where_nobody_can_tell_sleeping_from_waiting_there_is_another_try(meter: Meter) -> None:
    own = watch(meter, waited_s=61.0)
    own._queued_s = None

    excess = own.excess()

    assert excess is not None
    assert excess.retry


def test_of_two_wall_limits_the_nearer_one_is_told(meter: Meter) -> None:
    excess = watch(meter, waited_s=2.0, wall_left_s=1.0).excess()

    assert excess is not None
    assert excess.message == "it used up the wall time of its submission"
    assert not excess.retry
    assert watch(meter, waited_s=2.0, wall_left_s=1.0).pause() == 0.0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who stands in line")
def test_time_in_line_for_a_processor_is_not_the_submissions(meter: Meter) -> None:
    own = watch(meter, waited_s=2.0, wall_left_s=1.0)
    assert own._queued_s is not None
    own._queued_s -= 1.5  # as if it had stood in line for so long meanwhile

    assert own.excess() is None
    assert own.in_line_s >= 1.5
    assert watch(meter, waited_s=2.0, wall_left_s=1.0).excess() is not None


def test_where_the_kernel_holds_no_limit_of_memory_the_watch_does(meter: Meter) -> None:
    assert isinstance(meter_of(1), type(meter))
    portable = PortableMeter(meter_of_pid(meter))

    within, over = watch(portable).excess(), watch(portable, memory_mb=1.0).excess()

    assert within is None
    assert over is not None
    assert (over.outcome, over.message) == (
        Outcome.OUT_OF_MEMORY,
        "it took more than 1 MB of memory",
    )
    assert watch(portable).pause() <= portable.look_every_s


def meter_of_pid(meter: Meter) -> int:
    """Return the process of a Linux meter, by its clock."""
    clock = getattr(meter, "_clock", None)
    if clock is None:
        pytest.skip("the kernel's meter is Linux's")
    return int(~(clock >> 3))


# --- a whole child, held by what other systems have --------------------------------------------


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("while True: pass", "it used more than 0.3 s of CPU time"),
        ("import time; time.sleep(60)", "it used more than its share of wall time"),
    ],
)
def test_psutil_alone_holds_a_child_to_its_limits(
    zygote: Zygote, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    monkeypatch.setattr("grader.sandbox.handle.meter_of", PortableMeter)
    child = zygote.spawn(600, 60.0)
    call = {"op": "call", "code": code, "answers": {}, "inputs": {}, "constants": {}, "seed": 1}

    with pytest.raises(Death) as death:
        child.ask(call, 0.3, 1.2)

    assert death.value.message == told
