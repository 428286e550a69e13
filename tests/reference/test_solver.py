"""The solver trains every net of the package, and keeps what was best."""

from __future__ import annotations

import numpy as np
import pytest

from reference import conv_net, fc_net, lenet
from reference.datasets import blobs, digits
from reference.initializers import he_normal
from reference.optimizers import RULES
from reference.solver import (
    Model,
    Solver,
    accuracy,
    conv_model,
    dense_model,
    lenet_model,
)


def blob_sets():
    X, y = blobs(np.random.default_rng(0), 200, D=6, C=4)
    return X[:150], y[:150], X[150:], y[150:]


def train_on_blobs(seed=0, **solver):
    rng = np.random.default_rng(seed)
    start = fc_net.initial_parameters(rng, (6, 16, 4), weight_scale=0.1)
    return Solver(**solver).train(dense_model(2, reg=1e-4), start, *blob_sets(), rng)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_trains_a_two_layer_net(rule):
    rates = {"learning_rate": 0.5} if rule == "sgd" else {}
    training = train_on_blobs(rule=rule, rates=rates, batch_size=25, epochs=10)
    assert np.mean(training.losses[-6:]) < 0.5 * training.losses[0]
    assert max(training.validation_accuracies) >= 0.95


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_a_dense_net_learns_50_images_by_heart(depth):
    X, y = digits(0, 50)
    rng = np.random.default_rng(0)
    widths = (64, *[100] * (depth - 1), 10)
    start = fc_net.initial_parameters(rng, widths, weight_scale=0.12)
    solver = Solver(rule="adam", rates={"learning_rate": 3e-3}, batch_size=10, epochs=20)
    training = solver.train(dense_model(depth), start, X, y, X, y, rng)
    assert training.train_accuracies[-1] == 1.0


def test_the_three_layer_convolutional_net_learns_50_images_by_heart():
    X, y = digits(0, 50)
    images = X.reshape(-1, 1, 8, 8)
    rng = np.random.default_rng(0)
    start = conv_net.initial_parameters(rng, (1, 8, 8), filters=8, weight_scale=0.2)
    solver = Solver(rule="adam", rates={"learning_rate": 3e-3}, batch_size=10, epochs=20)
    training = solver.train(conv_model(), start, images, y, images, y, rng)
    assert training.train_accuracies[-1] == 1.0


def test_a_small_lenet_reads_97_of_100_digits_that_it_never_saw():
    X, y = digits(101, 1797)  # a split on which every start gets there; the bench tries more
    images = X.reshape(-1, 1, 8, 8)
    rng = np.random.default_rng(0)
    start = lenet.initial_parameters(
        rng, (1, 8, 8), filters=(16, 32), K=3, hidden=128, initializer=he_normal
    )
    solver = Solver(
        rule="adam",
        rates={"learning_rate": 3e-3},
        learning_rate_decay=0.8,
        batch_size=25,
        epochs=12,
    )
    model = lenet_model(keep=0.5, activation="leaky_relu")
    sets = images[:1350], y[:1350], images[1350:1500], y[1350:1500]
    training = solver.train(model, start, *sets, rng)
    assert accuracy(model, training.parameters, images[1500:], y[1500:]) >= 0.97


def test_the_histories_have_a_loss_a_step_and_an_accuracy_an_epoch_and_one_at_the_start():
    training = train_on_blobs(batch_size=40, epochs=3)
    assert len(training.losses) == 3 * 4
    assert len(training.train_accuracies) == len(training.validation_accuracies) == 1 + 3


def test_the_parameters_kept_are_the_best_on_validation_and_not_the_last():

    def loss(parameters, X, y, rng):
        return 1.0, {"w": np.ones(1)}

    def scores(parameters, X):
        right = {0.0: 0, -1.0: 3, -2.0: 5, -3.0: 1}[float(parameters["w"][0])]
        return np.eye(2)[np.where(np.arange(len(X)) < right, 1, 0)]

    X, y = np.zeros((6, 1)), np.ones(6, dtype=int)
    solver = Solver(rates={"learning_rate": 1.0}, batch_size=6, epochs=3)
    training = solver.train(
        Model(loss=loss, scores=scores), {"w": np.zeros(1)}, X, y, X, y, np.random.default_rng(0)
    )
    assert training.validation_accuracies == (0.0, 3 / 6, 5 / 6, 1 / 6)
    assert training.parameters["w"].tolist() == [-2.0]


