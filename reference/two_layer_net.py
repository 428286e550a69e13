"""The two-layer ReLU net with softmax cross-entropy and weight decay.

ECE C147/C247 homework 3, question 4, and CS231n assignment 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.layers import relu_margin
from reference.losses import draw_labels, lead, softmax_loss
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Shape, Sizes
from reference.stabilisers import with_stabilisers

PENALTY = {"half": 0.5, "full": 1.0, "absent": 0.0}


def loss_and_gradients(
    X: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array, reg: float, factor: float = 0.5
) -> Answers:
    """Return the scores, the loss, and the loss's gradients of a two-layer ReLU net.

    Parameters
    ----------
    X : (N, D) float array
        One example a row.
    y : (N,) integer array
        Right classes, 0 <= y < C.
    W1, b1 : (D, H) and (H,) float arrays
    W2, b2 : (H, C) and (C,) float arrays
    reg : float
        Strength of the weight decay, >= 0. The biases are not penalised.
    factor : float
        ½ where a course penalises ``½ reg ‖W‖²``, 1 for ``reg ‖W‖²``, 0 for no penalty.

    Returns
    -------
    dict of arrays
        ``scores`` (N, C), ``pred`` (N,), ``loss`` (), and ``dW1, db1, dW2, db2``, each in the
        shape of its parameter.

    Notes
    -----
    With S₁ = X W1 + b1, A = max(0, S₁), scores = A W2 + b2, G = (softmax(scores) − onehot(y))/N::

        loss = −mean log softmax(scores)[n, y[n]] + factor·reg·(‖W1‖² + ‖W2‖²)
        dW2 = Aᵀ G + 2·factor·reg·W2          db2 = Σₙ G
        dW1 = Xᵀ (G W2ᵀ ⊙ [S₁ > 0]) + 2·factor·reg·W1    db1 = Σₙ G W2ᵀ ⊙ [S₁ > 0]

    References
    ----------
    ECE C147/C247 Winter 2025, homework 3, question 4; CS231n, assignment 1.

    >>> answers = loss_and_gradients(
    ...     np.ones((1, 2)), np.array([0]), np.eye(2), np.zeros(2), np.eye(2), np.zeros(2), reg=0.0)
    >>> answers["db2"]
    array([-0.5,  0.5])
    """
    S1 = X @ W1 + b1
    A = np.maximum(S1, 0.0)
    scores = A @ W2 + b2
    data_loss, G = softmax_loss(scores, y)
    dS1 = (G @ W2.T) * (S1 > 0)
    decay = 2.0 * factor * reg
    return {
        "scores": scores,
        "pred": scores.argmax(axis=1),
        "loss": np.asarray(data_loss + factor * reg * (np.sum(W1**2) + np.sum(W2**2))),
        "dW1": X.T @ dS1 + decay * W1,
        "db1": dS1.sum(axis=0),
        "dW2": A.T @ G + decay * W2,
        "db2": G.sum(axis=0),
    }


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes; ``columns`` stores both weight matrices transposed."""
    rows = options["layout"] == "rows"
    return {
        "X": ("N", "D"),
        "y": ("N",),
        "W1": ("D", "H") if rows else ("H", "D"),
        "b1": ("H",),
        "W2": ("H", "C") if rows else ("C", "H"),
        "b2": ("C",),
        "reg": (),
    }


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs with random biases; ``scale`` multiplies W2 and ``stretch`` X."""
    N, D, H, C = (sizes[name] for name in "NDHC")
    W1 = rng.normal(size=(D, H)) / np.sqrt(D)
    W2 = settings["scale"] * rng.normal(size=(H, C)) / np.sqrt(H)
    turn = options["layout"] == "columns"
    return {
        "X": settings["stretch"] * rng.normal(size=(N, D)),
        "y": draw_labels(rng, N, C),
        "W1": W1.T.copy() if turn else W1,
        "b1": rng.normal(scale=0.5, size=H),
        "W2": W2.T.copy() if turn else W2,
        "b2": rng.normal(scale=0.5, size=C),
        "reg": float(settings["reg"]),
    }


def in_rows(inputs: Inputs, options: Options) -> dict[str, Any]:
    """Return the inputs with both weight matrices as (inputs, outputs)."""
    names = ("X", "y", "W1", "b1", "W2", "b2", "reg")
    arguments = {name: inputs[name] for name in names}
    if options["layout"] == "columns":
        arguments["W1"], arguments["W2"] = arguments["W1"].T, arguments["W2"].T
    return arguments


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return all answers, the weight gradients in the layout of the weights."""
    answers = loss_and_gradients(**in_rows(inputs, options), factor=PENALTY[options["penalty"]])
    if options["layout"] == "columns":
        answers["dW1"], answers["dW2"] = answers["dW1"].T.copy(), answers["dW2"].T.copy()
    return answers


