"""How long is fuzzed, and how much memory may be taken at the peak?"""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import settings

_MEGABYTE = 1 << 20


def bounded(examples: int) -> settings:
    """Return settings for so many examples, or ``FUZZ`` times as many if that is set."""
    times = int(os.environ.get("FUZZ", "1"))
    return settings(max_examples=examples * times, deadline=None)


@contextmanager
def at_most(megabytes: float) -> Iterator[None]:
    """Fail unless what runs within takes less than so much memory in addition."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1] / _MEGABYTE
    finally:
        tracemalloc.stop()
    assert peak < megabytes, f"{peak:.0f} MB were taken"
