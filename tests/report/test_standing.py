"""How a class did, in numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from grader.records import Diagnosis, Outcome
from grader.report.standing import Standing, bins_of
from tests.report.made_run import sheet, verdict
from tests.scoring import made


def standing(*outcomes: tuple[Outcome, ...]) -> Standing:
    found = Standing()
    items = [made.item("q1", "4"), made.item("q2", "6")]
    for number, told in enumerate(outcomes):
        found.add(made.sheet(items, told, f"s{number}"))
    return found


def test_mean_and_median_are_those_of_the_totals() -> None:
    full, none, half = Outcome.CORRECT, Outcome.WRONG, Outcome.PARTIAL
    found = standing((full, full), (none, none), (half, full), (none, full))
    assert found.totals == [Decimal(10), Decimal(0), Decimal(8), Decimal(6)]
    assert (found.mean, found.median) == (Decimal(6), Decimal(7))


def test_an_item_counts_who_has_all_some_none_and_open() -> None:
    told = [Outcome.CORRECT, Outcome.PARTIAL, Outcome.RAISED, Outcome.AWAITING_MARK]
    first = standing(*((one, Outcome.CORRECT) for one in told)).items[0]
    assert dict(first.stands) == {"f": 1, "p": 1, "n": 1, "o": 1}
    assert first.mean == Decimal(2)


def test_whoever_met_a_fault_of_ours_has_no_total() -> None:
    found = standing((Outcome.GRADER_FAULT, Outcome.CORRECT), (Outcome.CORRECT, Outcome.CORRECT))
    assert (found.totals, found.faults, found.undecided) == ([Decimal(10)], 1, 0)


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("dW1 is right if the mean is left out (N was 7).", "dW2 is right if the mean is left out (N was 9).", 1),
        ("db is 0.14 times the right one: averaged.", "db1 and db2 are each 7e-3 times the right one: averaged.", 1),
        ("d is right if 1 - z² is taken.", "d is right if z(1 - z) is taken.", 2),
    ],
)  # fmt: skip
def test_a_mistake_is_the_same_whatever_its_numbers_and_answers(
    first: str, second: str, count: int
) -> None:
    found = Standing()
    for number, sentence in enumerate((first, second)):
        told = replace(
            verdict(Outcome.WRONG), diagnosis=Diagnosis(name="x", sentence=sentence, answers=())
        )
        found.add(sheet(f"s{number}", [told]))
    assert len(found.mistakes) == count


def test_wrong_answers_without_a_name_are_counted_and_not_put_together() -> None:
    nameless = Diagnosis(name="", sentence="It differs in 3 entries.", answers=())
    found = Standing()
    found.add(sheet("ana", [replace(verdict(Outcome.WRONG), diagnosis=nameless)] * 2))
    assert (found.mistakes, found.unnamed) == ([], 2)


def test_the_bins_hold_everybody_once() -> None:
    totals = [Decimal(text) for text in ("0", "9.99", "10", "99.9", "100", "103", "-1")]
    counts = [count for _, _, count in bins_of(totals, Decimal(100))]
    assert counts == [3, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert bins_of([], Decimal(0)) == []
