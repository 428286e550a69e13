"""Inverted dropout, judged by a given mask or by the student's own one.

ECE C147/C247 homework 4 and CS231n assignment 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Sizes


def draw_mask(rng: np.random.Generator, shape: tuple[int, ...], keep: float) -> Array:
    """Return which units stay, each one on its own with probability ``keep``.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
    keep : float
        0 < keep <= 1.

    Returns
    -------
    float array of that shape
        1 where a unit stays, 0 where it is dropped.

    >>> draw_mask(np.random.default_rng(0), (2, 3), keep=1.0)
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    return (rng.random(shape) < keep).astype(np.float64)


def dropout(x: Array, kept: Array, keep: float) -> Array:
    """Return the units that stay, raised so that their expectation is x.

    The same line carries a gradient back: ``dx = dropout(dout, kept, keep)``.

    Parameters
    ----------
    x : (...) float array
    kept : (...) float array
        1 where a unit stays, 0 where it is dropped.
    keep : float
        Probability that a unit stays, 0 < keep <= 1.

    Returns
    -------
    (...) float array
        ``x ⊙ kept / keep``; in test mode dropout is the identity.

    References
    ----------
    Srivastava et al., "Dropout", 2014; CS231n assignment 2, ``layers.dropout_forward``.

    >>> dropout(np.array([1.0, 2.0]), np.array([1.0, 0.0]), keep=0.5)
    array([2., 0.])
    """
    out: Array = x * kept / keep
    return out


def recovered_mask(x: Array, out: Array) -> Array:
    """Return the mask that somebody's dropout of x must have drawn.

    Parameters
    ----------
    x : (...) float array
        Without a zero.
    out : (...) float array
        x after dropout.

    Returns
    -------
    (...) float array
        1 where out is not 0.

    Raises
    ------
    ValueError
        If x holds a 0, which does not show whether it was dropped.

    >>> recovered_mask(np.array([1.0, 2.0]), np.array([2.0, 0.0]))
    array([1., 0.])
    """
    if not np.all(x):
        raise ValueError("a unit that is 0 does not show whether it was dropped")
    return np.where(out != 0, 1.0, 0.0)


def has_likely_share(kept: Array, keep: float, deviations: float = 5.0) -> bool:
    """Return whether a share of kept units is within so many standard deviations of ``keep``.

    Parameters
    ----------
    kept : (...) float array
        1 where a unit stays, 0 where it is dropped.
    keep : float
        Probability that a unit stays.
    deviations : float
        Five let a right mask fail about once in two million times.

    Returns
    -------
    bool

    >>> has_likely_share(np.ones(1000), keep=0.7), has_likely_share(np.ones(10), keep=0.99)
    (False, True)
    """
    allowed = deviations * np.sqrt(keep * (1.0 - keep) / kept.size)
    return bool(abs(kept.mean() - keep) <= allowed)


def keep_of(inputs: Inputs, options: Options) -> float:
    """Return the probability that a unit stays, whichever probability p is.

    >>> keep_of({"p": 0.75}, {"p": "keep"}), keep_of({"p": 0.75}, {"p": "drop"})
    (0.75, 0.25)
    """
    p: float = inputs["p"]
    return p if options["p"] == "keep" else 1.0 - p


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw x without a zero, dout, and a mask ``kept`` by the meaning of p, told as ``keep``."""
    shape = (sizes["N"], sizes["D"])
    x = rng.normal(size=shape)
    p = float(settings["p"])
    return {
        "x": x + np.copysign(0.1, x),
        "dout": rng.normal(size=shape),
        "kept": draw_mask(rng, shape, keep_of({"p": p}, options)),
        "p": p,
        "keep": keep_of({"p": p}, options),
    }


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return ``out`` and ``dx`` for the mask ``kept``, and the answers that hold for every mask.

    Where the mask is the student's own, a probe fills what it dropped: with ``mask = out != 0``,
    ``np.where(mask, out, scaled)`` must be ``scaled`` and ``np.where(mask, dx, dscaled)`` must be
    ``dscaled``, while ``np.where(mask, 0, dx)`` must be 0 (``dropped_gradient``).
    ``share_of_units_kept_is_right`` and ``units_are_drawn_one_by_one`` are 1: what a probe says of
    many masks whose share of kept units is about ``keep``, and that are drawn unit by unit, not
    for a whole row or column.
    """
    x, dout, kept = (inputs[name] for name in ("x", "dout", "kept"))
    keep = keep_of(inputs, options)
    if options["mode"] == "test":
        kept, keep = np.ones_like(x), 1.0
    return {
        "out": dropout(x, kept, keep),
        "dx": dropout(dout, kept, keep),
        "scaled": x / keep,
        "dscaled": dout / keep,
        "dropped_gradient": np.zeros_like(x),
        "share_of_units_kept_is_right": np.ones(()),
        "units_are_drawn_one_by_one": np.ones(()),
    }


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the outputs entry by entry: raised or 0 in training, x itself in test mode."""
    x = inputs["x"]
    if options["mode"] == "test":
        return {"out": x + 0.0, "scaled": x + 0.0}
    raised = x * keep_of(inputs, options) ** -1.0
    return {"out": np.where(inputs["kept"] == 1.0, raised, 0.0), "scaled": raised}


def given(inputs: Inputs, options: Options, own: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return the gradient that follows from what somebody's own dropout multiplies a unit by."""
    scaled = own["scaled"] if "scaled" in own else solve(inputs, options)["scaled"]
    return {"scaled": scaled, "dscaled": inputs["dout"] * scaled / inputs["x"]}


PROBLEM = Problem(
    id="dropout",
    title="Inverted dropout and its backward pass",
    source="ECE C147/C247 homework 4; CS231n assignment 2: dropout_forward",
    shapes=lambda options: {
        "x": ("N", "D"),
        "dout": ("N", "D"),
        "kept": ("N", "D"),
        "p": (),
        "keep": (),
    },
    sizes=({"N": 7, "D": 11}, {"N": 13, "D": 5}),
    settings={"p": 0.7},
    regimes={"single": {"N": 1}, "square": {"N": 7, "D": 7}},
    options={"p": ("keep", "drop"), "mode": ("train", "test")},
    draw=draw,
    solve=solve,
    value=value,
    gradients={
        "dx": Gradient(of="out", wrt="x", along="dout"),
        "dscaled": Gradient(of="scaled", wrt="x", along="dout"),
    },
    given=given,
    intermediates=("scaled",),
)
