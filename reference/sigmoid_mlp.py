"""The two-layer perceptron with squared error, in the notation of layers x⁽ˡ⁾ and deltas δ⁽ˡ⁾.

Each weight matrix stands as (inputs, outputs) and acts transposed; the activation is usually σ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.activations import ACTIVATIONS
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


def loss_and_gradients(
    x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array, activation: str = "sigmoid"
) -> Answers:
    """Return the layers, the squared error of one example, its deltas and its gradients.

    Parameters
    ----------
    x : (D,) float array
        The input x⁽⁰⁾; 784 pixels in the course.
    y : (C,) float array
        The wanted output.
    W1, b1 : (D, K) and (K,) float arrays
    W2, b2 : (K, C) and (C,) float arrays
    activation : str
        The φ after both layers, a name in ``ACTIVATIONS``.

    Returns
    -------
    dict of arrays
        ``z1``, ``x1``, ``delta1`` (K,); ``z2``, ``x2``, ``delta2`` (C,); ``loss`` (); and
        ``dW1, db1, dW2, db2``, each in the shape of its parameter.

    Notes
    -----
    ::

        z1 = W1ᵀ x + b1      x1 = φ(z1)      z2 = W2ᵀ x1 + b2      x2 = φ(z2)
        loss = ½ ‖x2 − y‖²
        delta2 = (x2 − y) ⊙ φ'(z2)           delta1 = (W2 delta2) ⊙ φ'(z1)
        dW2 = x1 delta2ᵀ      db2 = delta2   dW1 = x delta1ᵀ      db1 = delta1

    φ' is taken of z, never of φ(z).

    References
    ----------
    Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.

    >>> one = np.ones((1, 1))
    >>> loss_and_gradients(one[0], one[0], 0 * one, 0 * one[0], 4 * one, -2 * one[0])["delta1"]
    array([-0.125])
    """
    phi = ACTIVATIONS[activation]
    z1 = W1.T @ x + b1
    x1 = phi.function(z1)
    z2 = W2.T @ x1 + b2
    x2 = phi.function(z2)
    delta2 = (x2 - y) * phi.derivative(z2)
    delta1 = (W2 @ delta2) * phi.derivative(z1)
    return {
        "z1": z1,
        "x1": x1,
        "z2": z2,
        "x2": x2,
        "loss": np.asarray(0.5 * np.sum((x2 - y) ** 2)),
        "delta1": delta1,
        "delta2": delta2,
        "dW1": np.outer(x, delta1),
        "db1": delta1.copy(),
        "dW2": np.outer(x1, delta2),
        "db2": delta2.copy(),
    }


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes."""
    return {
        "x": ("D",),
        "y": ("C",),
        "W1": ("D", "K"),
        "b1": ("K",),
        "W2": ("K", "C"),
        "b2": ("C",),
    }


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs with random biases and targets in (0, 1); ``scale`` multiplies W2."""
    D, K, C = (sizes[name] for name in "DKC")
    return {
        "x": rng.normal(size=D),
        "y": rng.uniform(size=C),
        "W1": rng.normal(size=(D, K)) / np.sqrt(D),
        "b1": rng.normal(scale=0.5, size=K),
        "W2": settings["scale"] * rng.normal(size=(K, C)) / np.sqrt(K),
        "b2": rng.normal(scale=0.5, size=C),
    }


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return all answers."""
    net = {name: inputs[name] for name in shapes(options)}
    return loss_and_gradients(**net, activation=options["activation"])


def given(inputs: Inputs, options: Options, own: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return what follows from a student's own earlier layers and deltas."""
    phi = ACTIVATIONS[options["activation"]]
    steps: Mapping[str, Step] = {
        "z1": lambda v: v.W1.T @ v.x + v.b1,
        "x1": lambda v: phi.function(v.z1),
        "z2": lambda v: v.W2.T @ v.x1 + v.b2,
        "x2": lambda v: phi.function(v.z2),
        "loss": lambda v: 0.5 * np.sum((v.x2 - v.y) ** 2),
        "delta2": lambda v: (v.x2 - v.y) * phi.derivative(v.z2),
        "delta1": lambda v: (v.W2 @ v.delta2) * phi.derivative(v.z1),
        "dW1": lambda v: np.outer(v.x, v.delta1),
        "db1": lambda v: v.delta1,
        "dW2": lambda v: np.outer(v.x1, v.delta2),
        "db2": lambda v: v.delta2,
    }
    return follow(steps, inputs, own)


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the layers and the loss unit by unit (complex-safe)."""
    phi = ACTIVATIONS[options["activation"]].plain
    x, y, W1, b1, W2, b2 = (inputs[name] for name in shapes(options))
    z1 = np.array([b + sum(x * w) for w, b in zip(W1.T, b1, strict=True)])
    x1 = phi(z1)
    z2 = np.array([b + sum(x1 * w) for w, b in zip(W2.T, b2, strict=True)])
    x2 = phi(z2)
    return {"z1": z1, "x1": x1, "z2": z2, "x2": x2, "loss": np.asarray(sum((x2 - y) ** 2) / 2)}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance of a unit of either layer from a kink of the activation."""
    if not ACTIVATIONS[options["activation"]].kinked:
        return float("inf")
    answers = solve(inputs, options)
    reach1 = np.abs(inputs["W1"].T) @ np.abs(inputs["x"]) + np.abs(inputs["b1"])
    reach2 = np.abs(inputs["W2"].T) @ np.abs(answers["x1"]) + np.abs(inputs["b2"])
    nearest = [(np.abs(answers["z1"]) / reach1).min(), (np.abs(answers["z2"]) / reach2).min()]
    return float(min(nearest))


PROBLEM = Problem(
    id="sigmoid_mlp",
    title="Two-layer perceptron with squared error",
    source="Rumelhart, Hinton and Williams 1986: sigmoid units, squared error",
    shapes=shapes,
    sizes=({"D": 11, "K": 5, "C": 7}, {"D": 5, "K": 13, "C": 11}),
    settings={"scale": 1.0},
    regimes={
        "square": {"D": 5, "K": 5, "C": 5},
        "hot": {"scale": 3.0},
    },
    options={"activation": ("sigmoid", *(name for name in ACTIVATIONS if name != "sigmoid"))},
    draw=draw,
    solve=solve,
    value=value,
    # z = Wᵀ x + b, so a delta is the gradient in that layer's bias.
    gradients={
        **{f"d{name}": Gradient(of="loss", wrt=name) for name in ("W1", "b1", "W2", "b2")},
        "delta1": Gradient(of="loss", wrt="b1"),
        "delta2": Gradient(of="loss", wrt="b2"),
    },
    margin=margin,
    given=given,
    intermediates=("z1", "x1", "z2", "x2", "delta2", "delta1"),
)
