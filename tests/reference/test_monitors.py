"""The monitors see what is there, and draw it."""

from __future__ import annotations

import numpy as np
import pytest

from reference import lenet
from reference.monitors import (
    Monitor,
    lenet_arrays,
    statistics,
    statistics_figure,
)

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
