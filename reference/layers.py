"""The affine layer, alone and with a ReLU behind it.

ECE C147/C247 homework 3, question 5 (``nndl/layers.py``), and CS231n assignment 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.activations import relu, relu_derivative
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Sizes


def affine(x: Array, w: Array, b: Array) -> Array:
    """Return ``x w + b``, every example flattened to a row.

    Parameters
    ----------
    x : (N, d1, ..., dk) array
        Examples of any rank.
    w : (D, M) array
        D = d1·…·dk.
    b : (M,) array

    Returns
    -------
    (N, M) array

    References
    ----------
    ECE C147/C247 homework 3 and CS231n assignment 2, ``layers.affine_forward``.

    >>> affine(np.ones((1, 2, 2)), np.ones((4, 3)), np.zeros(3))
    array([[4., 4., 4.]])
    """
    out: Array = x.reshape(len(x), -1) @ w + b
    return out


def affine_gradients(dout: Array, x: Array, w: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of ``sum(dout * affine(x, w, b))`` in x, w and b.

    Parameters
    ----------
    dout : (N, M) float array
        The gradient that comes down to the layer's output.
    x : (N, d1, ..., dk) float array
    w : (D, M) float array

    Returns
    -------
    dx : (N, d1, ..., dk) float array
        ``dout wᵀ`` in the shape of x.
    dw : (D, M) float array
        ``xᵀ dout``, x flattened to (N, D).
    db : (M,) float array
        ``Σₙ dout``.

    References
    ----------
    ECE C147/C247 homework 3 and CS231n assignment 2, ``layers.affine_backward``.

    >>> dx, dw, db = affine_gradients(np.ones((1, 1)), np.array([[2.0, 3.0]]), np.ones((2, 1)))
    >>> dx, dw.T, db
    (array([[1., 1.]]), array([[2., 3.]]), array([1.]))
    """
    dx = (dout @ w.T).reshape(x.shape)
    return dx, x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def affine_relu_gradients(dout: Array, x: Array, w: Array, b: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of ``sum(dout * relu(affine(x, w, b)))`` in x, w and b.

    Parameters
    ----------
    dout : (N, M) float array
    x : (N, d1, ..., dk) float array
    w : (D, M) float array
    b : (M,) float array

    Returns
    -------
    dx, dw, db : arrays in the shapes of x, w and b
        Those of the affine layer for ``dout ⊙ [x w + b > 0]``.

    References
    ----------
    ECE C147/C247 homework 3 and CS231n assignment 2, ``layer_utils.affine_relu_backward``.

    >>> _, dw, db = affine_relu_gradients(
    ...     np.ones((1, 2)), np.array([[2.0]]), np.array([[1.0, -1.0]]), np.zeros(2))
    >>> dw, db
    (array([[2., 0.]]), array([1., 0.]))
    """
    return affine_gradients(dout * relu_derivative(affine(x, w, b)), x, w)


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw a layer with examples of rank two, and report their flat length D = d1·d2."""
    N, d1, d2, M = (sizes[name] for name in ("N", "d1", "d2", "M"))
    D = d1 * d2
    return {
        "x": rng.normal(size=(N, d1, d2)),
        "w": rng.normal(size=(D, M)) / np.sqrt(D),
        "b": rng.normal(scale=0.5, size=M),
        "dout": rng.normal(size=(N, M)),
        "D": D,
    }


def solve_affine(inputs: Inputs, options: Options) -> Answers:
    """Return the affine layer's output and its three gradients along dout."""
    x, w, b, dout = (inputs[name] for name in ("x", "w", "b", "dout"))
    dx, dw, db = affine_gradients(dout, x, w)
    return {"out": affine(x, w, b), "dx": dx, "dw": dw, "db": db}


def solve_affine_relu(inputs: Inputs, options: Options) -> Answers:
    """Return the output of affine and ReLU, and their three gradients along dout."""
    x, w, b, dout = (inputs[name] for name in ("x", "w", "b", "dout"))
    dx, dw, db = affine_relu_gradients(dout, x, w, b)
    return {"out": relu(affine(x, w, b)), "dx": dx, "dw": dw, "db": db}


def value_affine(inputs: Inputs, options: Options) -> Answers:
    """Return the affine layer's output, the sum over d1 and d2 left to einsum."""
    x, w = inputs["x"], inputs["w"]
    weights = w.reshape(*x.shape[1:], -1)
    return {"out": np.einsum("nij,ijm->nm", x, weights) + inputs["b"]}


def value_affine_relu(inputs: Inputs, options: Options) -> Answers:
    """Return the output of affine and ReLU, branching on real parts only."""
    out = value_affine(inputs, options)["out"]
    return {"out": np.where(out.real > 0, out, 0.0)}


def relu_margin(x: Array, w: Array, b: Array) -> float:
    """Return the least ``|x w + b| / (|x| |w| + |b|)``: how near a unit is to its kink.

    Parameters
    ----------
    x : (N, d1, ..., dk) float array
    w : (D, M) float array
    b : (M,) float array

    Returns
    -------
    float
        Between 0 and 1.

    >>> relu_margin(np.array([[2.0]]), np.array([[1.0]]), np.array([-1.0])).__round__(3)
    0.333
    """
    reach = affine(np.abs(x), np.abs(w), np.abs(b))
    return float((np.abs(affine(x, w, b)) / reach).min())


def _problem(layer_id: str, title: str, **rows: Any) -> Problem:
    """Return the problem of an affine layer; ``rows`` are the fields that differ."""
    return Problem(
        id=layer_id,
        title=title,
        source=f"ECE C147/C247 homework 3, question 5; CS231n assignment 2: {layer_id}_forward",
        shapes=lambda options: {
            "x": ("N", "d1", "d2"),
            "w": ("D", "M"),
            "b": ("M",),
            "dout": ("N", "M"),
        },
        sizes=({"N": 7, "d1": 3, "d2": 4, "M": 5}, {"N": 11, "d1": 5, "d2": 3, "M": 7}),
        regimes={"single": {"N": 1}, "square": {"N": 9, "d1": 3, "d2": 3, "M": 9}},
        draw=draw,
        gradients={f"d{name}": Gradient(of="out", wrt=name, along="dout") for name in "xwb"},
        **rows,
    )


PROBLEMS = {
    "affine": _problem(
        "affine",
        "Affine layer and its backward pass",
        solve=solve_affine,
        value=value_affine,
    ),
    "affine_relu": _problem(
        "affine_relu",
        "Affine layer with a ReLU and its backward pass",
        solve=solve_affine_relu,
        value=value_affine_relu,
        margin=lambda inputs, options: relu_margin(inputs["x"], inputs["w"], inputs["b"]),
    ),
}
