"""A seeded slice of the table of ``bench/trust.py``: nothing right fails and nothing wrong passes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

import reference
from bench.numeric_figures import judge_right_numerically, judge_wrong_numerically
from bench.trust_counts import Extent, Figures
from bench.trust_figures import (
    judge_hostile,
    judge_mutations,
    judge_right,
    judge_usually,
    judge_wrong,
)
from grader.records import Outcome
from tests.bank.right import right_variants
from tests.bank.trial import Setting, answered, verdict_on

SLICE = Extent(sets=1, wrong_sets=1, usual_sets=1, hostile=1, every=29, numeric_every=9, seed=3)
COSTLY = {"conv", "conv_net", "lenet"}
"""Problems of which a smaller slice has to do."""


@pytest.fixture(scope="module", params=reference.problem_ids())
def problem_id(request: pytest.FixtureRequest) -> str:
    """Each problem by turns, and all that is asked of it together: its draws are certified once.

    pytest orders the tests so, and a worker that takes over others' tests takes neighbours.
    """
    return request.param


def extent_of(problem_id: str) -> Extent:
    return replace(SLICE, every=67) if problem_id in COSTLY else SLICE


def test_no_right_variant_fails_and_none_is_left_unsure(problem_id):
    figures = Figures()
    judge_right(problem_id, extent_of(problem_id), figures)
    assert figures.counts["right"] >= 12
    assert figures.findings == []


@pytest.mark.parametrize(
    ("problem_id", "options", "seed"),
    [
        ("regularised_net", {"norm": "layer", "dropout": "no", "penalty": "full"}, 25),
        ("regularised_net", {"norm": "layer", "dropout": "no", "penalty": "absent"}, 26),
        # On two of its draws the rounded loss is, by chance, that of two different stabilisers.
        ("fc_net", {"depth": "3", "penalty": "full"}, 5028),
    ],
)
def test_one_parameter_in_single_precision_is_right(problem_id, options, seed):
    setting = Setting(problem=problem_id, options=tuple(options.items()), seed=seed)
    (variant,) = (
        one for one in right_variants(problem_id) if one.name == "one_parameter_in_single_precision"
    )
    answers = answered(variant.solve, setting)
    given = next(iter(answers.values()))
    outcomes = {name: verdict_on(name, answers, variant.solve, setting).outcome for name in given}
    assert set(outcomes.values()) == {Outcome.CORRECT}, outcomes


def test_no_wrong_variant_passes_and_none_is_left_unsure(problem_id):
    figures = Figures()
    judge_wrong(problem_id, extent_of(problem_id), figures)
    assert figures.counts["variants"] >= 4
    assert figures.counts["passes"] == figures.counts["unsure_wrong"] == 0, figures.findings


def test_no_frozen_mutation_passes(problem_id):
    figures = Figures()
    judge_mutations(problem_id, extent_of(problem_id), figures)
    assert figures.counts["mutations"] >= 1
    assert figures.counts["mutation_passes"] == 0, figures.findings


def test_numeric_derivatives_alone_fail_nothing_right_and_pass_nothing_wrong():
    figures = Figures()
    for problem_id in ("affine", "batchnorm", "elu", "gplvm", "softmax_loss", "two_layer_net"):
        judge_right_numerically(problem_id, SLICE, figures)
        judge_wrong_numerically(problem_id, SLICE, figures)
    assert figures.counts["numeric_right"] > 30
    assert figures.counts["numeric_variants"] >= 9
    assert figures.findings == []


def test_the_bank_is_named_rightly_where_it_has_a_name_and_hardly_ever_wrongly():
    counts: Counter[str] = Counter()
    for problem_id in ("two_layer_net", "moons_net", "gplvm", "autoencoder", "softmax_loss"):
        figures = Figures()
        judge_wrong(problem_id, SLICE, figures)
        counts += figures.counts
    assert counts["named_right"] >= 0.9 * counts["nameable"]
    assert counts["named_wrong"] <= 0.02 * counts["variants"]


def test_right_code_in_double_precision_survives_hostile_draws():
    figures = Figures()
    for problem_id in ("relu", "two_layer_net", "softmax_loss", "batchnorm", "max_pool"):
        judge_hostile(problem_id, replace(SLICE, hostile=3), figures)
    assert figures.counts["hostile_right"] > 500
    assert figures.counts["hostile_failures"] == 0, figures.findings


def test_right_code_survives_draws_that_saturate_it_whole():
    figures = Figures()
    for problem_id in ("sigmoid", "tanh", "two_layer_net"):
        judge_hostile(problem_id, replace(SLICE, hostile=3, seed=5000), figures)
    assert figures.counts["hostile_right"] > 300
    assert figures.counts["hostile_failures"] == 0, figures.findings


def test_right_code_in_single_precision_survives_saturation():
    figures = Figures()
    judge_hostile("rbm", replace(SLICE, hostile=8, seed=0), figures)
    assert figures.counts["hostile_single_right"] > 500
    assert figures.counts["hostile_single_failures"] == 0, figures.findings


def test_the_usual_check_fails_right_code_and_passes_wrong_code_on_the_same_draws():
    figures = Figures()
    for problem_id in ("affine_relu", "batchnorm", "softmax_loss", "gplvm"):
        judge_usually(problem_id, replace(SLICE, usual_sets=3), figures)
    assert figures.counts["usual_failures_1e-07"] > 0
    assert figures.counts["usual_passes_1e-07"] > 0