def test_of_equally_good_parameters_the_last_are_kept():
    def loss(parameters, X, y, rng):
        return 1.0, {"w": np.ones(1)}

    model = Model(loss=loss, scores=lambda parameters, X: np.tile([0.0, 1.0], (len(X), 1)))
    X, y = np.zeros((4, 1)), np.ones(4, dtype=int)
    solver = Solver(rates={"learning_rate": 1.0}, batch_size=4, epochs=3)
    training = solver.train(model, {"w": np.zeros(1)}, X, y, X, y, np.random.default_rng(0))
    assert training.parameters["w"].tolist() == [-3.0]


def test_the_learning_rate_decays_after_each_epoch():
    steps = []

    def loss(parameters, X, y, rng):
        steps.append(float(parameters["w"][0]))
        return 1.0, {"w": np.ones(1)}

    model = Model(loss=loss, scores=lambda parameters, X: np.zeros((len(X), 2)))
    X, y = np.zeros((4, 1)), np.zeros(4, dtype=int)
    solver = Solver(rates={"learning_rate": 1.0}, learning_rate_decay=0.5, batch_size=2, epochs=3)
    solver.train(model, {"w": np.zeros(1)}, X, y, X, y, np.random.default_rng(0))
    assert np.diff(steps).tolist() == [-1.0, -1.0, -0.5, -0.5, -0.25]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"rule": "adagrda"}, "rule='adagrda' is not one of sgd, "),
        ({"batch_size": 0}, "batch_size=0, epochs=10: expected at least 1 and 0"),
        ({"epochs": -1}, "batch_size=100, epochs=-1: expected at least 1 and 0"),
    ],
)
def test_a_solver_that_cannot_train_is_an_error(wrong, complaint):
    with pytest.raises(ValueError, match=complaint):
        Solver(**wrong)


def test_an_empty_validation_set_is_an_error():
    X, y, X_val, y_val = blob_sets()
    start = fc_net.initial_parameters(np.random.default_rng(0), (6, 5, 4))
    with pytest.raises(ValueError, match="no example to be accurate on"):
        Solver().train(dense_model(2), start, X, y, X_val[:0], y_val[:0], np.random.default_rng(0))


def test_a_padding_that_the_net_does_not_know_is_an_error():
    start = lenet.initial_parameters(np.random.default_rng(0), (1, 8, 8))
    with pytest.raises(ValueError, match="padding='sane' is neither 'same' nor 'valid'"):
        lenet.forward(np.zeros((1, 1, 8, 8)), start, padding="sane")
    with pytest.raises(ValueError, match="padding='sane' is neither 'same' nor 'valid'"):
        lenet.initial_parameters(np.random.default_rng(0), (1, 8, 8), padding="sane")


def test_an_observer_sees_every_step_before_it_is_taken():
    seen = []

    def loss(parameters, X, y, rng):
        return 1.0, {"w": np.ones(1)}

    model = Model(loss=loss, scores=lambda parameters, X: np.zeros((len(X), 2)))
    X, y = np.zeros((5, 1)), np.zeros(5, dtype=int)
    Solver(rates={"learning_rate": 1.0}, batch_size=2, epochs=2).train(
        *(model, {"w": np.zeros(1)}, X, y, X, y, np.random.default_rng(0)),
        observe=lambda step, now, X, y: seen.append((step, float(now["w"][0]), len(X), len(y))),
    )
    assert seen == [(step, -step, size, size) for step, size in enumerate([2, 2, 1, 2, 2, 1])]


def test_training_is_the_same_from_the_same_seed_and_leaves_its_start_alone():
    first, second, other = (train_on_blobs(seed, epochs=2) for seed in (1, 1, 2))
    assert first.losses == second.losses != other.losses
    start = fc_net.initial_parameters(np.random.default_rng(0), (6, 5, 4))
    before = {name: array.copy() for name, array in start.items()}
    Solver(epochs=1).train(dense_model(2), start, *blob_sets(), np.random.default_rng(0))
    assert all(np.array_equal(start[name], before[name]) for name in before)


def test_lenet_drops_units_in_training_alone():
    rng = np.random.default_rng(0)
    parameters = lenet.initial_parameters(rng, (1, 8, 8))
    images, y = rng.normal(size=(9, 1, 8, 8)), np.arange(9)
    model = lenet_model(keep=0.5)
    losses = {model.loss(parameters, images, y, np.random.default_rng(s))[0] for s in range(5)}
    assert len(losses) == 5
    assert np.array_equal(model.scores(parameters, images), model.scores(parameters, images))
