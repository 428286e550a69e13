"""The two-layer swish net with softmax cross-entropy, in the column convention.

ECE C147/C247 homework 3, question 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reference.activations import ACTIVATIONS, swish, swish_derivative
from reference.losses import draw_labels, softmax_loss
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
from reference.stabilisers import with_stabilisers


def forward(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Answers:
    """Return the net's layers: scores z2 of the hidden units h1 = swish(z1).

    Parameters
    ----------
    X : (D, N) float array
        One example a column.
    W1, b1 : (H, D) and (H,) float arrays
    W2, b2 : (C, H) and (C,) float arrays

    Returns
    -------
    dict of arrays
        ``z1``, ``h1`` (H, N) and ``z2`` (C, N).

    Notes
    -----
    ::

        z1 = W1 X + b1      h1 = z1 ⊙ σ(z1)      z2 = W2 h1 + b2

    >>> eye = np.eye(2)
    >>> forward(np.array([[0.0], [-1e3]]), eye, np.zeros(2), eye, np.ones(2))["z2"]
    array([[1.],
           [1.]])
    """
    z1 = W1 @ X + b1[:, None]
    h1 = swish(z1)
    return {"z1": z1, "h1": h1, "z2": W2 @ h1 + b2[:, None]}


def backward(g: Array, X: Array, z1: Array, W2: Array) -> Answers:
    """Return the parameters' gradients, given the loss's gradient g in the scores z2.

    Parameters
    ----------
    g : (C, N) float array
        ∂L/∂z2; for the softmax cross-entropy of one example, softmax(z2) − onehot(y).
    X : (D, N) float array
    z1 : (H, N) float array
        Inputs of the swish, W1 X + b1.
    W2 : (C, H) float array

    Returns
    -------
    dict of arrays
        ``dW1, db1, dW2, db2``, each in the shape of its parameter.

    Notes
    -----
    With s = swish'(z1) = σ(z1) + z1 σ(z1) (1 − σ(z1)) and dz1 = s ⊙ (W2ᵀ g)::

        dW2 = g h1ᵀ      db2 = Σₙ g      dW1 = dz1 Xᵀ      db1 = Σₙ dz1

    References
    ----------
    ECE C147/C247 Winter 2025, homework 3, question 3.

    >>> one = np.ones((1, 1))
    >>> backward(g=4 * one, X=3 * one, z1=0 * one, W2=one)["dW1"]
    array([[6.]])
    """
    dz1 = swish_derivative(z1) * (W2.T @ g)
    return {
        "dW1": dz1 @ X.T,
        "db1": dz1.sum(axis=1),
        "dW2": g @ swish(z1).T,
        "db2": g.sum(axis=1),
    }


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes: with a label ``y`` or with ``g``, one example or N."""
    batch: Shape = () if options["examples"] == "one" else ("N",)
    return {
        "x" if options["examples"] == "one" else "X": ("D", *batch),
        **({"y": batch} if options["given"] == "label" else {"g": ("C", *batch)}),
        "W1": ("H", "D"),
        "b1": ("H",),
        "W2": ("C", "H"),
        "b2": ("C",),
    }


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs with random biases; ``scale`` multiplies W2, for confident predictions."""
    N, D, H, C = (sizes[name] for name in "NDHC")
    one = options["examples"] == "one"
    inputs: dict[str, Any] = {
        "x" if one else "X": rng.normal(size=D if one else (D, N)),
        "W1": rng.normal(size=(H, D)) / np.sqrt(D),
        "b1": rng.normal(scale=0.5, size=H),
        "W2": settings["scale"] * rng.normal(size=(C, H)) / np.sqrt(H),
        "b2": rng.normal(scale=0.5, size=C),
    }
    if options["given"] == "g":
        inputs["g"] = rng.normal(size=C if one else (C, N))
    else:
        inputs["y"] = int(rng.integers(C)) if one else draw_labels(rng, N, C)
    return inputs


def in_columns(inputs: Inputs, options: Options) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the arguments of ``forward``, and ``y`` (N,) or ``g`` (C, N)."""
    parameters = {name: inputs[name] for name in ("W1", "b1", "W2", "b2")}
    given = "y" if options["given"] == "label" else "g"
    if options["examples"] == "batch":
        return {"X": inputs["X"], **parameters}, {given: inputs[given]}
    target = np.asarray(inputs[given])[..., None]
    return {"X": inputs["x"][:, None], **parameters}, {given: target}


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return the layers, the loss and the gradients.

    Where g is given in place of a label, the loss is ⟨g, z2⟩: its gradient in z2 is g, so it stands
    for every loss that has that gradient. ``scaling`` speaks of the cross-entropy of a batch alone.
    """
    net, target = in_columns(inputs, options)
    layers = forward(**net)
    if options["given"] == "g":
        g = target["g"]
        loss = np.sum(g * layers["z2"])
    else:
        loss, G = softmax_loss(layers["z2"].T, target["y"])
        count = len(target["y"]) if options["scaling"] == "sum" else 1
        loss, g = count * loss, count * G.T
    gradients = backward(g, net["X"], layers["z1"], net["W2"])
    if options["examples"] == "one":
        layers = {name: layer[:, 0] for name, layer in layers.items()}
    return {**layers, "loss": np.asarray(loss), **gradients}


def given(inputs: Inputs, options: Options, own: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return what follows from a student's own earlier layers."""
    net, target = in_columns(inputs, options)
    one = options["examples"] == "one"
    if options["given"] == "g":
        label_steps: dict[str, Step] = {
            "loss": lambda v: np.sum(target["g"] * v.z2),
            "g": lambda v: target["g"],
        }
    else:
        rows = softmax_rows(target["y"], len(target["y"]) if options["scaling"] == "sum" else 1)
        label_steps = {"loss": lambda v: rows(v.z2)[0], "g": lambda v: rows(v.z2)[1]}
    steps: Mapping[str, Step] = {
        "z1": lambda v: v.W1 @ v.X + v.b1[:, None],
        "h1": lambda v: swish(v.z1),
        "z2": lambda v: v.W2 @ v.h1 + v.b2[:, None],
        **label_steps,
        "dz1": lambda v: swish_derivative(v.z1) * (v.W2.T @ v.g),
        "dW1": lambda v: v.dz1 @ v.X.T,
        "db1": lambda v: v.dz1.sum(axis=1),
        "dW2": lambda v: v.g @ v.h1.T,
        "db2": lambda v: v.g.sum(axis=1),
    }
    columns = {name: layer[:, None] if one else layer for name, layer in own.items()}
    follows = follow(steps, net, columns)
    layers = ("z1", "h1", "z2")
    return {name: follows[name][:, 0] if one else follows[name] for name in layers} | {
        name: step for name, step in follows.items() if name not in layers
    }


