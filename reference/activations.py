"""Activation functions, entry by entry, each with its derivative.

ELEC/COMP 576 assignment 1 (``actFun`` and ``diff_actFun``), ECE C147/C247 homework 3 and CS231n
(``relu_forward`` and ``relu_backward``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Sizes, no_kink


def tanh(z: Array) -> Array:
    """Return the hyperbolic tangent, ``(eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ)``.

    Parameters
    ----------
    z : (...) float array

    Returns
    -------
    (...) float array
        Between −1 and 1.

    >>> tanh(np.array([-1e3, 0.0, 1e3]))
    array([-1.,  0.,  1.])
    """
    out: Array = np.tanh(z)
    return out


def tanh_derivative(z: Array) -> Array:
    """Return ``1 − tanh²(z)``, as ``4e / (1 + e)²`` with ``e = exp(−2|z|)``: exact in both tails.

    Parameters
    ----------
    z : (...) float array
        The input of tanh, not its output.

    Returns
    -------
    (...) float array
        Between 0 and 1.

    >>> tanh_derivative(np.array([-1e3, 0.0]))
    array([0., 1.])
    """
    e = np.exp(-2.0 * np.abs(z))
    return 4.0 * e / (1.0 + e) ** 2


def sigmoid(z: Array) -> Array:
    """Return ``σ(z) = 1 / (1 + e⁻ᶻ)`` through ``exp(−|z|)``, which cannot overflow.

    Parameters
    ----------
    z : (...) float array

    Returns
    -------
    (...) float array
        Between 0 and 1.

    >>> sigmoid(np.array([-1e3, 0.0, 1e3]))
    array([0. , 0.5, 1. ])
    """
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def sigmoid_derivative(z: Array) -> Array:
    """Return ``σ(z) (1 − σ(z)) = e / (1 + e)²`` with ``e = exp(−|z|)``.

    Parameters
    ----------
    z : (...) float array
        The input of the sigmoid, not its output.

    Returns
    -------
    (...) float array
        Between 0 and ¼.

    >>> sigmoid_derivative(np.array([-1e3, 0.0, 1e3]))
    array([0.  , 0.25, 0.  ])
    """
    e = np.exp(-np.abs(z))
    return e / (1.0 + e) ** 2


def relu(z: Array) -> Array:
    """Return ``max(0, z)``.

    Parameters
    ----------
    z : (...) float array

    Returns
    -------
    (...) float array

    >>> relu(np.array([-2.0, 3.0]))
    array([0., 3.])
    """
    return np.maximum(z, 0.0)


def relu_derivative(z: Array) -> Array:
    """Return ``[z > 0]`` as floats; at exactly 0, where none is right, it is 0.

    Parameters
    ----------
    z : (...) float array

    Returns
    -------
    (...) float array
        0 or 1.

    >>> relu_derivative(np.array([-2.0, 3.0]))
    array([0., 1.])
    """
    return np.where(z > 0, 1.0, 0.0)


def leaky_relu(z: Array, alpha: float = 0.2) -> Array:
    """Return z where it is positive and ``alpha z`` elsewhere.

    Parameters
    ----------
    z : (...) float array
    alpha : float
        Slope on the negative side, 0 <= alpha < 1.

    Returns
    -------
    (...) float array

    >>> leaky_relu(np.array([-2.0, 3.0]))
    array([-0.4,  3. ])
    """
    return np.where(z > 0, z, alpha * z)


def leaky_relu_derivative(z: Array, alpha: float = 0.2) -> Array:
    """Return 1 where z is positive and alpha elsewhere.

    Parameters
    ----------
    z : (...) float array
    alpha : float
        Slope on the negative side.

    Returns
    -------
    (...) float array

    >>> leaky_relu_derivative(np.array([-2.0, 3.0]))
    array([0.2, 1. ])
    """
    return np.where(z > 0, 1.0, alpha)


def elu(z: Array, alpha: float = 1.0) -> Array:
    """Return z where it is positive and ``alpha (eᶻ − 1)`` elsewhere.

    Parameters
    ----------
    z : (...) float array
    alpha : float
        Minus the limit on the negative side, > 0.

    Returns
    -------
    (...) float array

    References
    ----------
    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential
    linear units", 2016, equation 15.

    >>> elu(np.array([-1e3, 3.0]))
    array([-1.,  3.])
    """
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


def elu_derivative(z: Array, alpha: float = 1.0) -> Array:
    """Return 1 where z is positive and ``alpha eᶻ`` elsewhere.

    Parameters
    ----------
    z : (...) float array
    alpha : float
        Minus the limit on the negative side, > 0.

    Returns
    -------
    (...) float array

    >>> elu_derivative(np.array([-1e3, 3.0]))
    array([0., 1.])
    """
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))


def swish(z: Array) -> Array:
    """Return ``z σ(z)``.

    Parameters
    ----------
    z : (...) float array

    Returns
    -------
    (...) float array

    References
    ----------
    ECE C147/C247 Winter 2025, homework 3, question 3.

    >>> swish(np.array([-1e3, 0.0, 1e3]))
    array([  -0.,    0., 1000.])
    """
    return z * sigmoid(z)


def swish_derivative(z: Array) -> Array:
    """Return ``σ(z) + z σ(z) (1 − σ(z))``; the quotient of exponentials would overflow.

    Parameters
    ----------
    z : (...) float array

    Returns
    -------
    (...) float array
        Between −0.1 and 1.1.

    >>> swish_derivative(np.array([-1e3, 0.0, 1e3]))
    array([0. , 0.5, 1. ])
    """
    slope: Array = sigmoid(z) + z * sigmoid_derivative(z)
    return slope


def plain_sigmoid(z: Array) -> Array:
    """Return the sigmoid as ``(1 + tanh(z/2)) / 2``, for real or complex z.

    >>> plain_sigmoid(np.array([0j]))
    array([0.5+0.j])
    """
    half: Array = 0.5 * (1.0 + np.tanh(0.5 * z))
    return half


def plain_leaky_relu(z: Array, alpha: float = 0.2) -> Array:
    """Return the leaky ReLU, branching on the real part alone.

    >>> plain_leaky_relu(np.array([-2 + 1j, 3 - 1j]))
    array([-0.4+0.2j,  3. -1.j ])
    """
    return z * np.where(z.real > 0, 1.0, alpha)


def plain_elu(z: Array, alpha: float = 1.0) -> Array:
    """Return the ELU, branching on the real part alone.

    >>> plain_elu(np.array([3 - 1j, 0j]))
    array([3.-1.j, 0.+0.j])
    """
    positive = z.real > 0
    return np.where(positive, z, alpha * (np.exp(np.where(positive, 0.0, z)) - 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """An activation function, ready to be used by name.

    Parameters
    ----------
    function, derivative
        Of a float array, entry by entry.
    plain
        The function by a second formula that is complex-safe, for certifying derivatives.
    kinked
        True where the formula changes at 0, so that draws must keep away from it.
    saturates
        True where a right formula takes the derivative as what is left of 1 (1 − t², s(1 − s)).
    """

    function: Callable[..., Array]
    derivative: Callable[..., Array]
    plain: Callable[..., Array]
    kinked: bool = False
    saturates: bool = False


ACTIVATIONS: Mapping[str, Activation] = {
    "tanh": Activation(function=tanh, derivative=tanh_derivative, plain=np.tanh, saturates=True),
    "sigmoid": Activation(
        function=sigmoid, derivative=sigmoid_derivative, plain=plain_sigmoid, saturates=True
    ),
    "relu": Activation(
        function=relu,
        derivative=relu_derivative,
        plain=lambda z: plain_leaky_relu(z, alpha=0.0),
        kinked=True,
    ),
    "leaky_relu": Activation(
        function=leaky_relu,
        derivative=leaky_relu_derivative,
        plain=plain_leaky_relu,
        kinked=True,
    ),
    "elu": Activation(function=elu, derivative=elu_derivative, plain=plain_elu, kinked=True),
    "swish": Activation(
        function=swish, derivative=swish_derivative, plain=lambda z: z * plain_sigmoid(z)
    ),
}
"""The activation functions by name, the order being that of a course's first mention."""


