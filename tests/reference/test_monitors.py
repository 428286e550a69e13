"""The monitors see what is there, and draw it."""

from __future__ import annotations

import numpy as np
import pytest

from reference import lenet
from reference.datasets import digits
from reference.monitors import (
    Monitor,
    lenet_arrays,
    lenet_observer,
    statistics,
    statistics_figure,
)
from reference.solver import Solver, lenet_model

KINDS = (
    "input",
    "pre-activation",
    "activation",
    "weight",
    "bias",
    "weight gradient",
    "bias gradient",
)


def watched_lenet():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(4, 1, 8, 8)), np.array([0, 3, 9, 3])
    parameters = lenet.initial_parameters(rng, (1, 8, 8))
    return X, parameters, lenet.loss_and_gradients(X, y, parameters)


def test_statistics_are_those_of_all_entries():
    array = np.random.default_rng(0).normal(size=(7, 5, 3))
    found = statistics(array)
    assert (found.min, found.max) == (array.min(), array.max())
    assert (found.mean, found.std) == (array.mean(), array.std())
    assert found.counts.sum() == array.size
    assert (found.edges[0], found.edges[-1]) == (array.min(), array.max())


def test_an_array_whose_entries_are_all_equal_has_a_histogram_too():
    found = statistics(np.zeros(5))
    assert (found.std, found.counts.sum()) == (0.0, 5)


@pytest.mark.parametrize(
    "array",
    [
        np.tanh([18.0, 18.5, 19.0, 20.0, 25.0]),
        np.array([1.0, 1.0 - 1e-16, 1.0 - 2e-16]),
        np.full(4, 1e20),
        np.array([0.0, 5e-324]),
        1.0 + np.arange(40) * np.finfo(float).eps,
        -1e16 - 2.0 * np.arange(100),
    ],
    ids=["saturated tanh", "three ulps", "1e20", "denormal", "a bin an ulp", "large"],
)
def test_entries_that_are_as_good_as_equal_are_all_counted(array):
    found = statistics(array)
    assert found.counts.sum() == array.size
    assert (np.diff(found.edges) > 0).all()
    assert found.edges[0] <= array.min() <= array.max() <= found.edges[-1]


@pytest.mark.parametrize(
    ("array", "counted"),
    [
        ([1.0, 2.0, np.nan], 2),
        ([1.0, np.inf, -np.inf], 1),
        ([np.nan, np.nan], 0),
        ([-1.7e308, 1.7e308, 1e100], 1),
        ([-1e150, 1e150], 2),
        ([-1e160, 1e160], 0),
    ],
)
def test_a_diverging_net_is_recorded_and_its_figure_drawn(array, counted, tmp_path):
    found = statistics(np.array(array))
    assert found.counts.sum() == counted
    assert (np.diff(found.edges) > 0).all()
    assert str(found.max) == str(np.max(array))
    records = [statistics(np.array([0.5, 1.0])), found]
    statistics_figure([0, 1], records, "1 weight").savefig(tmp_path / "figure.svg")


def test_every_kind_of_array_is_watched_in_every_layer():
    X, parameters, answers = watched_lenet()
    arrays = lenet_arrays(X, parameters, answers)
    assert set(arrays) == {f"{layer} {kind}" for layer in range(1, 5) for kind in KINDS}
    assert arrays["1 input"] is X
    assert arrays["4 weight gradient"] is answers["dW4"]
    np.testing.assert_allclose(arrays["4 activation"].sum(axis=1), 1.0)
    np.testing.assert_array_equal(
        arrays["2 activation"], np.maximum(arrays["2 pre-activation"], 0.0)
    )


def test_a_monitor_records_every_hundredth_step_and_asks_for_nothing_in_between():
    monitor, asked = Monitor(), []

    def arrays(step):
        asked.append(step)
        return {"1 weight": np.full(3, float(step)), "1 bias": np.zeros(2)}

    for step in range(250):
        monitor.observe(step, lambda step=step: arrays(step))
    assert asked == monitor.steps == [0, 100, 200]
    assert [record.mean for record in monitor.records["1 weight"]] == [0.0, 100.0, 200.0]


@pytest.mark.parametrize("every", [0, -100])
def test_a_monitor_without_a_step_between_its_records_is_an_error(every):
    with pytest.raises(ValueError, match=f"every={every}: expected at least one step"):
        Monitor(every=every)


def test_a_training_is_watched_without_being_changed():
    X, y = digits(0, 24)
    images = X.reshape(-1, 1, 8, 8)
    start = lenet.initial_parameters(np.random.default_rng(0), (1, 8, 8), filters=(2, 3), K=3)
    solver = Solver(rates={"learning_rate": 0.1}, batch_size=8, epochs=2)
    sets = lenet_model(activation="tanh"), start, images, y, images, y
    monitor = Monitor(every=2)
    watched = solver.train(
        *sets, np.random.default_rng(1), lenet_observer(monitor, activation="tanh")
    )
    unwatched = solver.train(*sets, np.random.default_rng(1))

    assert watched.losses == unwatched.losses
    assert monitor.steps == [0, 2, 4]
    weights = monitor.records["1 weight"]
    assert weights[0].mean == start["W1"].mean()
    assert len({record.mean for record in weights}) == 3
    assert monitor.records["1 input"][0].counts.sum() == 8 * 8 * 8
    assert monitor.records["4 weight gradient"][2].std > 0
    assert max(record.max for record in monitor.records["3 activation"]) <= 1.0


def test_the_statistics_figure_shows_their_course_and_two_histograms(tmp_path):
    pytest.importorskip("matplotlib")
    rng = np.random.default_rng(0)
    records = [statistics(rng.normal(size=100) + shift) for shift in (0, 1, 2)]
    figure = statistics_figure([0, 100, 200], records, "3 activation")
    course, histogram = figure.axes
    assert course.get_title() == "3 activation"
    assert [text.get_text() for text in course.get_legend().get_texts()] == [
        "mean ± std",
        "min",
        "mean",
        "max",
    ]
    np.testing.assert_array_equal(course.lines[1].get_ydata(), [r.mean for r in records])
    assert [text.get_text() for text in histogram.get_legend().get_texts()] == [
        "step 0",
        "step 200",
    ]
    figure.savefig(tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").read_text().startswith("<?xml")
