"""What ends a run before its end, and when may it? Ctrl-C, SIGTERM, and a closed terminal."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Collection, Iterator

ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals that end a run: of a keyboard, of a batch system, of a terminal that is closed."""
_HAS_MASK = hasattr(signal, "pthread_sigmask")


@contextlib.contextmanager
def uninterrupted(signals: Collection[signal.Signals] = ENDING) -> Iterator[None]:
    """Let whatever would end a run wait until the block is over.

    What is started within inherits that these signals are blocked. Here that would not do: with
    more than one thread another one gets the signal, and this one its handler.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    come: list[int] = []
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, signals) if _HAS_MASK else None
    before = {
        number: signal.signal(number, lambda number, frame: come.append(number))
        for number in signals
        if signal.getsignal(number) not in (signal.SIG_IGN, None)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        try:
            if come:
                signal.raise_signal(come[0])
        finally:
            if masked is not None:
                signal.pthread_sigmask(signal.SIG_SETMASK, masked)


@contextlib.contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Have every signal that ends a run raise KeyboardInterrupt, so that its tables are written.

    One that is ignored stays so (``nohup``), and one that somebody handles stays theirs.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in ENDING:
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_interruption_to_parent() -> None:
    """Have a worker ignore what reaches its whole group, and end at SIGTERM.

    The parent decides what becomes of its workers: it stops them, or dies and takes them along.
    """
    for number in ENDING:
        if number != signal.SIGTERM:
            signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: _end())
    if _HAS_MASK:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _end() -> None:
    raise SystemExit
