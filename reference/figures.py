"""The figures of the homework: decision boundaries, and the course of training.

Each function returns a ``matplotlib.figure.Figure`` that belongs to no window and to no global
state (never pyplot), so that figures can be drawn anywhere and at any time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, TextIO

import numpy as np

from reference.problem import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Predictor = Callable[[Array], Array]
"""From (n, 2) points to their (n,) classes, integers from 0."""

COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
"""Paul Tol's bright scheme, which the colour-blind can tell apart too; class k takes number k."""


def _fill_regions(axes: Axes, predict: Predictor, X: Array, classes: int, resolution: int) -> None:
    """Colour the plane around the points by the class that is predicted there."""
    from matplotlib.colors import ListedColormap

    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.1 * np.maximum(high - low, 1e-9)
    edges = np.linspace(low - margin, high + margin, resolution + 1)
    x, y = ((edges[:-1] + edges[1:]) / 2).T
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    regions = np.asarray(predict(points)).reshape(resolution, resolution)
    classes = max(classes, int(regions.max()) + 1)
    # Pixels, not contours: between classes 0 and 2 a contour would draw a band of class 1.
    axes.imshow(
        regions,
        cmap=ListedColormap(_colours(classes)),
        vmin=-0.5,
        vmax=classes - 0.5,
        extent=(*edges[[0, -1], 0], *edges[[0, -1], 1]),
        origin="lower",
        interpolation="nearest",
        aspect="auto",
        alpha=0.3,
    )


def _colours(classes: int) -> list[str]:
    """Return a colour for each class, again from the first where they run out."""
    return [COLOURS[k % len(COLOURS)] for k in range(classes)]


def decision_boundaries(
    predictors: Mapping[str, Predictor], X: Array, y: Array, *, resolution: int = 200
) -> Figure:
    """Draw what several classifiers make of the same points, each in a panel of its own.

    Parameters
    ----------
    predictors : mapping of titles to functions
        One for each activation, or for each hidden size; a function maps (n, 2) points to their
        (n,) classes.
    X : (N, 2) float array
        The data, one point a row.
    y : (N,) integer array
        Their right classes, from 0.
    resolution : int
        Points along each side of the grid on which a classifier is asked.

    Returns
    -------
    matplotlib.figure.Figure
        At most three panels side by side, on common axes.

    Raises
    ------
    ValueError
        If there is no predictor, or the points are not in the plane.

    References
    ----------
    ELEC/COMP 576, assignment 1, part 1: ``plot_decision_boundary``.

    >>> X, y = np.array([[-1.0, 0.0], [1.0, 0.5]]), np.array([0, 1])
    >>> above = {f"x > {t}": lambda points, t=t: (points[:, 0] > t).astype(int) for t in (0, 1)}
    >>> [axes.get_title() for axes in decision_boundaries(above, X, y).axes]
    ['x > 0', 'x > 1']
    """
    from matplotlib.figure import Figure

    if not predictors:
        raise ValueError("predictors={}: expected at least one")
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(f"X.shape={X.shape}: expected (N, 2), points in the plane")
    across = min(3, len(predictors))
    down = math.ceil(len(predictors) / across)
    figure = Figure(figsize=(4 * across, 3.2 * down), layout="constrained")
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).flat
    classes = int(y.max()) + 1
    for axes, (title, predict) in zip(panels, predictors.items(), strict=False):
        _fill_regions(axes, predict, X, classes, resolution)
        for k, colour in enumerate(_colours(classes)):
            axes.scatter(*X[y == k].T, s=12, color=colour, edgecolors="white", linewidths=0.3)
        axes.set_title(title)
    for axes in figure.axes[len(predictors) :]:
        axes.remove()
    for axes in figure.axes[-across:]:
        axes.tick_params(labelbottom=True)  # the lowest of its column, though not of the grid
    return figure


def decision_boundary(
    predict: Predictor, X: Array, y: Array, *, title: str = "", resolution: int = 200
) -> Figure:
    """Draw what one classifier makes of points in the plane.

    Parameters
    ----------
    predict : function
        Maps (n, 2) points to their (n,) classes.
    X, y, resolution
        As for ``decision_boundaries``.
    title : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the points are not in the plane.

    References
    ----------
    ELEC/COMP 576, assignment 1, part 1: ``plot_decision_boundary``.

    >>> X, y = np.array([[-1.0, 0.0], [1.0, 0.5]]), np.array([0, 1])
    >>> figure = decision_boundary(lambda points: np.zeros(len(points), int), X, y, title="none")
    >>> figure.axes[0].get_title()
    'none'
    """
    return decision_boundaries({title: predict}, X, y, resolution=resolution)


def training_curves(losses: Sequence[float], accuracies: Mapping[str, Sequence[float]]) -> Figure:
    """Draw the loss over the steps, and accuracies over the epochs.

    Parameters
    ----------
    losses : sequence of float
        The loss of each step's batch.
    accuracies : mapping of names to sequences of float
        The shares, between 0 and 1, at the start and after each epoch:
        ``{"training": …, "validation": …}``.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels side by side.

    References
    ----------
    ECE C147/C247 homework 3 and CS231n assignment 2: the histories of ``Solver``.

    >>> figure = training_curves([2.3, 1.9, 1.2], {"training": [0.1, 0.6]})
    >>> [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes]
    [('step', 'loss'), ('epoch', 'accuracy')]
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(np.arange(1, len(losses) + 1), losses, linewidth=0.8, color=COLOURS[0])
    left.set(xlabel="step", ylabel="loss")
    for colour, (name, shares) in zip(_colours(len(accuracies)), accuracies.items(), strict=True):
        right.plot(np.arange(len(shares)), shares, marker=".", color=colour, label=name)
    right.set(xlabel="epoch", ylabel="accuracy", ylim=(0.0, 1.02))
    right.xaxis.get_major_locator().set_params(integer=True)
    if accuracies:
        right.legend(loc="lower right")
    return figure


def save_svg(figure: Figure, path: str | PathLike[str] | TextIO) -> None:
    """Write a figure as SVG; the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its layout is settled: axes no longer move when it is drawn again.
    path : path or text stream

    Notes
    -----
    Left alone, matplotlib writes the date, names its clip paths at random, and solves a layout to
    the last bit or the last but one.

    >>> from io import StringIO
    >>> out = StringIO()
    >>> save_svg(training_curves([1.0], {}), out)
    >>> "<svg" in out.getvalue()
    True
    """
    from matplotlib import rc_context

    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(float(x), 4) for x in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))
    with rc_context({"svg.hashsalt": "backprop-grader"}):
        figure.savefig(path, format="svg", metadata={"Date": None})
