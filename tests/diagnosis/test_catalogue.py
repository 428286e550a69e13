"""The catalogue: every mistake in it can be made, and changes an answer."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

import reference
from grader.diagnosis.background import background
from grader.diagnosis.catalogue import ROWS, clause_of, rows_of
from grader.diagnosis.edits import edited

LARGE = {"scale": 1e4}
"""A setting of the draws on which only an overflow shows."""


def inputs_of(problem, options, regime, overrides, seed=5):
    known = {name: value for name, value in overrides.items() if name in problem.settings}
    rng = np.random.default_rng(seed)
    return problem.inputs(rng, regime=regime, overrides=known, options=options)


def changes(problem, wrong, options, inputs):
    right, came = problem.solve(inputs, options), wrong.solve(inputs, options)
    return any(not np.array_equal(np.asarray(came[name]), right[name]) for name in came)


def draws(problem):
    """Yield options and inputs: every option once, every regime, and one very large draw."""
    for name, values in {**problem.options, "": ("",)}.items():
        for value in values:
            options = problem.resolve_options({name: value} if name else {})
            for regime in ("plain", *(r for r in problem.regimes if r != "published")):
                yield options, inputs_of(problem, options, regime, {"reg": 0.3})
            yield options, inputs_of(problem, options, "plain", LARGE)
            yield options, inputs_of(problem, options, "plain", {}, seed=6)
            yield options, inputs_of(problem, options, "plain", {}, seed=7)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("problem_id", sorted(ROWS))
def test_every_edit_fits_its_reference_and_changes_an_answer(problem_id):
    problem = reference.problem(problem_id)
    tried = list(draws(problem))
    for row in rows_of(problem_id):
        wrong = edited(problem_id, row.edits)
        with np.errstate(all="ignore"):
            assert any(changes(problem, wrong, *draw) for draw in tried), row.key


def test_every_problem_has_rows_of_its_own():
    assert set(ROWS) == set(reference.problem_ids())


@pytest.mark.parametrize("problem_id", sorted(ROWS))
def test_no_two_mistakes_of_a_problem_have_one_key(problem_id):
    counts = Counter(row.key for row in rows_of(problem_id))
    assert max(counts.values()) == 1, counts.most_common(1)


@pytest.mark.parametrize("problem_id", sorted(ROWS))
def test_every_mistake_of_a_background_has_a_clause(problem_id):
    problem = reference.problem(problem_id)
    inputs = problem.inputs(np.random.default_rng(6), regime="decay")
    for key in background(problem_id, inputs, {}).edits:
        assert clause_of(problem_id, key)


@pytest.mark.parametrize("problem_id", sorted(ROWS))
def test_the_parts_and_the_examples_of_an_answer_sum_to_it(problem_id):
    problem = reference.problem(problem_id)
    overrides = {"reg": 0.3} if "reg" in problem.settings else {}
    inputs = problem.inputs(np.random.default_rng(7), overrides=overrides)
    right = problem.solve(inputs, problem.resolve_options({}))
    known = background(problem_id, inputs, {})
    for name, parts in known.parts.items():
        np.testing.assert_allclose(sum(parts.values()), right[name], rtol=1e-9, atol=1e-12)
    for name, shares in known.examples.items():
        whole = known.parts.get(name, {}).get("data", right[name])
        np.testing.assert_allclose(shares.sum(axis=0), whole, rtol=1e-8, atol=1e-9)


def test_a_diagnosis_needs_no_reference():
    code = "import sys, grader.diagnosis; sys.exit('reference' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