def softmax_rows(y: Array, count: int) -> Callable[[Array], tuple[float, Array]]:
    """Return the function from (C, N) scores to ``count`` times the mean loss and its gradient.

    >>> loss, G = softmax_rows(np.array([0]), count=2)(np.zeros((2, 1)))
    >>> round(loss, 4), G.T
    (1.3863, array([[-1.,  1.]]))
    """

    def loss_and_gradient(z2: Array) -> tuple[float, Array]:
        loss, G = softmax_loss(z2.T, y)
        return count * loss, count * G.T

    return loss_and_gradient


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the layers and the loss example by example (complex-safe)."""
    net, target = in_columns(inputs, options)
    f = ACTIVATIONS["swish"].plain
    z1 = np.stack([np.einsum("hd,d->h", net["W1"], x) + net["b1"] for x in net["X"].T])
    h1 = f(z1)
    z2 = np.stack([np.einsum("ch,h->c", net["W2"], h) + net["b2"] for h in h1])
    if options["given"] == "g":
        loss = np.einsum("cn,nc->", target["g"], z2)
    else:
        shifted = z2 - z2.real.max(axis=1, keepdims=True)
        right = np.array(
            [scores[label] for scores, label in zip(shifted, target["y"], strict=True)]
        )
        losses = np.log(np.exp(shifted).sum(axis=1)) - right
        loss = losses.sum() if options["scaling"] == "sum" else losses.mean()
    layers = {"z1": z1.T, "h1": h1.T, "z2": z2.T}
    if options["examples"] == "one":
        layers = {"z1": z1[0], "h1": h1[0], "z2": z2[0]}
    return {**layers, "loss": np.asarray(loss)}


PROBLEM = Problem(
    id="swish_net",
    title="Two-layer swish net with softmax cross-entropy",
    source="ECE C147/C247 homework 3, question 3",
    shapes=shapes,
    sizes=({"N": 5, "D": 11, "H": 3, "C": 7}, {"N": 3, "D": 5, "H": 13, "C": 7}),
    settings={"scale": 1.0},
    regimes={
        "single": {"N": 1},
        "square": {"N": 5, "D": 5, "H": 5, "C": 5},
        "hot": {"scale": 6.0},
    },
    options={
        "given": ("label", "g"),
        "examples": ("one", "batch"),
        "scaling": ("mean", "sum"),
    },
    draw=draw,
    solve=solve,
    value=value,
    gradients={f"d{name}": Gradient(of="loss", wrt=name) for name in ("W1", "b1", "W2", "b2")},
    stabilised=with_stabilisers(solve, lambda inputs, options: solve(inputs, options)["z2"].T),
    given=given,
    intermediates=("z1", "h1", "z2"),
)