def distance_from_kink(z: Array) -> float:
    """Return min abs(z) relative to max abs(z).

    >>> distance_from_kink(np.array([-4.0, 1.0]))
    0.25
    """
    sizes = np.abs(z)
    return float(sizes.min() / sizes.max())


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw z, no entry within 0.1 of 0, and dout; ``scale`` stretches about half of z's entries."""
    shape = (sizes["N"], sizes["H"])
    z = rng.normal(size=shape)
    z += np.copysign(0.1, z)
    z *= rng.choice([1.0, settings["scale"]], size=shape)
    slopes = {name: float(settings[name]) for name in settings if name == "alpha"}
    return {"z": z, "dout": rng.normal(size=shape), **slopes}


def _problem(name: str, title: str, alpha: float | None = None) -> Problem:
    """Return the problem of one activation; ``alpha`` is its setting where it has one."""
    activation = ACTIVATIONS[name]
    slopes = {} if alpha is None else {"alpha": alpha}

    def solve(inputs: Inputs, options: Options) -> Answers:
        arguments = {"z": inputs["z"], **{slope: inputs[slope] for slope in slopes}}
        derivative = activation.derivative(**arguments)
        return {
            "out": activation.function(**arguments),
            "derivative": derivative,
            "dz": inputs["dout"] * derivative,
        }

    def value(inputs: Inputs, options: Options) -> Answers:
        return {"out": activation.plain(inputs["z"], **{s: inputs[s] for s in slopes})}

    def margin(inputs: Inputs, options: Options) -> float:
        return distance_from_kink(inputs["z"])

    def rounding(inputs: Inputs, options: Options) -> Mapping[str, float]:
        # Where all of a draw is saturated, no change of z shows that 1 − t² is off by one of 1.
        if not activation.saturates:
            return {}
        return {"out": 1.0, "derivative": 1.0, "dz": float(np.abs(inputs["dout"]).max())}

    return Problem(
        id=name,
        title=title,
        source="ELEC/COMP 576 assignment 1; ECE C147/C247 homework 3; CS231n assignment 2",
        shapes=lambda options: {"z": ("N", "H"), "dout": ("N", "H"), **dict.fromkeys(slopes, ())},
        sizes=({"N": 7, "H": 5}, {"N": 3, "H": 11}),
        settings={"scale": 1.0, **slopes},
        regimes={
            "single": {"N": 1},
            "square": {"N": 5, "H": 5},
            "hot": {"scale": 6.0},
            "large": {"scale": 300.0},
        },
        draw=draw,
        solve=solve,
        value=value,
        gradients={"dz": Gradient(of="out", wrt="z", along="dout")},
        margin=margin if activation.kinked else no_kink,
        rounding=rounding,
    )


PROBLEMS = {
    "tanh": _problem("tanh", "Hyperbolic tangent and its derivative"),
    "sigmoid": _problem("sigmoid", "Sigmoid and its derivative"),
    "relu": _problem("relu", "ReLU, its derivative and its backward pass"),
    "leaky_relu": _problem("leaky_relu", "Leaky ReLU and its derivative", alpha=0.2),
    "elu": _problem("elu", "Exponential linear unit and its derivative", alpha=1.0),
    "swish": _problem("swish", "Swish and its derivative"),
}
