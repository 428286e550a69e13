"""How far has a run come, what has come out so far, and how long will the rest take?"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from grader.records import Outcome, ScoreSheet

_LINES = 10
"""Lines that a log gets of a whole run."""
_MINUTE, _HOUR = 60, 3600

OnStart = Callable[[], None]
OnSheet = Callable[[ScoreSheet], None]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What has come out so far.

    Parameters
    ----------
    total
        Submissions of the whole run.
    jobs
        How many are graded at a time.
    """

    total: int
    jobs: int = 1
    first: float = 0.0
    """When the first one ended, by a clock that only goes forwards."""
    done: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)

    def count(self, sheet: ScoreSheet, now: float) -> None:
        """Count one more submission with its items, which has ended now."""
        if not self.done:
            self.first = now
        self.done += 1
        self.outcomes.update(score.verdict.outcome for score in sheet.scores)

    @property
    def outcomes_text(self) -> str:
        """How often each outcome has come, in the order in which outcomes are listed."""
        return ", ".join(f"{self.outcomes[one]} {one}" for one in Outcome if self.outcomes[one])

    def left_text(self, now: float) -> str:
        """Return how long the rest takes if it goes on as it went, "" where nobody can tell.

        Counted from the first that ended, for starting up takes its time but once. The first ones
        of all jobs end nearly together, or evenly apart: half of them are taken as begun before.
        """
        if not self.jobs < self.done < self.total:
            return ""
        since = self.done - (self.jobs + 1) / 2
        left_s = (now - self.first) / since * (self.total - self.done)
        return f"about {duration_text(left_s)} left"


def duration_text(seconds: float) -> str:
    """Return a duration in the two units that matter, rounded up.

    >>> duration_text(0.2), duration_text(59.5), duration_text(61), duration_text(3 * 3600 + 61)
    ('1 s', '1 min', '1 min 1 s', '3 h 2 min')
    """
    whole = -int(-seconds // 1)
    if whole < _MINUTE:
        return f"{max(whole, 1)} s"
    if whole < _HOUR:
        minutes, rest = divmod(whole, _MINUTE)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(-(-whole // _MINUTE), _MINUTE)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


@contextlib.contextmanager
def shown_progress(notes: Console, total: int, jobs: int = 1) -> Iterator[tuple[OnStart, OnSheet]]:
    """Show how far a run has come: a bar in a terminal, a line now and then in a log.

    Parameters
    ----------
    notes
        Where messages go.
    total
        Submissions of the run.
    jobs
        How many are graded at a time.

    Yields
    ------
    tuple
        What to call once the run starts, and what with each sheet as it ends.
    """
    tally = Tally(total=total, jobs=jobs)
    if not notes.is_terminal:
        yield _lines(notes, tally)
        return
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
    )
    # Refreshed by hand: a refreshing thread would be there when a lost worker is forked anew.
    bar = Progress(*columns, console=notes, auto_refresh=False, transient=True)
    try:
        yield _in_bar(bar, tally)
    finally:
        bar.stop()


def _in_bar(bar: Progress, tally: Tally) -> tuple[OnStart, OnSheet]:
    task = bar.add_task("", total=tally.total)

    def on_start() -> None:
        bar.start()
        bar.refresh()

    def on_sheet(sheet: ScoreSheet) -> None:
        now = time.monotonic()
        tally.count(sheet, now)
        words = (tally.left_text(now), tally.outcomes_text)
        bar.update(task, completed=tally.done, description="; ".join(filter(None, words)))
        bar.refresh()

    return on_start, on_sheet


def _lines(notes: Console, tally: Tally) -> tuple[OnStart, OnSheet]:
    step = max(1, tally.total // _LINES)

    def on_sheet(sheet: ScoreSheet) -> None:
        now = time.monotonic()
        tally.count(sheet, now)
        if tally.done % step == 0 or tally.done == tally.total:
            left = tally.left_text(now)
            told = f"graded {tally.done} of {tally.total}: {tally.outcomes_text}"
            notes.print("; ".join(filter(None, (told, left))), highlight=False, soft_wrap=True)

    return lambda: None, on_sheet
