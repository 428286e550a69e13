"""From verdicts to points, totals and the order of the sheets."""

from __future__ import annotations

import gc
import pickle
import tracemalloc
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records import UNDECIDED, Evidence, Outcome, Person, ScoreSheet, Verdict
from grader.report.item_tables import diagnoses_table, items_table
from grader.report.tables import scores_table
from grader.scoring.sheet import fault_sheet, in_brief, in_order, points_of
from tests.scoring.made import item, sheet, submission, verdict


@pytest.mark.parametrize(
    ("points", "credit", "earned"),
    [
        ("4", "0.7", "2.8"),
        ("5", "0.8", "4"),
        ("1", "0.375", "0.38"),
        ("0.5", "0.5", "0.25"),
        ("3", "1", "3"),
        ("3", "0", "0"),
    ],
)
def test_points_are_exact_decimals_to_the_hundredth(points: str, credit: str, earned: str) -> None:
    partial = verdict(Outcome.PARTIAL, credit)
    assert points_of(item(points=points), partial) == Decimal(earned)


@pytest.mark.parametrize("points", ["0.125", "2.3335", "0.0001", "1e1", "10"])
def test_a_right_answer_earns_exactly_the_points_of_its_item(points: str) -> None:
    assert points_of(item(points=points), verdict()) == Decimal(points)


@given(
    st.decimals("0.0001", "100", places=4),
    st.decimals("0", "1", places=6),
    st.decimals("0", "1", places=6),
)
def test_points_stay_within_the_item_and_grow_with_the_credit(
    most: Decimal, one: Decimal, other: Decimal
) -> None:
    low, high = (
        points_of(item(points=str(most)), verdict(Outcome.PARTIAL, str(credit)))
        for credit in sorted((one, other))
    )
    assert low is not None
    assert high is not None
    assert 0 <= low <= high <= most


@pytest.mark.parametrize("outcome", sorted(UNDECIDED))
def test_what_nobody_has_decided_has_no_points(outcome: Outcome) -> None:
    assert points_of(item(), verdict(outcome, "1")) is None


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - UNDECIDED))
def test_what_is_decided_has_points(outcome: Outcome) -> None:
    assert points_of(item(), verdict(outcome)) is not None


def test_a_sheet_adds_up_its_items() -> None:
    items = [item("a", "0.1"), item("b", "0.2"), item("c", "0.7")]
    made = sheet(items, [Outcome.CORRECT, Outcome.CORRECT, Outcome.WRONG])
    assert (made.total, made.maximum) == (Decimal("0.3"), Decimal("1.0"))
    assert [score.item.id for score in made.scores] == ["a", "b", "c"]


def test_an_undecided_item_is_left_out_of_the_total_but_not_of_the_maximum() -> None:
    items = [item("a", "4"), item("b", "6")]
    made = sheet(items, [Outcome.CORRECT, Outcome.UNSURE])
    assert (made.total, made.maximum) == (4, 10)
    assert [score.points for score in made.scores] == [4, None]
    assert not made.has_fault


def test_a_fault_of_ours_leaves_every_item_open_and_says_whose_fault_it_is() -> None:
    people = (Person(student_id="fox"), Person(student_id="owl"))
    handed_in = submission("pair", people=people, problems=("notes.py: a link, not followed",))
    made = fault_sheet(handed_in, (item("a"), item("b")), "KeyError: 'W1'")
    assert made.has_fault
    assert [score.points for score in made.scores] == [None, None]
    assert {score.verdict.outcome for score in made.scores} == {Outcome.GRADER_FAULT}
    assert made.flags == ("grader fault: KeyError: 'W1'",)
    assert (made.people, made.problems) == (people, handed_in.problems)
    message = made.scores[0].verdict.message
    assert message == "The grader itself failed, which costs no points: KeyError: 'W1'"


def test_faults_are_listed_first_and_the_rest_by_id() -> None:
    items = [item()]
    names = [("crane", Outcome.CORRECT), ("ant", Outcome.WRONG), ("bee", Outcome.GRADER_FAULT)]
    sheets = [sheet(items, [outcome], name) for name, outcome in names]
    assert [s.submission for s in in_order(sheets)] == ["bee", "ant", "crane"]
    assert in_order(reversed(sheets)) == in_order(sheets)


# --- in brief --------------------------------------------------------------------------------

ITEMS = [item(f"q{number}", "4", hint="Look at the chain rule. " * 20) for number in range(20)]


def told_at_length() -> ScoreSheet:
    """A sheet with as much evidence as real ones have."""
    verdicts = {one.id: told_of(one.id) for one in ITEMS}
    return sheet(ITEMS, verdicts, flags=["late"])


def told_of(name: str) -> Verdict:
    seen = tuple(
        Evidence(
            draw=f"{name}/plain/{number}",
            answer="dW1",
            outcome=Outcome.WRONG,
            deviation=float(number),
            detail=f"entry {number} differs",
        )
        for number in range(20)
    )
    return replace(verdict(Outcome.PARTIAL), evidence=seen, details=f"{name} as asked\n" * 50)


def test_a_sheet_in_brief_makes_the_same_rows() -> None:
    sheets = [told_at_length(), sheet(ITEMS, [Outcome.UNSURE, *[Outcome.CORRECT] * 19], "bee")]
    brief = [in_brief(one, ITEMS) for one in sheets]
    for table in (scores_table, items_table, diagnoses_table):
        assert table(ITEMS, brief).equals(table(ITEMS, sheets))
    assert [one.problems for one in brief] == [one.problems for one in sheets]


def test_a_thousand_sheets_in_brief_take_few_megabytes() -> None:
    """Each was a hundred kilobytes, and a run of thousands kept them all."""
    sent = pickle.dumps(told_at_length())
    tracemalloc.start()
    try:
        whole = [pickle.loads(sent) for _ in range(20)]  # noqa: S301 - made three lines above
        each_whole = tracemalloc.get_traced_memory()[0] / 20
        brief = [in_brief(one, ITEMS) for one in whole]
        whole.clear()
        gc.collect()
        each_brief = tracemalloc.get_traced_memory()[0] / 20
    finally:
        tracemalloc.stop()
    assert len(brief) == 20
    assert each_whole > 50_000
    assert each_brief < 4_000
