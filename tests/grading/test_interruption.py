"""What ends a run ends it as Ctrl-C does: at once, and with its tables."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from grader.grading.interruption import ENDING, ended_as_by_ctrl_c, uninterrupted


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    before = {number: signal.signal(number, signal.SIG_DFL) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", ENDING)
def test_each_of_them_interrupts_and_only_within_the_block(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), ended_as_by_ctrl_c():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is signal.SIG_DFL


def test_what_is_ignored_or_handled_stays_so() -> None:
    met = []
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: met.append(number))
    with ended_as_by_ctrl_c():
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
    assert met == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


@pytest.mark.parametrize("number", ENDING)
def test_an_interruption_waits_for_the_end_of_what_must_be_whole(number: signal.Signals) -> None:
    """With a second thread at hand, which the signal reaches although it is blocked here."""
    done: list[str] = []
    over = threading.Event()
    threading.Thread(target=over.wait, daemon=True).start()
    try:
        with pytest.raises(KeyboardInterrupt), ended_as_by_ctrl_c():
            write_whole(number, done)
    finally:
        over.set()
    assert done == ["whole"], "and it comes as soon as it may"


def write_whole(number: signal.Signals, done: list[str]) -> None:
    with uninterrupted():
        for _ in range(2):
            os.kill(os.getpid(), number)
            time.sleep(0.01)
        done.append("whole")
    done.append("went on")
