"""Figures show what they are given, leave no state behind, and are the same bytes each time."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import to_hex

from reference.datasets import moons
from reference.figures import (
    COLOURS,
    decision_boundaries,
    decision_boundary,
    save_svg,
    training_curves,
)
from reference.moons_net import predict, train

X = np.array([[-1.0, 0.0], [1.0, 4.0], [0.0, 2.0], [0.5, -1.0]])
LABELS = np.array([0, 1, 1, 0])


def right_of(threshold):
    return lambda points: (points[:, 0] > threshold).astype(int)


def test_the_boundary_lies_where_the_predictor_changes_its_mind():
    figure = decision_boundary(right_of(0.25), X, LABELS, title="x > ¼", resolution=100)
    (axes,) = figure.axes
    (image,) = axes.images
    regions = image.get_array()
    left, right, bottom, top = image.get_extent()
    assert axes.get_title() == "x > ¼"
    assert (left, right, bottom, top) == pytest.approx((-1.2, 1.2, -1.5, 4.5))
    changes = np.flatnonzero(np.diff(regions[0])) + 1
    assert left + (right - left) * changes / 100 == pytest.approx([0.25], abs=0.02)
    assert (regions == regions[0]).all()


def test_the_decision_boundary_is_that_of_the_net_that_is_shown():
    points, labels = moons(0, 40)
    fitted = train(points, labels, np.random.default_rng(0), epsilon=0.5, passes=200)
    figure = decision_boundary(lambda p: predict(p, *fitted), points, labels, resolution=30)
    (axes,) = figure.axes
    assert set(np.unique(axes.images[0].get_array())) == {0, 1}
    shown = np.concatenate([np.asarray(group.get_offsets()) for group in axes.collections])
    np.testing.assert_array_equal(shown, points[np.argsort(labels, kind="stable")])


def test_the_predictor_sees_y_from_the_bottom_up():
    def above(points):
        return (points[:, 1] > 1).astype(int)

    (image,) = decision_boundary(above, X, LABELS, resolution=10).axes[0].images
    assert image.origin == "lower"
    assert (image.get_array()[0].max(), image.get_array()[-1].min()) == (0, 1)


def test_each_class_is_drawn_in_the_colour_of_its_region():
    (axes,) = decision_boundary(right_of(0.0), X, LABELS).axes
    for k, points in enumerate(axes.collections):
        np.testing.assert_array_equal(points.get_offsets(), X[k == LABELS])
        assert to_hex(points.get_facecolor()[0]) == COLOURS[k]
    assert axes.images[0].cmap.colors[:2] == list(COLOURS[:2])


def test_a_predictor_may_name_a_class_that_no_point_has():
    (axes,) = decision_boundary(lambda points: 2 + right_of(0.0)(points), X, LABELS).axes
    assert len(axes.images[0].cmap.colors) == 4


def test_there_are_more_classes_than_colours():
    labels = np.arange(len(X)) + 6
    figure = decision_boundary(lambda points: np.full(len(points), 9), X, labels)
    assert len(figure.axes[0].images[0].cmap.colors) == 10


@pytest.mark.parametrize(("panels", "rows"), [(1, 1), (3, 1), (4, 2), (7, 3)])
def test_each_predictor_has_a_panel_of_its_own_on_common_axes(panels, rows):
    predictors = {f"{k} hidden": right_of(k / 10) for k in range(panels)}
    figure = decision_boundaries(predictors, X, LABELS, resolution=20)
    assert [axes.get_title() for axes in figure.axes] == list(predictors)
    assert figure.axes[0].get_gridspec().nrows == rows
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes}) == 1


def test_the_lowest_panel_of_each_column_names_its_axis():
    figure = decision_boundaries({str(k): right_of(k) for k in range(4)}, X, LABELS, resolution=20)
    named = [axes.xaxis.get_major_ticks()[0].label1.get_visible() for axes in figure.axes]
    assert named == [False, True, True, True]


def test_no_predictor_and_points_in_space_are_errors():
    with pytest.raises(ValueError, match="expected at least one"):
        decision_boundaries({}, X, LABELS)
    with pytest.raises(ValueError, match=r"X\.shape=\(4, 3\): expected \(N, 2\)"):
        decision_boundary(right_of(0.0), np.zeros((4, 3)), LABELS)


def test_training_curves_show_the_histories():
    losses = [2.3, 1.5, 0.9, 0.8]
    shares = {"training": [0.1, 0.6, 0.9], "validation": [0.1, 0.5, 0.7]}
    loss, accuracy = training_curves(losses, shares).axes
    np.testing.assert_array_equal(loss.lines[0].get_xydata(), list(enumerate(losses, start=1)))
    for line, (name, history) in zip(accuracy.lines, shares.items(), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), list(enumerate(history)))
        assert line.get_label() == name
    assert [text.get_text() for text in accuracy.get_legend().get_texts()] == list(shares)
    assert (loss.get_xlabel(), loss.get_ylabel()) == ("step", "loss")
    assert (accuracy.get_xlabel(), accuracy.get_ylabel()) == ("epoch", "accuracy")
    assert all(float(tick).is_integer() for tick in accuracy.get_xticks())


def test_training_without_accuracies_has_no_legend():
    assert training_curves([1.0, 0.5], {}).axes[1].get_legend() is None


def figures():
    predictors = {str(k): right_of(k / 7) for k in range(4)}
    yield decision_boundaries(predictors, X, LABELS, resolution=30)
    yield training_curves([3.0, 2.0], {"training": [0.1, 1.0]})


def test_the_same_figure_is_saved_as_the_same_bytes(tmp_path):
    for first, again in zip(figures(), figures(), strict=True):
        for name, figure in (("a", first), ("b", again), ("c", first)):
            save_svg(figure, tmp_path / name)
        saved = (tmp_path / "a").read_bytes()
        assert saved.startswith(b"<?xml")
        assert b"<dc:date>" not in saved
        assert saved == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


SCRIPT = """
import sys
import reference.figures as figures
assert "matplotlib" not in sys.modules
import numpy as np
X, y = np.eye(2), np.arange(2)
figures.save_svg(figures.decision_boundary(lambda p: np.zeros(len(p), int), X, y), sys.argv[1])
figures.save_svg(figures.training_curves([1.0], {"training": [0.5]}), sys.argv[1])
assert "matplotlib.pyplot" not in sys.modules
print(open(sys.argv[1]).read())
"""


def test_pyplot_is_never_loaded_and_two_processes_agree(tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "figure.svg")]
    first, second = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert first == second != ""
