"""Every wrong variant does what its row says: it spoils these answers and leaves the others."""

from __future__ import annotations

from collections import Counter

import pytest

import reference
from tests.bank import ROWS
from tests.bank.freezing import LEAST_CHANGE, change_of
from tests.bank.rows import Row
from tests.bank.trial import answered, answers_of, draw_of, keys_of


def spoilt_in(row: Row) -> dict[str, set[str]]:
    """Return the cases in which each answer of a variant is not the right one."""
    came = answered(row.variant().solve, row.setting)
    spoilt: dict[str, set[str]] = {}
    for key in keys_of(row.setting):
        draw = draw_of(row.setting, key)
        for name in answers_of(row.setting):
            if change_of(draw, came[key], (name,)) > LEAST_CHANGE:
                spoilt.setdefault(name, set()).add(key.case)
    return spoilt


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_wrong_variant_spoils_its_answers_in_its_cases_and_no_other_answer(row):
    spoilt = spoilt_in(row)
    assert set(spoilt) == set(row.spoils)
    for name, cases in spoilt.items():
        assert cases & set(row.cases), f"{name} is spoilt in {cases} only"


def test_no_two_variants_of_a_problem_have_one_name():
    assert max(Counter(map(str, ROWS)).values()) == 1


def test_every_problem_has_at_least_eight_wrong_variants_but_the_initialisers():
    counts = Counter(row.problem for row in ROWS)
    assert set(counts) == set(reference.problem_ids())
    assert min(counts.values()) >= 8
    assert sum(counts.values()) >= 250
