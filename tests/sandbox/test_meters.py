"""Is what a process uses read from the kernel, and from nothing that the process says?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from grader.sandbox.meters import KernelMeter, Meter, PortableMeter, is_over
from tests.sandbox.pupils import HandIn

WORK = "x = b'x' * (80 << 20)\nfor _ in range(5 * 10**6): pass\ndel x\nprint(flush=True)\ninput()"
METERS = [PortableMeter, *([KernelMeter] if sys.platform == "linux" else [])]


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    """A process that took 80 MB and some CPU time, and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    yield process
    process.communicate(b"\n")


@pytest.mark.parametrize("kind", METERS)
def test_a_meter_reads_the_cpu_time_of_another_process(
    busy: subprocess.Popen[bytes], kind: type[Meter]
) -> None:
    assert busy.stdout is not None
    busy.stdout.readline()
    meter = kind(busy.pid)  # type: ignore[call-arg]

    assert 0.02 < meter.cpu_s() < 10.0

    meter.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is Linux's")
def test_memory_that_was_given_back_still_counts(busy: subprocess.Popen[bytes]) -> None:
    assert busy.stdout is not None
    busy.stdout.readline()
    meter = KernelMeter(busy.pid)

    assert 80 < meter.peak_mb() < 200

    meter.close()


def test_a_portable_meter_keeps_the_peak_that_it_saw(busy: subprocess.Popen[bytes]) -> None:
    meter = PortableMeter(busy.pid)
    seen = 0.0
    assert busy.stdout is not None
    while seen < 80:
        seen = meter.peak_mb()
    busy.stdout.readline()

    assert meter.peak_mb() >= seen


@pytest.mark.parametrize("kind", METERS)
def test_a_process_that_is_gone_has_used_nothing_more(kind: type[Meter]) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    meter = kind(process.pid)  # type: ignore[call-arg]
    process.wait()

    meter.cpu_s()
    meter.peak_mb()
    meter.close()
    meter.close()

    assert is_over(process.pid, 0.0)


def test_a_zombie_is_over_and_a_sleeper_is_not() -> None:
    sleeper = subprocess.Popen(["sleep", "60"])
    gone = subprocess.Popen(["true"])
    try:
        assert is_over(gone.pid, 10.0)
        assert not is_over(sleeper.pid, 0.05)
    finally:
        sleeper.kill()
        sleeper.wait()
        gone.wait()


def test_each_call_has_its_cpu_time_and_the_peak_so_far(hand_in: HandIn) -> None:
    child = hand_in("").child
    call = {"op": "call", "answers": {}, "inputs": {}, "constants": {}, "seed": 1}
    burn = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    codes = ["x = 1", "x = np.ones(10**7)", burn, "x = 1"]

    # one at a time: of requests that are sent together the next may run while the use is read
    used = [child.ask({**call, "code": code}, 5.0, 20.0)[1] for code in codes]

    assert used[2].cpu_s > 0.45 > max(used[0].cpu_s, used[3].cpu_s)
    peaks = [usage.peak_mb for usage in used]
    assert peaks[1] - peaks[0] > 40, "80 MB, of which the kernel may not have added up all"
    assert list(np.maximum.accumulate(peaks)) == peaks


@pytest.mark.skipif(os.name != "posix", reason="no pipes to forge on")
def test_what_a_child_says_of_its_memory_counts_for_nothing(hand_in: HandIn) -> None:
    source = """
import sys
def f():
    caller = sys._getframe()
    while caller.f_code.co_name != 'serve':
        caller = caller.f_back
    send = caller.f_globals['_send']
    caller.f_globals['_send'] = lambda message: send({**message, 'peak_kb': 1, 'cpu_s': 0.0})
    return 1
"""
    pupil = hand_in(source)
    pupil.out("import hw\nout = hw.f()")

    call = {"op": "call", "code": "x = np.ones(10**7)", "answers": {}, "inputs": {}}
    _, usage = pupil.child.ask({**call, "constants": {}, "seed": 1}, 5.0, 20.0)

    assert usage.peak_mb > 80
    assert usage.cpu_s > 0
