"""What share of an item's points its cases and answers earn."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.checks.cases import credit_of
from grader.records import Item, Outcome
from tests.scoring.made import item

CASES = ("plain", "decay", "single", "square")
ANSWERS = ("dW1", "db1", "dW2")


def credit(what: Item, failed: Collection[str]) -> Decimal:
    """Return the credit where the named ``answer/case`` fail and all others are right."""
    outcomes = {
        (answer, case): Outcome.WRONG if f"{answer}/{case}" in failed else Outcome.CORRECT
        for answer in what.answers
        for case in CASES
    }
    return credit_of(what, outcomes)


def test_without_weights_everything_stands_together() -> None:
    plain = item(answers=ANSWERS)
    assert credit(plain, ()) == 1
    for answer in ANSWERS:
        for case in CASES:
            assert credit(plain, {f"{answer}/{case}"}) == 0


@pytest.mark.parametrize(
    ("failed", "share"),
    [
        ((), "1"),
        (("loss/decay",), "0.7"),
        (("loss/plain",), "0.3"),
        (("loss/single",), "0.3"),
        (("loss/square",), "0.3"),
        (("loss/single", "loss/square"), "0.3"),
        (("loss/plain", "loss/decay"), "0"),
        (("loss/decay", "loss/single"), "0"),
    ],
)
def test_a_case_without_a_weight_guards_the_first_named_part(
    failed: tuple[str, ...], share: str
) -> None:
    parts = item(case_weights={"plain": "0.7", "decay": "0.3"})
    assert credit(parts, failed) == Decimal(share)


def test_the_guarded_part_is_the_first_named_weight_not_the_first_case() -> None:
    parts = item(case_weights={"decay": "0.4", "plain": "0.6"})
    assert credit(parts, {"loss/single"}) == Decimal("0.6")


@pytest.mark.parametrize(
    ("failed", "share"),
    [
        ((), "1"),
        (("dW1/plain",), "0.625"),
        (("db1/single", "db1/plain"), "0.75"),
        (("dW1/single", "dW2/square"), "0.25"),
    ],
)
def test_each_answer_earns_its_own_weight(failed: tuple[str, ...], share: str) -> None:
    weights = {"dW1": "0.375", "db1": "0.25", "dW2": "0.375"}
    assert credit(item(answers=ANSWERS, answer_weights=weights), failed) == Decimal(share)


def test_weights_of_cases_and_of_answers_multiply() -> None:
    both = item(
        answers=("dW1", "db1"),
        answer_weights={"dW1": "0.8", "db1": "0.2"},
        case_weights={"plain": "0.7", "decay": "0.3"},
    )
    assert credit(both, {"dW1/decay"}) == Decimal("0.76")
    assert credit(both, {"db1/square"}) == Decimal("0.86")


def test_answers_without_weights_share_the_weights_of_the_cases() -> None:
    parts = item(answers=ANSWERS, case_weights={"plain": "0.7", "decay": "0.3"})
    assert credit(parts, {"db1/decay"}) == Decimal("0.7")


def test_thirds_add_up_to_all_the_points() -> None:
    thirds = {"dW1": "0.3333", "db1": "0.3333", "dW2": "0.3334"}
    assert credit(item(answers=ANSWERS, answer_weights=thirds), ()) == 1


@st.composite
def weights(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, str]:
    """Draw weights over some of the names, in any order, that sum to 1 exactly."""
    chosen = draw(st.permutations(names))[: draw(st.integers(0, len(names)))]
    cuts = sorted(draw(st.sets(st.integers(1, 999), min_size=len(chosen), max_size=len(chosen))))
    edges = [0, *cuts[:-1], 1000] if chosen else []
    shares = [Decimal(b - a) / 1000 for a, b in pairwise(edges)]
    return {name: str(share) for name, share in zip(chosen, shares, strict=True)}


@st.composite
def items(draw: st.DrawFn) -> Item:
    by_answer = draw(weights(ANSWERS))
    assume(not by_answer or set(by_answer) == set(ANSWERS))
    return item(answers=ANSWERS, answer_weights=by_answer, case_weights=draw(weights(CASES)))


PLACES = [f"{answer}/{case}" for answer in ANSWERS for case in CASES]


@given(items(), st.sets(st.sampled_from(PLACES)), st.sets(st.sampled_from(PLACES)))
def test_credit_is_a_share_and_never_grows_with_what_fails(
    what: Item, failed: set[str], more: set[str]
) -> None:
    earned = credit(what, failed)
    assert 0 <= credit(what, failed | more) <= earned <= credit(what, ()) == 1
    assert credit(what, set(PLACES)) == 0


@given(items(), st.data())
def test_only_what_is_right_earns(what: Item, data: st.DataObject) -> None:
    """Any other outcome is worth the same: nothing."""
    chosen = data.draw(st.lists(st.sampled_from(Outcome), min_size=12, max_size=12))
    outcomes = dict(zip([(a, c) for a in ANSWERS for c in CASES], chosen, strict=True))
    failed = {f"{a}/{c}" for (a, c), outcome in outcomes.items() if outcome != Outcome.CORRECT}
    assert credit_of(what, outcomes) == credit(what, failed)
