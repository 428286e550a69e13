"""Backpropagation by hand: a ReLU layer, one sigmoid output, one example, one number.

The published numbers give ∂J/∂W1₁₂ = −1/16 exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.activations import ACTIVATIONS, relu, sigmoid
from reference.problem import (
    Answers,
    Array,
    Gradient,
    Inputs,
    Options,
    Problem,
    Shape,
    Sizes,
    Step,
    follow,
)


def published() -> dict[str, Any]:
    """Return the numbers of the worked example.

    Returns
    -------
    dict
        The arguments of ``steps``, for D = H = 2.

    >>> published()["W1"]
    array([[ 0.75,  0.5 ],
           [-1.  ,  1.  ]])
    """
    return {
        "x": np.array([1.0, 0.5]),
        "W1": np.array([[0.75, 0.5], [-1.0, 1.0]]),
        "b1": np.zeros(2),
        "W2": np.ones(2),
        "b2": -1.0,
        "t": 1.0,
    }


def steps(x: Array, W1: Array, b1: Array, W2: Array, b2: float, t: float) -> Answers:
    """Return every number of the forward and of the backward pass, in order.

    Parameters
    ----------
    x : (D,) float array
    W1, b1 : (H, D) and (H,) float arrays
    W2, b2 : (H,) float array and float
    t : float
        The target, 0 or 1.

    Returns
    -------
    dict of arrays
        Forward ``h1``, ``a`` (H,), ``h2``, ``y``, ``loss`` (). Backward ``dy``, ``dh2`` (),
        ``dW2`` (H,), ``db2`` (), ``da``, ``dh1`` (H,), ``dW1`` (H, D), ``db1`` (H,), where d stands
        for ∂J/∂; and ``dW1_12`` (), the entry in row 1 and column 2.

    Notes
    -----
    ::

        h1 = W1 x + b1    a = max(0, h1)    h2 = W2ᵀ a + b2    y = σ(h2)    J = ½ (t − y)²
        dy = y − t        dh2 = dy y (1 − y)      dW2 = dh2 a      db2 = dh2
        da = dh2 W2       dh1 = da ⊙ [h1 > 0]     dW1 = dh1 xᵀ     db1 = dh1

    The worked solution ends in 0.0625 where its own lines give −0.0625.

    References
    ----------
    An exercise of introductory courses; the rule is that of Rumelhart, Hinton and Williams,
    "Learning representations by back-propagating errors", 1986.

    >>> answers = steps(**published())
    >>> answers["h1"], float(answers["h2"]), float(answers["y"])
    (array([ 1. , -0.5]), 0.0, 0.5)
    >>> answers["dW1"]
    array([[-0.125 , -0.0625],
           [ 0.    ,  0.    ]])
    """
    h1 = W1 @ x + b1
    a = relu(h1)
    h2 = W2 @ a + b2
    y = sigmoid(h2)
    dy = y - t
    dh2 = dy * y * (1.0 - y)
    da = dh2 * W2
    dh1 = np.where(h1 > 0, da, 0.0)
    dW1 = np.outer(dh1, x)
    answers = {"h1": h1, "a": a, "h2": h2, "y": y, "loss": 0.5 * (t - y) ** 2}
    answers |= {"dy": dy, "dh2": dh2, "dW2": dh2 * a, "db2": dh2, "da": da, "dh1": dh1}
    answers |= {"dW1": dW1, "db1": dh1.copy(), "dW1_12": dW1[0, 1]}
    return {name: np.asarray(answer) for name, answer in answers.items()}


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes."""
    return {"x": ("D",), "W1": ("H", "D"), "b1": ("H",), "W2": ("H",), "b2": (), "t": ()}


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Return the published numbers where ``numbers`` says so, else draw other ones for the net.

    As in the published net, the first hidden unit is on and the last one is off; the second one is
    on or off by its bias alone.
    """
    if settings["numbers"] == "published":
        return published()
    D, H = sizes["D"], sizes["H"]
    x = rng.normal(size=D)
    W1 = rng.normal(size=(H, D)) / np.sqrt(D)
    b1 = rng.normal(scale=0.5, size=H)
    b1[1] = -1.5 * W1[1] @ x
    turn = np.ones(H)
    turn[[-1, 0]] = np.sign(W1[[-1, 0]] @ x + b1[[-1, 0]]) * [-1.0, 1.0]
    return {
        "x": x,
        "W1": W1 * turn[:, None],
        "b1": b1 * turn,
        "W2": rng.normal(size=H) / np.sqrt(H),
        "b2": float(rng.normal(scale=0.5)),
        "t": float(rng.integers(2)),
    }


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return all answers."""
    return steps(**{name: inputs[name] for name in shapes(options)})


FOLLOWING: Mapping[str, Step] = {
    "h1": lambda v: v.W1 @ v.x + v.b1,
    "a": lambda v: relu(v.h1),
    "h2": lambda v: v.W2 @ v.a + v.b2,
    "y": lambda v: sigmoid(v.h2),
    "loss": lambda v: 0.5 * (v.t - v.y) ** 2,
    "dy": lambda v: v.y - v.t,
    "dh2": lambda v: v.dy * v.y * (1.0 - v.y),
    "dW2": lambda v: v.dh2 * v.a,
    "db2": lambda v: v.dh2,
    "da": lambda v: v.dh2 * v.W2,
    "dh1": lambda v: np.where(v.h1 > 0, v.da, 0.0),
    "dW1": lambda v: np.outer(v.dh1, v.x),
    "db1": lambda v: v.dh1,
    "dW1_12": lambda v: v.dW1[0, 1],
}


def given(inputs: Inputs, options: Options, own: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return what follows from a student's own earlier numbers."""
    return follow(FOLLOWING, inputs, own)


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the loss, the net written as sums over its hidden units (complex-safe)."""
    x, W1, b1, W2, b2, t = (inputs[name] for name in shapes(options))
    f, g = ACTIVATIONS["relu"].plain, ACTIVATIONS["sigmoid"].plain
    h2 = b2 + sum(v * f(sum(w * x) + b) for w, b, v in zip(W1, b1, W2, strict=True))
    return {"loss": np.asarray((t - g(h2)) ** 2 / 2)}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance of a hidden unit from the kink of its ReLU."""
    x, W1, b1 = (inputs[name] for name in ("x", "W1", "b1"))
    return float((np.abs(W1 @ x + b1) / (np.abs(W1) @ np.abs(x) + np.abs(b1))).min())


PROBLEM = Problem(
    id="backprop_by_hand",
    title="Backpropagation by hand through a ReLU layer and a sigmoid",
    source="Exercise of introductory courses on backpropagation, with the answer −1/16",
    shapes=shapes,
    sizes=({"D": 3, "H": 7}, {"D": 7, "H": 5}),
    settings={"numbers": "drawn"},
    regimes={
        "published": {"D": 2, "H": 2, "numbers": "published"},
        "square": {"D": 5, "H": 5},
    },
    draw=draw,
    solve=solve,
    value=value,
    # h = W x + b, so ∂J/∂h is the gradient in that layer's bias.
    gradients={
        **{f"d{name}": Gradient(of="loss", wrt=name) for name in ("W1", "b1", "W2", "b2")},
        "dh1": Gradient(of="loss", wrt="b1"),
        "dh2": Gradient(of="loss", wrt="b2"),
    },
    margin=margin,
    given=given,
    intermediates=("h1", "a", "h2", "y", "dy", "dh2", "da", "dh1", "dW1"),
)
