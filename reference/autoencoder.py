"""The tied autoencoder: one matrix W encodes, its transpose decodes.

ECE C147/C247 homework 3, question 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.activations import ACTIVATIONS, Activation
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Shape, Sizes

NONLINEARITIES: Mapping[str, Activation] = {
    "linear": Activation(function=np.copy, derivative=np.ones_like, plain=lambda z: z),
    **ACTIVATIONS,
}


def loss_and_paths(W: Array, X: Array, nonlinearity: str = "linear") -> Answers:
    """Return the reconstruction loss and the two paths that its gradient takes to W.

    Parameters
    ----------
    W : (m, n) float array
        Encodes as it stands and decodes transposed; m < n.
    X : (n, N) float array
        One example a column.
    nonlinearity : str
        The f after both products, a name in ``NONLINEARITIES``.

    Returns
    -------
    dict of arrays
        ``loss`` (), and the ``encoder path`` and ``decoder path`` (m, n), which sum to dW.

    Notes
    -----
    With A = W X, H = f(A), B = Wᵀ H, E = f(B) − X::

        loss = ½ ‖E‖²
        decoder path = H Dᵀ where D = E ⊙ f'(B)
        encoder path = R Xᵀ where R = (W D) ⊙ f'(A)

    For linear f these are W X Eᵀ and W E Xᵀ.

    References
    ----------
    ECE C147/C247 Winter 2025, homework 3, question 1.

    >>> paths = loss_and_paths(np.array([[1.0, 2.0]]), np.array([[1.0], [0.0]]))
    >>> paths["encoder path"], paths["decoder path"]
    (array([[4., 0.]]), array([[0., 2.]]))
    """
    f = NONLINEARITIES[nonlinearity]
    A = W @ X
    H = f.function(A)
    B = W.T @ H
    E = f.function(B) - X
    D = E * f.derivative(B)
    R = (W @ D) * f.derivative(A)
    return {
        "loss": np.asarray(0.5 * np.sum(E**2)),
        "encoder path": R @ X.T,
        "decoder path": H @ D.T,
    }


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes: one example ``x``, or a batch ``X`` of columns."""
    examples: dict[str, Shape] = (
        {"x": ("n",)} if options["examples"] == "one" else {"X": ("n", "N")}
    )
    return {"W": ("m", "n"), **examples}


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs; ``scale`` multiplies W."""
    m, n, N = (sizes[name] for name in ("m", "n", "N"))
    one = options["examples"] == "one"
    return {
        "W": settings["scale"] * rng.normal(size=(m, n)) / np.sqrt(n),
        "x" if one else "X": rng.normal(size=n if one else (n, N)),
    }


def columns(inputs: Inputs, options: Options) -> Array:
    """Return the examples as the columns of a matrix."""
    examples: Array = inputs["x"][:, None] if options["examples"] == "one" else inputs["X"]
    return examples


def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the gradient's two paths, through the encoder and through the decoder."""
    paths = loss_and_paths(inputs["W"], columns(inputs, options), options["nonlinearity"])
    return {"dW": {name: paths[name] for name in ("encoder path", "decoder path")}}


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return the loss and its gradient, the sum of both paths."""
    paths = loss_and_paths(inputs["W"], columns(inputs, options), options["nonlinearity"])
    return {"loss": paths["loss"], "dW": paths["encoder path"] + paths["decoder path"]}


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the loss example by example (complex-safe)."""
    W, f = inputs["W"], NONLINEARITIES[options["nonlinearity"]].plain
    total: Any = 0.0
    for x in columns(inputs, options).T:
        h = f(np.einsum("mn,n->m", W, x))
        e = f(np.einsum("mn,m->n", W, h)) - x
        total = total + (e * e).sum() / 2
    return {"loss": np.asarray(total)}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance of a unit of either layer from a kink of the nonlinearity."""
    f = NONLINEARITIES[options["nonlinearity"]]
    if not f.kinked:
        return float("inf")
    W, X = inputs["W"], columns(inputs, options)
    H = f.function(W @ X)
    if not H.any(axis=0).all():
        return 0.0  # a dead code puts every unit of the decoder at exactly 0
    encoder = np.abs(W @ X) / (np.abs(W) @ np.abs(X))
    decoder = np.abs(W.T @ H) / (np.abs(W.T) @ np.abs(H))
    return float(min(encoder.min(), decoder.min()))


PROBLEM = Problem(
    id="autoencoder",
    title="Tied autoencoder",
    source="ECE C147/C247 homework 3, question 1",
    shapes=shapes,
    sizes=({"n": 7, "m": 5, "N": 3}, {"n": 13, "m": 7, "N": 5}),
    settings={"scale": 1.0},
    regimes={
        "single": {"N": 1},
        "square": {"n": 5, "m": 5, "N": 5},
        "hot": {"scale": 3.0},
    },
    options={"examples": ("one", "batch"), "nonlinearity": tuple(NONLINEARITIES)},
    draw=draw,
    solve=solve,
    value=value,
    gradients={"dW": Gradient(of="loss", wrt="W")},
    margin=margin,
    parts=parts,
)
