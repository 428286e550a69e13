"""Whoever waits for a run sees how far it is, what has come out, and how long it still takes."""

from __future__ import annotations

import io

from rich.console import Console

from grader.records import Outcome, ScoreSheet
from grader.report.progress import Tally, shown_progress
from tests.scoring.made import item, sheet

ITEMS = [item("q1", "4"), item("q2", "6")]


def made(*outcomes: Outcome) -> ScoreSheet:
    return sheet(ITEMS, outcomes)


def shown(sheets: list[ScoreSheet], is_terminal: bool) -> str:
    stream = io.StringIO()
    notes = Console(file=stream, force_terminal=is_terminal, width=150)
    with shown_progress(notes, len(sheets)) as (on_start, on_sheet):
        on_start()
        for one in sheets:
            on_sheet(one)
    return stream.getvalue()


def test_outcomes_are_counted_in_the_order_in_which_they_are_listed() -> None:
    tally = Tally(total=3)
    tally.count(made(Outcome.TIMED_OUT, Outcome.CORRECT), 1.0)
    tally.count(made(Outcome.CORRECT, Outcome.GRADER_FAULT), 2.0)
    assert (tally.done, tally.outcomes_text) == (2, "2 correct, 1 timed_out, 1 grader_fault")


def test_the_time_left_follows_from_the_time_since_the_first_and_not_from_the_start() -> None:
    tally = Tally(total=31)
    assert tally.left_text(110.0) == "", "nobody can tell before the first has ended"
    tally.count(made(Outcome.CORRECT, Outcome.CORRECT), 130.0)
    assert tally.left_text(130.0) == "", "nor how much of it was starting up"
    for number in range(1, 11):
        tally.count(made(Outcome.CORRECT, Outcome.CORRECT), 130.0 + 5 * number)
    assert tally.left_text(180.0) == "about 1 min 40 s left"
    tally.done = 31
    assert tally.left_text(200.0) == ""


def test_the_first_ones_of_several_jobs_do_not_promise_too_much() -> None:
    """They end together, ten of them each ten seconds: 970 more take 16 min 10 s."""
    tally = Tally(total=1000, jobs=10)
    told = []
    for number in range(30):
        now = 100.0 + 10 * (number // 10) + 0.001 * (number % 10)
        tally.count(made(Outcome.CORRECT, Outcome.CORRECT), now)
        told.append(tally.left_text(now))
    assert told[:10] == [""] * 10
    assert told[10] == "about 29 min 59 s left", "as if they had come evenly"
    assert told[19] == "about 11 min 17 s left"
    assert told[29] == "about 13 min 13 s left"


def test_a_log_gets_ten_lines_and_the_last_one_tells_all() -> None:
    lines = shown([made(Outcome.CORRECT, Outcome.WRONG)] * 100, is_terminal=False).splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("graded 10 of 100: 10 correct, 10 wrong; about ")
    assert lines[-1] == "graded 100 of 100: 100 correct, 100 wrong"


def test_a_bar_tells_the_counts_as_well() -> None:
    text = shown([made(Outcome.CORRECT, Outcome.RAISED)] * 3, is_terminal=True)
    assert "3/3" in text
    assert "3 correct, 3 raised" in text
