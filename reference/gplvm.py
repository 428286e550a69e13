"""The log-likelihood of a Gaussian-process latent variable model, and its gradients.

ECE C147/C247 homework 3, question 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

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

Through = tuple[Array, Array, Array, float, float]
"""K⁻¹ X (N, Q), S (Q, D), R (N, D), log|K| and tr(K⁻¹)/beta, as ``log_likelihood`` names them."""


def solve_factored(C: Array, B: Array) -> Array:
    """Return A⁻¹ B, given the Cholesky factor of A = C Cᵀ.

    Parameters
    ----------
    C : (Q, Q) float array
        Lower triangular, as ``numpy.linalg.cholesky`` returns it.
    B : (Q, M) float array

    Returns
    -------
    (Q, M) float array

    >>> solve_factored(np.array([[2.0]]), np.array([[4.0, 8.0]]))
    array([[1., 2.]])
    """
    solution: Array = np.linalg.solve(C.T, np.linalg.solve(C, B))
    return solution


def through_kernel(X: Array, Y: Array, alpha: float, beta: float) -> Through:
    """Return what the likelihood needs, by the (N, N) factor of K itself.

    >>> one = np.ones((1, 1))
    >>> [float(np.sum(found)) for found in through_kernel(one, 2 * one, 1.0, 1 / 3)][:3]
    [0.25, 0.5, 1.5]
    """
    N = len(X)
    C = np.linalg.cholesky(alpha * X @ X.T + np.eye(N) / beta)
    KinvX, KinvY = solve_factored(C, X), solve_factored(C, Y)
    freedom = np.sum(np.linalg.inv(C) ** 2) / beta
    return KinvX, X.T @ KinvY, KinvY / beta, 2.0 * np.log(np.diag(C)).sum(), freedom


def through_regression(X: Array, Y: Array, alpha: float, beta: float) -> Through:
    """Return what the likelihood needs, by the (Q, Q) factor of P.

    >>> one = np.ones((1, 1))
    >>> [float(np.sum(found)) for found in through_regression(one, 2 * one, 1.0, 1 / 3)][:3]
    [0.25, 0.5, 1.5]
    """
    N, Q = X.shape
    C = np.linalg.cholesky(alpha * X.T @ X + np.eye(Q) / beta)
    S = solve_factored(C, X.T @ Y)
    KinvX = solve_factored(C, X.T).T
    log_det = 2.0 * np.log(np.diag(C)).sum() + (Q - N) * np.log(beta)
    return KinvX, S, Y - alpha * X @ S, log_det, N - alpha * np.sum(KinvX * X)


def log_likelihood(X: Array, Y: Array, alpha: float, beta: float) -> Answers:
    """Return the log-likelihood L, its parts L1 and L2, and all their gradients.

    Parameters
    ----------
    X : (N, Q) float array
        Latent positions, one a row.
    Y : (N, D) float array
        Observations, centred.
    alpha : float
        Weight of the linear kernel, > 0.
    beta : float
        Precision of the noise, > 0.

    Returns
    -------
    dict of arrays
        ``L``, ``L1``, ``L2`` (), and for each of them ``d…_dX`` (N, Q), ``d…_dalpha`` () and
        ``d…_dbeta`` ().

    Notes
    -----
    With K = alpha X Xᵀ + I/beta::

        L = L1 + L2 − (N D/2) log 2π
        L1 = −(D/2) log|K|          dL1_dX = −alpha D K⁻¹ X
        L2 = −½ tr(K⁻¹ Y Yᵀ)        dL2_dX = alpha K⁻¹ Y Yᵀ K⁻¹ X

        dL1_dalpha = −(D/2) tr(K⁻¹ X Xᵀ)        dL2_dalpha = ½ tr(K⁻¹ X Xᵀ K⁻¹ Y Yᵀ)
        dL1_dbeta = (D/2) tr(K⁻¹) / beta²       dL2_dbeta = −½ tr(K⁻¹ K⁻¹ Y Yᵀ) / beta²

    With more points than latent dimensions, K is ill-conditioned as soon as the noise is small, so
    it is not formed. It acts through the small matrix P = alpha Xᵀ X + I/beta and the ridge
    regression of Y on X, with coefficients S = P⁻¹ Xᵀ Y and residual R = Y − alpha X S::

        |K| = |P| beta^(Q−N)    K⁻¹ X = X P⁻¹    Xᵀ K⁻¹ Y = S    K⁻¹ Y = beta R
        tr(K⁻¹ Y Yᵀ) = beta ‖R‖² + alpha ‖S‖²        tr(K⁻¹) = beta (N − alpha tr(K⁻¹ X Xᵀ))

    Where N ≤ Q it is P that is near a singular matrix; there K is the small one, and is factored.
    In these letters both paths of X, and those of alpha and beta, are a line each.

    References
    ----------
    ECE C147/C247 Winter 2025, homework 3, question 2; N. Lawrence, Gaussian process latent
    variable models for visualisation of high dimensional data (2003).

    >>> zero, one = np.zeros((1, 1)), np.ones((1, 1))
    >>> round(float(log_likelihood(zero, zero, 1.0, 1.0)["L"]), 4)
    -0.9189
    >>> log_likelihood(one, 2 * one, 1.0, 1.0)["dL_dX"]
    array([[0.5]])
    """
    (N, Q), D = X.shape, Y.shape[1]
    through = through_kernel if N <= Q else through_regression
    KinvX, S, R, log_det, freedom = through(X, Y, alpha, beta)
    L1 = {
        "L1": -0.5 * D * log_det,
        "dL1_dX": -alpha * D * KinvX,
        "dL1_dalpha": -0.5 * D * np.sum(KinvX * X),
        "dL1_dbeta": 0.5 * D * freedom / beta,
    }
    L2 = {
        "L2": -0.5 * (beta * np.sum(R**2) + alpha * np.sum(S**2)),
        "dL2_dX": alpha * beta * R @ S.T,
        "dL2_dalpha": 0.5 * np.sum(S**2),
        "dL2_dbeta": -0.5 * np.sum(R**2),
    }
    L = {name.replace("L1", "L"): L1[name] + L2[name.replace("L1", "L2")] for name in L1}
    L["L"] -= 0.5 * N * D * np.log(2.0 * np.pi)
    return {name: np.asarray(answer) for name, answer in {**L1, **L2, **L}.items()}


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes."""
    return {"X": ("N", "Q"), "Y": ("N", "D"), "alpha": (), "beta": ()}


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs with alpha and beta away from 1; ``precision`` multiplies beta."""
    N, Q, D = (sizes[name] for name in "NQD")
    return {
        "X": rng.normal(size=(N, Q)),
        "Y": rng.normal(size=(N, D)),
        "alpha": float(rng.uniform(0.3, 0.8)),
        "beta": float(settings["precision"] * rng.uniform(1.3, 2.5)),
    }


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return all answers."""
    return log_likelihood(*(inputs[name] for name in ("X", "Y", "alpha", "beta")))


