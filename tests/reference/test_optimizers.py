"""The update rules take the right steps, and initial weights have the right spread."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.datasets import blobs
from reference.initializers import INITIALIZERS, fans, has_likely_moments, moments
from reference.linear_classifiers import loss_and_gradient
from reference.optimizers import RULES, minimise, walk

# w²/2 from w = 1 at rate 0.1, no ε; decay rates 0.9 (0.99 for the square in Adam and Nadam). The
# first three paths are exact, the others were computed by hand in decimal arithmetic of 40 digits.
FIVE_STEPS = {
    "sgd": (0.9, 0.81, 0.729, 0.6561, 0.59049),
    "momentum": (0.9, 0.72, 0.486, 0.2268, -0.02916),
    "nesterov": (0.81, 0.5751, 0.327321, 0.09388791, -0.1045816839),
    "adagrad": (0.9, 0.833103526837755, 0.780456181348103, 0.736223132651297, 0.697714862043883),
    "rmsprop": (
        0.683772233983162,
        0.498870606896870,
        0.369180553155325,
        0.272824884728804,
        0.199795153619312,
    ),
    "adam": (0.9, 0.800388566554184, 0.701497167252068, 0.603723638121451, 0.507542230081753),
    "nadam": (
        0.852631578947368,
        0.741657456232916,
        0.640482658525569,
        0.544448965959422,
        0.452393534833052,
    ),
}

RATES = {
    "momentum": {"mu": 0.9},
    "nesterov": {"mu": 0.9},
    "adagrad": {"epsilon": 0.0},
    "rmsprop": {"rho": 0.9, "epsilon": 0.0},
    "adam": {"beta1": 0.9, "beta2": 0.99, "epsilon": 0.0},
    "nadam": {"beta1": 0.9, "beta2": 0.99, "epsilon": 0.0},
}


@pytest.mark.parametrize("rule", RULES)
def test_the_first_five_steps_down_a_parabola_are_those_computed_by_hand(rule):
    rates = {"learning_rate": 0.1, **RATES.get(rule, {})}
    path = minimise(rule, lambda w: w, np.ones(1), steps=5, **rates)
    np.testing.assert_allclose(path[1:, 0], FIVE_STEPS[rule], rtol=2e-15, atol=2e-15)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_lowers_the_loss_of_one_shared_problem(rule):
    X, y = blobs(np.random.default_rng(0), 90, D=4, C=3)
    start = np.zeros((4, 3))

    def loss(W):
        return float(loss_and_gradient(X, y, W, reg=1e-3)["loss"])

    def gradient(W):
        return loss_and_gradient(X, y, W, reg=1e-3)["dW"]

    path = minimise(rule, gradient, start, steps=100)
    assert loss(path[-1]) <= 0.5 * loss(start)


def test_adam_moves_by_its_rate_along_a_gradient_that_never_changes():
    path = minimise("adam", lambda w: np.full(1, 7.0), np.zeros(1), steps=6, epsilon=0.0)
    np.testing.assert_allclose(path[:, 0], -0.05 * np.arange(7), rtol=1e-13)


def test_adagrad_moves_by_its_rate_over_the_root_of_the_count_along_such_a_gradient():
    path = minimise("adagrad", lambda w: np.full(1, 7.0), np.zeros(1), steps=6, epsilon=0.0)
    np.testing.assert_allclose(np.diff(path[:, 0]), -0.05 / np.sqrt(np.arange(1.0, 7.0)))


def test_nesterov_is_momentum_whose_gradient_is_taken_where_the_velocity_leads():
    rates, w, v = {"learning_rate": 0.1, "mu": 0.9}, Fraction(1), Fraction(0)
    ahead = minimise("nesterov", lambda w: w, np.ones(1), steps=4, **rates)
    for step in range(1, 5):
        v = Fraction(9, 10) * v - Fraction(1, 10) * (w + Fraction(9, 10) * v)
        w += v
        assert ahead[step, 0] == pytest.approx(float(w + Fraction(9, 10) * v), rel=1e-14)


@pytest.mark.parametrize("rule", ["adagrad", "rmsprop", "adam", "nadam"])
def test_epsilon_inside_the_root_is_another_rule(rule):
    w, dws = np.ones(3), np.full((2, 3), 1e-3)
    state, rates = RULES[rule].fresh(w), dict(RULES[rule].rates)
    outside = walk(RULES[rule], w, dws, state, **rates)[-1][0]
    inside = walk(RULES[rule], w, dws, state, **rates, inside=True)[-1][0]
    assert np.abs(outside - inside).max() >= 1e-5


@pytest.mark.parametrize("rule", RULES)
def test_a_step_changes_neither_the_parameter_nor_the_state_in_place(rule):
    w = np.ones((2, 3))
    state = RULES[rule].fresh(w)
    kept = {name: np.copy(thing) for name, thing in state.items()}
    RULES[rule].step(w, 0.5 * w, state, **RULES[rule].rates)
    assert np.array_equal(w, np.ones((2, 3)))
    assert all(np.array_equal(state[name], kept[name]) for name in kept)


@pytest.mark.parametrize("initializer", INITIALIZERS)
@pytest.mark.parametrize("shape", [(211, 307), (31, 17, 5, 7)])
def test_initial_weights_have_the_moments_that_are_stated(initializer, shape):
    weights = INITIALIZERS[initializer](np.random.default_rng(4), shape)
    std, limit = moments(initializer, *fans(shape))
    assert weights.shape == shape
    assert has_likely_moments(weights, std, limit)
    assert not has_likely_moments(weights, 1.05 * std, limit)
    assert not has_likely_moments(weights, 0.95 * std, limit)


def test_the_truncated_normal_is_cut_and_not_clipped():
    weights = INITIALIZERS["truncated_normal"](np.random.default_rng(0), (300, 300), std=0.1)
    assert np.abs(weights).max() < 0.2
    assert len(np.unique(weights)) == weights.size


def test_a_few_too_large_weights_are_noticed_by_their_limit():
    weights = INITIALIZERS["glorot_uniform"](np.random.default_rng(0), (200, 100))
    std, limit = moments("glorot_uniform", 200, 100)
    weights[0, 0] = 1.01 * limit
    assert not has_likely_moments(weights, std, limit)
