"""The references learn: what a course asks its students to reach, they reach."""

from __future__ import annotations

from itertools import pairwise

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from reference.activations import ACTIVATIONS
from reference.datasets import DATASETS, gaussian_quantiles, moons
from reference.moons_net import Objective, loss_and_gradients, predict, train
from tests.reference import oracles

LIGHT_DECAY = Objective(reg=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_net_with_ten_hidden_units_splits_the_moons(activation):
    X, y = moons(0, 200)
    fresh_X, fresh_y = moons(1, 400)
    fitted = train(
        X,
        y,
        np.random.default_rng(0),
        hidden=(10,),
        activation=activation,
        objective=LIGHT_DECAY,
        epsilon=1.0,
        passes=4_000,
    )
    assert np.mean(predict(X, *fitted, activation) == y) >= 0.96
    assert np.mean(predict(fresh_X, *fitted, activation) == fresh_y) >= 0.94


def test_four_layers_of_25_units_learn_the_gaussian_quantiles():
    X, y = gaussian_quantiles(0, 200)
    rng = np.random.default_rng(0)
    fitted = train(X, y, rng, hidden=(25, 25, 25), objective=LIGHT_DECAY, epsilon=0.5, passes=2_000)
    assert np.mean(predict(X, *fitted) == y) >= 0.98


def test_summed_and_mean_objectives_walk_the_same_path_when_the_step_is_scaled():
    X, y = moons(0, 50)
    mean = train(X, y, np.random.default_rng(0), objective=Objective(), epsilon=0.5, passes=50)
    total = train(
        X, y, np.random.default_rng(0), objective=Objective(mean=False), epsilon=0.01, passes=50
    )
    for one, other in zip([*mean[0], *mean[1]], [*total[0], *total[1]], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("hidden", [(), (5,), (5, 4, 7)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_net_of_any_depth_has_the_gradients_of_automatic_differentiation(
    activation, hidden, seed
):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(6, 3)), np.array([0, 2, 1, 1, 0, 2])
    widths = (3, *hidden, 4)
    weights = [rng.normal(size=shape) for shape in pairwise(widths)]
    biases = [rng.normal(size=(1, width)) for width in widths[1:]]
    objective = Objective(reg=0.2, factor=1.0, mean=False, penalty_over_n=True)

    def loss(*parameters):
        a, penalty = X, 0.0
        for W, b in zip(parameters[: len(weights)], parameters[len(weights) :], strict=True):
            z = anp.dot(a, W) + b
            a, penalty = oracles.ACTIVATIONS[activation](z), penalty + 0.2 * (W**2).sum() / len(X)
        return oracles.cross_entropy(z, y) + penalty

    answers = loss_and_gradients(X, y, weights, biases, activation, objective)
    expected = autograd.grad(loss, tuple(range(2 * len(weights))))(*weights, *biases)
    layers = range(1, len(weights) + 1)
    names = [*(f"dW{layer}" for layer in layers), *(f"db{layer}" for layer in layers)]
    for name, slopes in zip(names, expected, strict=True):
        least = 1e-9 * np.abs(slopes).max()
        np.testing.assert_allclose(answers[name], slopes, rtol=0, atol=least, err_msg=name)
    assert answers["loss"] == pytest.approx(loss(*weights, *biases), rel=1e-13)


@pytest.mark.parametrize("name", DATASETS)
def test_data_sets_are_drawn_alike_from_the_same_seed_and_differently_from_another(name):
    first, second, other = (DATASETS[name](np.random.default_rng(s), 60) for s in (1, 1, 2))
    assert first[0].shape[0] == 60
    assert (first[0].dtype, first[1].dtype) == (np.float64, np.int64)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert not np.array_equal(first[0], other[0])


def test_moons_of_seed_0_are_those_that_numpys_global_seed_gives():
    from sklearn.datasets import make_moons

    X, y = make_moons(200, noise=0.20, random_state=np.random.RandomState(0))
    drawn, labels = moons(0, 200, noise=0.20)
    assert np.array_equal(drawn, X)
    assert np.array_equal(labels, y)


@pytest.mark.parametrize("n", [1798, -5])
def test_more_digits_than_there_are_or_fewer_than_none_is_an_error(n):
    with pytest.raises(ValueError, match=f"n={n}: the digits are only 1797 images"):
        DATASETS["digits"](0, n)


@pytest.mark.parametrize("name", DATASETS)
def test_a_seed_may_be_numpys_integer(name):
    for ours, numpys in zip(DATASETS[name](3, 12), DATASETS[name](np.int64(3), 12), strict=True):
        np.testing.assert_array_equal(ours, numpys)


@pytest.mark.parametrize(("D", "C"), [(2, 3), (2, 9), (6, 4), (1, 5)])
def test_blobs_are_told_apart_by_their_nearest_centre(D, C):
    from reference.datasets import blob_centres

    X, y = DATASETS["blobs"](np.random.default_rng(0), 300, D=D, C=C)
    centres = blob_centres(D, C)
    nearest = np.square(X[:, None] - centres).sum(axis=2).argmin(axis=1)
    assert np.mean(nearest == y) >= 0.99
    gaps = np.linalg.norm(centres[:, None] - centres, axis=2)[~np.eye(C, dtype=bool)]
    assert gaps.min() >= 1.0