def value(inputs: Inputs, options: Options) -> Answers:
    """Return L, L1 and L2 as the question writes them (complex-safe: the log of det, no factor)."""
    X, Y, alpha, beta = (inputs[name] for name in ("X", "Y", "alpha", "beta"))
    N, D = Y.shape
    K = alpha * np.einsum("iq,jq->ij", X, X) + np.eye(N) / beta
    L1 = -0.5 * D * np.log(np.linalg.det(K))
    L2 = -0.5 * np.trace(np.linalg.solve(K, Y @ Y.T))
    return {"L1": L1, "L2": L2, "L": L1 + L2 - 0.5 * N * D * np.log(2.0 * np.pi)}


def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the two paths of each gradient of L: log-determinant and data fit."""
    answers = solve(inputs, options)
    return {
        f"dL_d{name}": {
            "log-determinant": answers[f"dL1_d{name}"],
            "data fit": answers[f"dL2_d{name}"],
        }
        for name in ("X", "alpha", "beta")
    }


def given(inputs: Inputs, options: Options, own: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return what follows from a student's own gradients of the two parts: their sum."""
    right = solve(inputs, options)
    steps: Mapping[str, Step] = {
        "dL1_dX": lambda v: right["dL1_dX"],
        "dL2_dX": lambda v: right["dL2_dX"],
        "dL_dX": lambda v: v.dL1_dX + v.dL2_dX,
    }
    return follow(steps, inputs, own)


PROBLEM = Problem(
    id="gplvm",
    title="Log-likelihood of a Gaussian-process latent variable model",
    source="ECE C147/C247 homework 3, question 2",
    shapes=shapes,
    sizes=({"N": 7, "Q": 3, "D": 5}, {"N": 11, "Q": 5, "D": 13}),
    settings={"precision": 1.0},
    regimes={
        "single": {"N": 1},
        "square": {"N": 5, "Q": 5, "D": 5},
        "hot": {"precision": 3.0},  # at 100 the question's own K⁻¹ loses half of its digits
        "wide": {"N": 8, "Q": 5, "D": 2},
    },
    draw=draw,
    solve=solve,
    value=value,
    gradients={
        f"d{of}_d{wrt}": Gradient(of=of, wrt=wrt)
        for of in ("L1", "L2", "L")
        for wrt in ("X", "alpha", "beta")
    },
    parts=parts,
    given=given,
    intermediates=("dL1_dX", "dL2_dX"),
)
