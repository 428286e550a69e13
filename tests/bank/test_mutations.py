"""The frozen list of slips that nobody chose."""

from collections import Counter

import pytest

import reference
from tests.bank.freezing import status_of
from tests.bank.mutations import frozen, mutations_of

LISTED = frozen()
SAMPLE = sorted(LISTED)[::97]


@pytest.mark.parametrize("problem_id", reference.problem_ids())
def test_every_slip_of_the_list_can_still_be_made(problem_id):
    listed = {mutation for mutation in LISTED if mutation.problem == problem_id}
    assert listed <= set(mutations_of(problem_id))


def test_every_problem_has_slips_that_change_an_answer():
    counts = Counter(mutation.problem for mutation, status in LISTED.items() if status == "changes")
    assert set(counts) == set(reference.problem_ids())
    assert min(counts.values()) >= 4
    assert sum(counts.values()) > 2000


@pytest.mark.parametrize(
    "mutation", SAMPLE, ids=lambda m: f"{m.problem}-{m.function}-{m.kind}-{m.ordinal}"
)
def test_a_slip_of_the_list_does_what_the_list_says(mutation):
    assert status_of(mutation) == LISTED[mutation]
