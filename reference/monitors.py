"""What goes on inside a net while it learns: statistics per layer, and their figures.

ELEC/COMP 576 assignment 1, part 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reference import lenet
from reference.problem import Array
from reference.solver import Observer

if TYPE_CHECKING:
    from matplotlib.figure import Figure


LARGEST = 1e150
"""Size up to which numbers are counted and drawn; the squares of larger ones are infinite."""

COARSE = 4
"""Least width of a bin, in units of the last place: narrower ones could have no width at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The distribution of an array's entries.

    Parameters
    ----------
    min, max, mean, std
        The standard deviation divides by the number of entries.
    counts, edges
        The histogram: how many entries lie between one edge and the next. In none lie those that
        are not finite, nor those beyond ``LARGEST``.
    """

    min: float
    max: float
    mean: float
    std: float
    counts: Array
    edges: Array


def histogram(array: Array, bins: int) -> tuple[Array, Array]:
    """Return how many entries lie in each of several bins of equal width, and the bins' edges.

    They reach from the least entry to the largest, and further where these are as good as equal.

    >>> histogram(np.array([1.0, 3.0, 3.0, np.inf]), bins=2)
    (array([1, 2]), array([1., 2., 3.]))
    >>> histogram(np.array([1.0, 1.0 - 1e-16]), bins=2)
    (array([0, 2]), array([0.5, 1. , 1.5]))
    """
    counted = array[np.abs(array) <= LARGEST]
    low, high = (counted.min(), counted.max()) if counted.size else (0.0, 0.0)
    double = np.finfo(np.float64)
    least = COARSE * bins * (double.eps * max(abs(low), abs(high)) + double.tiny)
    if not high - low > least:
        low, high = low - max(least, 0.5), high + max(least, 0.5)
    return np.histogram(counted, bins=bins, range=(low, high))


def statistics(array: Array, bins: int = 30) -> Statistics:
    """Return the distribution of an array's entries.

    Parameters
    ----------
    array : float array
        Of any shape, not empty.
    bins : int
        Of the histogram.

    Returns
    -------
    Statistics

    References
    ----------
    ELEC/COMP 576, assignment 1, part 2: ``variable_summaries``.

    >>> found = statistics(np.array([[1.0, 3.0], [3.0, 5.0]]), bins=2)
    >>> found.min, found.max, found.mean, round(found.std, 3), found.counts
    (1.0, 5.0, 3.0, 1.414, array([1, 3]))
    """
    counts, edges = histogram(array, bins)
    with np.errstate(over="ignore", invalid="ignore"):  # of a net that diverges, they are infinite
        mean, std = float(array.mean()), float(array.std())
    return Statistics(
        min=float(array.min()),
        max=float(array.max()),
        mean=mean,
        std=std,
        counts=counts,
        edges=edges,
    )


def lenet_arrays(
    X: Array, parameters: Mapping[str, Array], answers: Mapping[str, Array]
) -> dict[str, Array]:
    """Return by name whatever a monitor of the LeNet-style net watches.

    Parameters
    ----------
    X : (N, C, H, W) float array
    parameters : mapping of names to float arrays
        ``W1, b1, …, W4, b4``.
    answers : mapping of names to arrays
        What ``reference.lenet.loss_and_gradients`` returned for them.

    Returns
    -------
    dict of float arrays
        For each layer 1 to 4: ``input``, ``pre-activation``, ``activation`` (for the last layer the
        probabilities), ``weight``, ``bias``, and the ``weight gradient`` and ``bias gradient``.

    >>> X, y = np.ones((1, 1, 8, 8)), np.array([3])
    >>> parameters = lenet.initial_parameters(np.random.default_rng(0), (1, 8, 8))
    >>> watched = lenet_arrays(X, parameters, lenet.loss_and_gradients(X, y, parameters))
    >>> len(watched), watched["2 input"].shape
    (28, (1, 8, 4, 4))
    """
    inputs = (X, answers["p1"], answers["p2"], answers["h"])
    summed = (*(answers[name] for name in ("z1", "z2", "z3")), answers["scores"])
    active = (*(answers[name] for name in ("a1", "a2", "a3")), answers["probs"])
    watched: dict[str, Array] = {}
    for layer, (entered, z, a) in enumerate(zip(inputs, summed, active, strict=True), start=1):
        watched |= {
            f"{layer} input": entered,
            f"{layer} pre-activation": z,
            f"{layer} activation": a,
            f"{layer} weight": parameters[f"W{layer}"],
            f"{layer} bias": parameters[f"b{layer}"],
            f"{layer} weight gradient": answers[f"dW{layer}"],
            f"{layer} bias gradient": answers[f"db{layer}"],
        }
    return watched


class Monitor:
    """Collects the statistics of named arrays, every so many steps of a training.

    Parameters
    ----------
    every : int
        Steps from one record to the next, > 0; the course asks for 100.
    bins : int
        Of the histograms.

    Raises
    ------
    ValueError
        If there is no step from one record to the next.

    Attributes
    ----------
    steps : list of int
        When records were made.
    records : dict of lists of Statistics
        By the array's name, one a record.

    >>> monitor = Monitor(every=2)
    >>> for step in range(5):
    ...     monitor.observe(step, lambda: {"1 weight": np.arange(step, step + 2.0)})
    >>> monitor.steps, [record.mean for record in monitor.records["1 weight"]]
    ([0, 2, 4], [0.5, 2.5, 4.5])
    """

    def __init__(self, every: int = 100, bins: int = 30) -> None:
        if every < 1:
            raise ValueError(f"every={every}: expected at least one step")
        self.every = every
        self.bins = bins
        self.steps: list[int] = []
        self.records: dict[str, list[Statistics]] = {}

    def observe(self, step: int, arrays: Callable[[], Mapping[str, Array]]) -> None:
        """Record the arrays if it is time to; else they are not even asked for.

        Parameters
        ----------
        step : int
            Number of the training step.
        arrays : function
            Returns the arrays by name, the same names each time.
        """
        if step % self.every:
            return
        self.steps.append(step)
        for name, array in arrays().items():
            self.records.setdefault(name, []).append(statistics(array, self.bins))


def lenet_observer(monitor: Monitor, activation: str = "relu", padding: str = "same") -> Observer:
    """Return what shows a monitor the LeNet-style net while a solver trains it.

    Parameters
    ----------
    monitor : Monitor
    activation, padding : str
        Of the net, as in ``reference.lenet.forward``.

    Returns
    -------
    function of (step, parameters, X, y)
        For ``Solver.train``. What is recorded is the net on the step's batch with every hidden unit
        in use: the units that this step drops would come and go in the histograms.

    >>> monitor, y = Monitor(every=1), np.array([3])
    >>> parameters = lenet.initial_parameters(np.random.default_rng(0), (1, 8, 8))
    >>> lenet_observer(monitor)(0, parameters, np.ones((1, 1, 8, 8)), y)
    >>> monitor.steps, len(monitor.records)
    ([0], 28)
    """

    def observe(step: int, parameters: Mapping[str, Array], X: Array, y: Array) -> None:
        def arrays() -> dict[str, Array]:
            answers = lenet.loss_and_gradients(
                X, y, parameters, activation=activation, padding=padding
            )
            return lenet_arrays(X, parameters, answers)

        monitor.observe(step, arrays)

    return observe


def drawn(records: Sequence[Statistics], name: str) -> Array:
    """Return one number of each record, or NaN, which leaves a gap, where it is beyond drawing.

    >>> drawn([statistics(np.array([2.0])), statistics(np.array([np.inf]))], "max")
    array([ 2., nan])
    """
    numbers = np.array([getattr(record, name) for record in records])
    return np.where(np.abs(numbers) <= LARGEST, numbers, np.nan)


def statistics_figure(
    steps: Sequence[int], records: Sequence[Statistics], title: str = ""
) -> Figure:
    """Return the course of an array's statistics, and its first and last histogram.

    Parameters
    ----------
    steps : sequence of int
    records : sequence of Statistics
        One for each of the steps, at least one.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        To be saved by ``figure.savefig``; no window is opened.

    >>> figure = statistics_figure([0, 100], [statistics(np.arange(4.0))] * 2, "1 weight")
    >>> [axes.get_xlabel() for axes in figure.axes]
    ['step', 'value']
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.5), layout="constrained")
    course, histogram = figure.subplots(1, 2)
    mean, std = drawn(records, "mean"), drawn(records, "std")
    course.fill_between(steps, mean - std, mean + std, alpha=0.3, label="mean ± std")
    for name in ("min", "mean", "max"):
        course.plot(steps, drawn(records, name), label=name)
    for step, record in {steps[0]: records[0], steps[-1]: records[-1]}.items():
        histogram.stairs(record.counts, record.edges, label=f"step {step}")
    course.set(xlabel="step", title=title)
    histogram.set(xlabel="value", ylabel="entries")
    course.legend()
    histogram.legend()
    return figure
