"""The restricted Boltzmann machine, small enough that its partition function is a plain sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.activations import sigmoid
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Shape, Sizes


def energy(v: Array, h: Array, W: Array, b: Array, c: Array) -> float:
    """Return the energy of a joint state.

    Parameters
    ----------
    v, h : (nv,) and (nh,) float arrays
        Visible and hidden units, 0 or 1.
    W : (nv, nh) float array
    b, c : (nv,) and (nh,) float arrays
        Visible and hidden biases.

    Returns
    -------
    float
        ``−bᵀv − cᵀh − vᵀ W h``; the probability of the state is proportional to exp(−energy).

    References
    ----------
    Smolensky, "Information processing in dynamical systems: foundations of harmony theory", 1986.

    >>> energy(np.ones(1), np.ones(2), np.array([[2.0, 3.0]]), np.ones(1), np.zeros(2))
    -6.0
    """
    return float(-(b @ v) - c @ h - v @ W @ h)


def free_energy(V: Array, W: Array, b: Array, c: Array) -> Array:
    """Return the free energy of each visible state, the hidden units summed out.

    Parameters
    ----------
    V : (n, nv) float array
        One state a row.
    W : (nv, nh) float array
    b, c : (nv,) and (nh,) float arrays

    Returns
    -------
    (n,) float array
        ``F(v) = −log Σₕ exp(−energy(v, h)) = −bᵀv − Σⱼ log(1 + exp(cⱼ + (Wᵀv)ⱼ))``.

    References
    ----------
    Hinton, "A practical guide to training restricted Boltzmann machines", 2010.

    >>> free_energy(np.array([[1.0], [0.0]]), np.array([[1e3]]), np.zeros(1), np.zeros(1))
    array([-1.00000000e+03, -6.93147181e-01])
    """
    F: Array = -V @ b - np.logaddexp(0.0, V @ W + c).sum(axis=1)
    return F


def states(units: int) -> Array:
    """Return every state of that many binary units.

    Parameters
    ----------
    units : int
        At most about 20, since all 2^units states are held at once.

    Returns
    -------
    (2^units, units) float array

    >>> states(2)
    array([[0., 0.],
           [1., 0.],
           [0., 1.],
           [1., 1.]])
    """
    bits = np.arange(2**units)[:, None] >> np.arange(units) & 1
    return bits.astype(np.float64)


def log_sum_exp(z: Array) -> Any:
    """Return ``log Σ exp(z)``, shifted by the largest real part (complex-safe).

    Parameters
    ----------
    z : (M,) float or complex array

    Returns
    -------
    float or complex

    >>> round(float(log_sum_exp(np.array([1e3, 1e3])) - 1e3), 4)
    0.6931
    """
    top = z.real.max()
    return top + np.log(np.exp(z - top).sum())


def visible_distribution(W: Array, b: Array, c: Array) -> tuple[Array, float]:
    """Return p(v) for every visible state, by enumeration.

    Parameters
    ----------
    W : (nv, nh) float array
    b, c : (nv,) and (nh,) float arrays

    Returns
    -------
    p : (2^nv,) float array
        ``p(v) = exp(−F(v)) / Z``, in the order of ``states(nv)``.
    log_Z : float
        Logarithm of the partition function ``Z = Σ_v exp(−F(v))``.

    >>> p, log_Z = visible_distribution(np.zeros((1, 1)), np.array([1e4]), np.zeros(1))
    >>> p, round(log_Z - 1e4, 4)
    (array([0., 1.]), 0.6931)
    """
    F = free_energy(states(len(b)), W, b, c)
    log_Z = log_sum_exp(-F)
    return np.exp(-F - log_Z), float(log_Z)


def statistics(V: Array, p: Array, W: Array, c: Array) -> Answers:
    """Return the weighted sums over visible states that both phases of the gradient are made of.

    Parameters
    ----------
    V : (n, nv) float array
        One state a row.
    p : (n,) float array
        Weight of each state.
    W : (nv, nh) float array
    c : (nh,) float array

    Returns
    -------
    dict of arrays
        With s = σ(c + Wᵀv), the mean of h given v: ``dW`` = Σ p v sᵀ, ``db`` = Σ p v,
        ``dc`` = Σ p s.

    >>> statistics(np.ones((2, 1)), np.array([1.0, 3.0]), np.zeros((1, 1)), np.zeros(1))["dW"]
    array([[2.]])
    """
    S = sigmoid(V @ W + c)
    return {"dW": V.T @ (p[:, None] * S), "db": p @ V, "dc": p @ S}


def phases(V: Array, W: Array, b: Array, c: Array) -> Mapping[str, Answers]:
    """Return the two phases of the log-likelihood's gradients; their sum is the gradient.

    Parameters
    ----------
    V : (n, nv) float array
        One observation a row, 0 or 1.
    W : (nv, nh) float array
    b, c : (nv,) and (nh,) float arrays

    Returns
    -------
    dict of dicts of arrays
        For each of ``dW``, ``db``, ``dc`` its ``positive phase`` and its ``negative phase``.

    Notes
    -----
    For the sum ℓ = Σᵢ log p(vᵢ) over n observations, with s(v) = σ(c + Wᵀv)::

        dW = Σᵢ vᵢ s(vᵢ)ᵀ − n Σ_v p(v) v s(v)ᵀ
        db = Σᵢ vᵢ − n Σ_v p(v) v                dc = Σᵢ s(vᵢ) − n Σ_v p(v) s(v)

    The first sum pulls the energy of the data down, the second pushes that of the model's own
    states up. The line that is often printed has no n before the second sum, which is right for
    n = 1 alone.

    References
    ----------
    G. Hinton, Training products of experts by minimizing contrastive divergence (2002).

    >>> phases(np.ones((3, 1)), np.zeros((1, 1)), np.zeros(1), np.zeros(1))["db"]
    {'positive phase': array([3.]), 'negative phase': array([-1.5])}
    """
    n = len(V)
    p, _ = visible_distribution(W, b, c)
    data = statistics(V, np.ones(n), W, c)
    model = statistics(states(len(b)), -n * p, W, c)
    return {
        name: {"positive phase": data[name], "negative phase": model[name]}
        for name in ("dW", "db", "dc")
    }


def log_likelihood(V: Array, W: Array, b: Array, c: Array) -> float:
    """Return the exact log-likelihood of the data.

    Parameters
    ----------
    V : (n, nv) float array
        One observation a row, 0 or 1.
    W : (nv, nh) float array
    b, c : (nv,) and (nh,) float arrays

    Returns
    -------
    float
        ``ℓ = Σᵢ log p(vᵢ) = −Σᵢ F(vᵢ) − n log Z``, at most 0.

    References
    ----------
    Smolensky 1986 and Hinton 2002, as for ``energy`` and ``phases``.

    >>> round(log_likelihood(np.ones((2, 3)), np.zeros((3, 1)), np.zeros(3), np.zeros(1)), 4)
    -4.1589
    """
    _, log_Z = visible_distribution(W, b, c)
    return float(-np.sum(free_energy(V, W, b, c) + log_Z))


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes."""
    return {"V": ("n", "nv"), "W": ("nv", "nh"), "b": ("nv",), "c": ("nh",)}


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw binary data and random biases; ``scale`` multiplies W, for a machine with favourites."""
    n, nv, nh = (sizes[name] for name in ("n", "nv", "nh"))
    return {
        "V": rng.integers(2, size=(n, nv)).astype(np.float64),
        "W": settings["scale"] * rng.normal(size=(nv, nh)) / np.sqrt(nv),
        "b": rng.normal(scale=0.5, size=nv),
        "c": rng.normal(scale=0.5, size=nh),
    }


def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the gradients' two phases, positive (data) and negative (model)."""
    return phases(*(inputs[name] for name in "VWbc"))


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return the log-likelihood, and its gradients as the sums of their two phases."""
    gradients = {
        name: phase["positive phase"] + phase["negative phase"]
        for name, phase in parts(inputs, options).items()
    }
    ell = log_likelihood(*(inputs[name] for name in "VWbc"))
    return {"log_likelihood": np.asarray(ell), **gradients}


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the log-likelihood by a sum over hidden states instead (complex-safe)."""
    V, W, b, c = (inputs[name] for name in "VWbc")
    visible = b + states(len(c)) @ W.T  # the inputs of the visible units in each hidden state
    hidden = states(len(c)) @ c
    log_Z = log_sum_exp(hidden + np.log(1 + np.exp(visible)).sum(axis=1))
    return {"log_likelihood": np.asarray(sum(log_sum_exp(hidden + visible @ v) - log_Z for v in V))}


PROBLEM = Problem(
    id="rbm",
    title="Exact log-likelihood of a restricted Boltzmann machine",
    source="Smolensky 1986; Hinton 2002: the log-likelihood's gradient in W, b and c",
    shapes=shapes,
    sizes=({"n": 7, "nv": 5, "nh": 3}, {"n": 11, "nv": 3, "nh": 7}),
    settings={"scale": 1.0},
    regimes={
        "single": {"n": 1},
        "square": {"n": 5, "nv": 5, "nh": 5},
        "hot": {"scale": 4.0},
    },
    draw=draw,
    solve=solve,
    value=value,
    gradients={f"d{name}": Gradient(of="log_likelihood", wrt=name) for name in ("W", "b", "c")},
    parts=parts,
)