def given(inputs: Inputs, options: Options, own: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return what follows from a student's own scores: predictions, and the loss."""
    net, scores = in_rows(inputs, options), own["scores"]
    squares = np.sum(net["W1"] ** 2) + np.sum(net["W2"] ** 2)
    penalty = PENALTY[options["penalty"]] * net["reg"] * squares
    loss, _ = softmax_loss(scores, net["y"])
    return {"pred": scores.argmax(axis=1), "loss": np.asarray(loss + penalty)}


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the loss example by example, branching on real parts only (complex-safe)."""
    net = in_rows(inputs, options)
    total: Any = 0.0
    for x, label in zip(net["X"], net["y"], strict=True):
        s1 = np.einsum("d,dh->h", x, net["W1"]) + net["b1"]
        a = np.where(s1.real > 0, s1, 0.0)
        s = np.einsum("h,hc->c", a, net["W2"]) + net["b2"]
        shifted = s - s.real.max()
        total = total + np.log(np.exp(shifted).sum()) - shifted[label]
    squares = (net["W1"] ** 2).sum() + (net["W2"] ** 2).sum()
    penalty = PENALTY[options["penalty"]] * net["reg"] * squares
    return {"loss": np.asarray(total / len(net["y"]) + penalty)}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance of a hidden unit from its kink or of two scores from a tie."""
    net = in_rows(inputs, options)
    hidden = relu_margin(net["X"], net["W1"], net["b1"])
    return min(hidden, lead(solve(inputs, options)["scores"]))


def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the weight gradients' two parts: from the data and from the penalty."""
    data = solve(inputs, {**options, "penalty": "absent"})
    decay = 2.0 * PENALTY[options["penalty"]] * inputs["reg"]
    return {
        f"d{name}": {"data": data[f"d{name}"], "penalty": decay * inputs[name]}
        for name in ("W1", "W2")
    }


PROBLEM = Problem(
    id="two_layer_net",
    title="Two-layer ReLU net with softmax cross-entropy and weight decay",
    source="ECE C147/C247 homework 3, question 4; CS231n assignment 1",
    shapes=shapes,
    sizes=({"N": 7, "D": 5, "H": 11, "C": 3}, {"N": 11, "D": 3, "H": 5, "C": 7}),
    settings={"reg": 0.0, "scale": 1.0, "stretch": 1.0},
    regimes={
        "decay": {"reg": 0.3},
        "single": {"N": 1},
        "square": {"N": 5, "D": 5, "H": 5, "C": 5},
        "hot": {"scale": 6.0},
        # Inputs, activations and gradients that are large, in a net that narrows; two classes.
        "wide": {"N": 6, "D": 13, "H": 4, "C": 2, "stretch": 300.0, "scale": 0.01},
    },
    options={"layout": ("rows", "columns"), "penalty": ("half", "full", "absent")},
    draw=draw,
    solve=solve,
    value=value,
    gradients={f"d{name}": Gradient(of="loss", wrt=name) for name in ("W1", "b1", "W2", "b2")},
    margin=margin,
    parts=parts,
    stabilised=with_stabilisers(solve, lambda inputs, options: solve(inputs, options)["scores"]),
    given=given,
    intermediates=("scores",),
)
