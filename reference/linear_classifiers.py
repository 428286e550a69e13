"""The linear classifiers: softmax and multiclass SVM over scores that are linear in the pixels.

CS231n assignment 1 (``softmax.py``, ``linear_svm.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reference.losses import (
    draw_labels,
    hinge_distance,
    lead,
    plain_softmax_loss,
    plain_svm_loss,
    softmax_loss,
    svm_loss,
)
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Sizes
from reference.stabilisers import with_stabilisers
from reference.two_layer_net import PENALTY

Loss = Callable[[Array, Array], tuple[float, Array]]


def loss_and_gradient(
    X: Array, y: Array, W: Array, reg: float, loss: Loss = softmax_loss, factor: float = 0.5
) -> Answers:
    """Return the scores, the loss, and the loss's gradient of a linear classifier.

    Parameters
    ----------
    X : (N, D) float array
        One example a row, a constant 1 appended where a bias is wanted.
    y : (N,) integer array
        Right classes, 0 <= y < C.
    W : (D, C) float array
    reg : float
        Strength of the weight decay, >= 0.
    loss : function of (scores, y)
        ``softmax_loss`` or ``svm_loss``: returns the mean loss and its gradient in the scores.
    factor : float
        ½ where a course penalises ``½ reg ‖W‖²``, 1 for ``reg ‖W‖²``, 0 for no penalty.

    Returns
    -------
    dict of arrays
        ``scores`` (N, C), ``pred`` (N,), ``loss`` () and ``dW`` (D, C).

    Notes
    -----
    With scores = X W and G the gradient of the mean loss in the scores::

        loss = mean loss + factor·reg·‖W‖²
        dW = Xᵀ G + 2·factor·reg·W

    References
    ----------
    CS231n, assignment 1, ``softmax_loss_vectorized`` and ``svm_loss_vectorized``.

    >>> loss_and_gradient(
    ...     np.eye(2), np.array([1, 0]), np.diag([4.0, 2.0]), reg=1.0, loss=svm_loss)["dW"]
    array([[ 4.5, -0.5],
           [-0.5,  2.5]])
    """
    scores = X @ W
    data_loss, G = loss(scores, y)
    return {
        "scores": scores,
        "pred": scores.argmax(axis=1),
        "loss": np.asarray(data_loss + factor * reg * np.sum(W**2)),
        "dW": X.T @ G + 2.0 * factor * reg * W,
    }


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs; ``scale`` multiplies W, for confident predictions, and ``stretch`` X."""
    N, D, C = (sizes[name] for name in "NDC")
    return {
        "X": settings["stretch"] * rng.normal(size=(N, D)),
        "y": draw_labels(rng, N, C),
        "W": settings["scale"] * rng.normal(size=(D, C)) / np.sqrt(D),
        "reg": float(settings["reg"]),
    }


def _problem(
    problem_id: str,
    title: str,
    loss: Loss,
    plain_loss: Callable[[Array, Array], Array],
    kink: Callable[[Array, Array], float] = lambda scores, y: float("inf"),
) -> Problem:
    """Return the problem of one loss, its plain formula, and its distance from a kink."""

    def solve(inputs: Inputs, options: Options) -> Answers:
        X, y, W, reg = (inputs[name] for name in ("X", "y", "W", "reg"))
        return loss_and_gradient(X, y, W, reg, loss, PENALTY[options["penalty"]])

    def value(inputs: Inputs, options: Options) -> Answers:
        scores = np.einsum("nd,dc->nc", inputs["X"], inputs["W"])
        penalty = PENALTY[options["penalty"]] * inputs["reg"] * (inputs["W"] ** 2).sum()
        return {"loss": np.asarray(plain_loss(scores, inputs["y"]) + penalty)}

    def margin(inputs: Inputs, options: Options) -> float:
        scores = inputs["X"] @ inputs["W"]
        return min(lead(scores), kink(scores, inputs["y"]))

    def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
        data = solve(inputs, {**options, "penalty": "absent"})["dW"]
        decay = 2.0 * PENALTY[options["penalty"]] * inputs["reg"]
        return {"dW": {"data": data, "penalty": decay * inputs["W"]}}

    def stabilised(inputs: Inputs, options: Options) -> Mapping[str, Mapping[str, Array]]:
        scored = with_stabilisers(solve, lambda inputs, options: inputs["X"] @ inputs["W"])
        return scored(inputs, options) if loss is softmax_loss else {}

    return Problem(
        id=problem_id,
        title=title,
        source="CS231n assignment 1",
        shapes=lambda options: {"X": ("N", "D"), "y": ("N",), "W": ("D", "C"), "reg": ()},
        sizes=({"N": 7, "D": 5, "C": 3}, {"N": 11, "D": 3, "C": 7}),
        settings={"reg": 0.0, "scale": 1.0, "stretch": 1.0},
        regimes={
            "decay": {"reg": 0.3},
            "single": {"N": 1},
            "square": {"N": 5, "D": 5, "C": 5},
            "hot": {"scale": 6.0},
            # Inputs and gradients that are large; two classes.
            "wide": {"N": 6, "D": 13, "C": 2, "stretch": 300.0, "scale": 0.01},
        },
        options={"penalty": ("half", "full", "absent")},
        draw=draw,
        solve=solve,
        value=value,
        gradients={"dW": Gradient(of="loss", wrt="W")},
        margin=margin,
        parts=parts,
        stabilised=stabilised,
    )


PROBLEMS = {
    "linear_softmax": _problem(
        "linear_softmax",
        "Linear softmax classifier with weight decay",
        softmax_loss,
        plain_softmax_loss,
    ),
    "linear_svm": _problem(
        "linear_svm",
        "Linear multiclass SVM with weight decay",
        svm_loss,
        plain_svm_loss,
        hinge_distance,
    ),
}
