"""What is a problem: its named inputs, a seeded draw of them, and the right answers to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Inputs = Mapping[str, Any]
"""Inputs by name: float64 or int64 arrays, and Python numbers or words for settings (``reg``)."""
Answers = dict[str, Array]
Options = Mapping[str, str]
Sizes = Mapping[str, int]
Shape = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient:
    """Which derivative an answer is.

    Parameters
    ----------
    of
        The value answer that is differentiated: ``loss``, or a layer's ``out``.
    wrt
        The input that it is differentiated by.
    along
        Where ``of`` is no scalar: the input (``dout``) that it is paired with, so that the
        derivative is that of ``sum(dout * out)``.

    Notes
    -----
    A derivative that is 0 by construction, as that of a bias before batch norm, is no answer:
    there a forgotten term and a right one look alike, and no draw that has it is certified.
    """

    of: str
    wrt: str
    along: str | None = None


def no_kink(inputs: Inputs, options: Options) -> float:
    """Return infinity: a smooth problem is never near a kink."""
    return float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One gradient or network of a homework, with its right answers.

    Parameters
    ----------
    id, title, source
        Name in a rubric, name for people, and where it comes from (course, homework, question).
    shapes
        From the options to each input's symbolic shape: ``{"X": ("N", "D"), "reg": ()}``.
    sizes
        At least two sets of sizes, all different within a set (distinct primes where possible), so
        that a transposed or unscaled answer cannot hide. Draw *i* of a case takes set
        ``i % len(sizes)``.
    settings
        Inputs that are no arrays, with their default: ``{"reg": 0.0}``. A case may set them.
    regimes
        What a case's name stands for: sizes and settings to override, ``{"single": {"N": 1}}``.
        ``scale`` in ``hot`` is a setting that only ``draw`` reads.
    options
        Accepted values of each option, the default first: ``{"scaling": ("mean", "sum")}``. Each
        combination is a reference evaluation of its own.
    draw
        ``draw(rng, sizes, settings, options)`` returns the inputs: fresh float64 (labels: int64)
        arrays, and the settings that a probe sees.
    solve
        ``solve(inputs, options)`` returns every answer, values and gradients, as float64 arrays
        (integer answers such as predictions: int64). It never changes its inputs.
    value
        ``value(inputs, options)`` returns the differentiable value answers by a second, plain and
        complex-safe formula, against which the gradients are certified. Inputs may be complex.
    stacks
        True where ``value`` takes one differentiated input with one more axis in front of its own
        (many trial inputs at once), and answers with that axis in front.
    gradients
        For every answer of ``solve`` that is a derivative, of what and by what.
    margin
        ``margin(inputs, options)`` is the relative distance to the nearest kink or tie:
        min abs(a) / (abs(x) abs(w) + abs(b)) over ReLU inputs a = x w + b, the least gap in max
        pooling or between a margin loss and 0, the least lead of an arg max. Infinity where
        nothing is near.
    parts
        ``parts(inputs, options)`` returns the additive parts of the gradients that have several,
        ``{"dW1": {"data": ..., "penalty": ...}}``; they sum to the answer.
    given
        ``given(inputs, options, own)`` returns the answers that follow from a student's own earlier
        ones, ``{"probs": ...}``, whether these are right or not. Empty where nothing can be given.
    intermediates
        Answers that ``given`` takes.
    stabilised
        ``stabilised(inputs, options)`` returns what else counts as right: for each answer, its
        value with each way of keeping a logarithm or a quotient finite, ``"log(p + 1e-08)"``.
    rounding
        ``rounding(inputs, options)`` returns how far rounding inside a right formula may move
        answers, in units of the last place of 1, where a change of the inputs does not show it.
    """

    id: str
    title: str
    source: str
    shapes: Callable[[Options], Mapping[str, Shape]]
    sizes: tuple[Sizes, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    regimes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    draw: Callable[[np.random.Generator, Sizes, Mapping[str, Any], Options], dict[str, Any]]
    solve: Callable[[Inputs, Options], Answers]
    value: Callable[[Inputs, Options], Answers]
    stacks: bool = False
    gradients: Mapping[str, Gradient] = field(default_factory=dict)
    margin: Callable[[Inputs, Options], float] = no_kink
    parts: Callable[[Inputs, Options], Mapping[str, Answers]] = lambda inputs, options: {}
    given: Callable[[Inputs, Options, Mapping[str, Array]], Mapping[str, Array]] = (
        lambda inputs, options, own: {}
    )
    intermediates: tuple[str, ...] = ()
    stabilised: Callable[[Inputs, Options], Mapping[str, Mapping[str, Array]]] = (
        lambda inputs, options: {}
    )
    rounding: Callable[[Inputs, Options], Mapping[str, float]] = lambda inputs, options: {}

    def resolve_options(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return the full options: the chosen ones over the defaults.

        Raises
        ------
        ValueError
            If an option or one of its values is unknown; the message lists what there is.

        >>> from reference import problem
        >>> problem("fc_net").resolve_options({"depth": "2"})
        {'depth': '2', 'penalty': 'half'}
        """
        for name, option in chosen.items():
            if name not in self.options:
                known = ", ".join(self.options) or "none"
                raise ValueError(f"problem {self.id} has no option {name!r} (it has: {known})")
            if option not in self.options[name]:
                known = ", ".join(self.options[name])
                raise ValueError(f"problem {self.id}: {name}={option!r} is not one of {known}")
        return {name: chosen.get(name, allowed[0]) for name, allowed in self.options.items()}

    def inputs(
        self,
        rng: np.random.Generator,
        *,
        index: int = 0,
        regime: str = "plain",
        overrides: Mapping[str, Any] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Draw the inputs of one case, its sizes (``N``, ``D``, …) among them.

        Parameters
        ----------
        rng
            Source of randomness; the same state gives the same bits.
        index
            Number of the draw within its case; picks the set of sizes.
        regime
            Name of the case, looked up in ``regimes``; an unknown name changes nothing.
        overrides
            Sizes and settings of this case, over those of its regime.
        options
            Chosen options, completed by ``resolve_options``.

        Raises
        ------
        ValueError
            If an override is neither a size nor a setting of this problem.

        >>> from reference import problem
        >>> inputs = problem("relu").inputs(np.random.default_rng(0), overrides={"N": 2})
        >>> inputs["N"], inputs["z"].shape
        (2, (2, 5))
        """
        sizes = dict(self.sizes[index % len(self.sizes)])
        settings = dict(self.settings)
        for name, setting in {**self.regimes.get(regime, {}), **(overrides or {})}.items():
            if name in sizes:
                sizes[name] = int(setting)
            elif name in settings:
                settings[name] = setting
            else:
                known = ", ".join([*sizes, *settings])
                raise ValueError(
                    f"problem {self.id} has no size or setting {name!r} (it has: {known})"
                )
        drawn = self.draw(rng, sizes, settings, self.resolve_options(options or {}))
        return {**sizes, **drawn}


Step = Callable[[SimpleNamespace], Any]


def follow(steps: Mapping[str, Step], start: Inputs, own: Mapping[str, Array]) -> dict[str, Array]:
    """Return what follows step by step, where some steps are taken as they were given.

    Parameters
    ----------
    steps
        Name -> its value from all that stands before it, in order.
    start
        What the first step may read.
    own
        Steps that are not computed but given, right or wrong.

    Returns
    -------
    dict of arrays
        Every step's value.

    >>> steps = {"z": lambda v: 2 * v.x, "a": lambda v: v.z + 1}
    >>> follow(steps, {"x": np.array(3)}, own={"z": np.array(10)})["a"]
    array(11)
    """
    seen = SimpleNamespace(**start)
    for name, step in steps.items():
        setattr(seen, name, own[name] if name in own else step(seen))
    return {name: np.asarray(getattr(seen, name)) for name in steps}
