"""Update rules: how a step follows from a gradient, and what is remembered for the next one.

ECE C147/C247 homeworks 3 and 4 and CS231n assignment 2 (``optim.py``), ELEC/COMP 576 assignment 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reference.problem import Answers, Array, Inputs, Options, Problem, Shape, Sizes

State = Mapping[str, Any]
"""What a rule remembers: arrays in the shape of w, and the count t of the steps taken."""


def divided(numerator: Array, square: Array, epsilon: float, inside: bool) -> Array:
    """Return the numerator over the root of the square, with ε outside or inside the root.

    >>> divided(np.array([1.0]), np.array([0.25]), epsilon=0.5, inside=False)
    array([1.])
    """
    root = np.sqrt(square + epsilon) if inside else np.sqrt(square) + epsilon
    quotient: Array = numerator / root
    return quotient


def sgd(w: Array, dw: Array, state: State, *, learning_rate: float = 1e-2) -> tuple[Array, State]:
    """Return ``w − learning_rate · dw``.

    Parameters
    ----------
    w, dw : (...) float arrays
        The parameter and the loss's gradient in it.
    state : mapping
        Empty.
    learning_rate : float
        > 0.

    Returns
    -------
    w : (...) float array
    state : mapping

    >>> sgd(np.array([1.0]), np.array([2.0]), {}, learning_rate=0.25)
    (array([0.5]), {})
    """
    return w - learning_rate * dw, {}


def momentum(
    w: Array, dw: Array, state: State, *, learning_rate: float = 1e-2, mu: float = 0.9
) -> tuple[Array, State]:
    """Return the step of a ball that rolls on: ``w + v`` with ``v = mu v − learning_rate · dw``.

    Parameters
    ----------
    w, dw : (...) float arrays
    state : mapping
        ``velocity`` (...), the v of the step before.
    learning_rate : float
        > 0.
    mu : float
        Share of the velocity that is kept, 0 <= mu < 1.

    Returns
    -------
    w : (...) float array
    state : mapping

    References
    ----------
    CS231n, "Neural networks 3", and ``optim.sgd_momentum``.

    >>> momentum(np.array([1.0]), np.array([2.0]), {"velocity": np.array([1.0])},
    ...          learning_rate=0.25, mu=0.5)
    (array([1.]), {'velocity': array([0.])})
    """
    v = mu * state["velocity"] - learning_rate * dw
    return w + v, {"velocity": v}


def nesterov(
    w: Array, dw: Array, state: State, *, learning_rate: float = 1e-2, mu: float = 0.9
) -> tuple[Array, State]:
    """Return the step of Nesterov's momentum, where w stands for the point looked ahead to.

    Parameters
    ----------
    w, dw : (...) float arrays
    state : mapping
        ``velocity`` (...), the v of the step before.
    learning_rate : float
        > 0.
    mu : float
        Share of the velocity that is kept, 0 <= mu < 1.

    Returns
    -------
    w : (...) float array
    state : mapping

    Notes
    -----
    ::

        v' = mu v − learning_rate · dw
        w' = w + v' + mu (v' − v)

    References
    ----------
    ECE C147/C247 homework 4, ``optim.sgd_nesterov_momentum``; CS231n, "Neural networks 3".

    >>> nesterov(np.array([1.0]), np.array([2.0]), {"velocity": np.array([1.0])},
    ...          learning_rate=0.25, mu=0.5)
    (array([0.5]), {'velocity': array([0.])})
    """
    v = mu * state["velocity"] - learning_rate * dw
    return w + v + mu * (v - state["velocity"]), {"velocity": v}


def adagrad(
    w: Array,
    dw: Array,
    state: State,
    *,
    learning_rate: float = 1e-2,
    epsilon: float = 1e-8,
    inside: bool = False,
) -> tuple[Array, State]:
    """Return ``w − learning_rate · dw / √cache``, the cache being the sum of all dw².

    Parameters
    ----------
    w, dw : (...) float arrays
    state : mapping
        ``cache`` (...).
    learning_rate : float
        > 0.
    epsilon : float
        Keeps the quotient finite, > 0.
    inside : bool
        Whether ε is added to the cache rather than to its root.

    Returns
    -------
    w : (...) float array
    state : mapping

    References
    ----------
    Duchi, Hazan and Singer, "Adaptive subgradient methods", 2011.

    >>> adagrad(np.array([1.0]), np.array([3.0]), {"cache": np.array([16.0])},
    ...         learning_rate=0.5, epsilon=0.0)
    (array([0.7]), {'cache': array([25.])})
    """
    cache = state["cache"] + dw**2
    return w - learning_rate * divided(dw, cache, epsilon, inside), {"cache": cache}


def rmsprop(
    w: Array,
    dw: Array,
    state: State,
    *,
    learning_rate: float = 1e-2,
    rho: float = 0.99,
    epsilon: float = 1e-8,
    inside: bool = False,
) -> tuple[Array, State]:
    """Return ``w − learning_rate · dw / √cache``, the cache being a running mean of dw².

    Parameters
    ----------
    w, dw : (...) float arrays
    state : mapping
        ``cache`` (...).
    learning_rate : float
        > 0.
    rho : float
        Share of the cache that is kept, 0 <= rho < 1.
    epsilon : float
        Keeps the quotient finite, > 0.
    inside : bool
        Whether ε is added to the cache rather than to its root.

    Returns
    -------
    w : (...) float array
    state : mapping

    References
    ----------
    Hinton, "Neural networks for machine learning", lecture 6e; CS231n, ``optim.rmsprop``.

    >>> rmsprop(np.array([1.0]), np.array([5.0]), {"cache": np.array([7.0])},
    ...         learning_rate=0.8, rho=0.5, epsilon=0.0)
    (array([0.]), {'cache': array([16.])})
    """
    cache = rho * state["cache"] + (1.0 - rho) * dw**2
    return w - learning_rate * divided(dw, cache, epsilon, inside), {"cache": cache}


def adam(
    w: Array,
    dw: Array,
    state: State,
    *,
    learning_rate: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    inside: bool = False,
) -> tuple[Array, State]:
    """Return the step along a running mean of dw, over the root of a running mean of dw².

    Parameters
    ----------
    w, dw : (...) float arrays
    state : mapping
        ``m`` and ``v`` (...), the means of dw and dw², and ``t``, the number of steps taken.
    learning_rate : float
        > 0.
    beta1, beta2 : float
        Shares of m and v that are kept, 0 <= beta < 1.
    epsilon : float
        Keeps the quotient finite, > 0.
    inside : bool
        Whether ε is added to the mean square rather than to its root.

    Returns
    -------
    w : (...) float array
    state : mapping

    Notes
    -----
    With t counting this step as well::

        m = beta1 m + (1 − beta1) dw        v = beta2 v + (1 − beta2) dw²
        w = w − learning_rate · m/(1 − beta1ᵗ) / (√(v/(1 − beta2ᵗ)) + epsilon)

    References
    ----------
    Kingma and Ba, "Adam", 2015, algorithm 1; CS231n, ``optim.adam``.

    >>> zero = np.zeros(1)
    >>> w, state = adam(zero, np.array([4.0]), {"m": zero, "v": zero, "t": 0}, epsilon=0.0)
    >>> w, state["t"]
    (array([-0.001]), 1)
    """
    t = state["t"] + 1
    m = beta1 * state["m"] + (1.0 - beta1) * dw
    v = beta2 * state["v"] + (1.0 - beta2) * dw**2
    direction = divided(m / (1.0 - beta1**t), v / (1.0 - beta2**t), epsilon, inside)
    return w - learning_rate * direction, {"m": m, "v": v, "t": t}


def nadam(
    w: Array,
    dw: Array,
    state: State,
    *,
    learning_rate: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    inside: bool = False,
    ahead: bool = True,
) -> tuple[Array, State]:
    """Return Adam's step with Nesterov's momentum, for a momentum that does not change.

    Parameters
    ----------
    w, dw : (...) float arrays
    state : mapping
        ``m`` and ``v`` (...), the means of dw and dw², and ``t``, the number of steps taken.
    learning_rate : float
        > 0.
    beta1, beta2 : float
        Shares of m and v that are kept, 0 <= beta < 1.
    epsilon : float
        Keeps the quotient finite, > 0.
    inside : bool
        Whether ε is added to the mean square rather than to its root.
    ahead : bool
        Whether m, which will act in the next step, is corrected for t + 1 steps as Dozat writes, or
        for t as many summaries of him do.

    Returns
    -------
    w : (...) float array
    state : mapping

    Notes
    -----
    With t counting this step as well, and m and v as in ``adam``::

        n = beta1 m/(1 − beta1^(t+1)) + (1 − beta1) dw/(1 − beta1ᵗ)
        w = w − learning_rate · n / (√(v/(1 − beta2ᵗ)) + epsilon)

    References
    ----------
    Dozat, "Incorporating Nesterov momentum into Adam", 2016, algorithm 2.

    >>> zero = np.zeros(1)
    >>> w, _ = nadam(zero, np.array([4.0]), {"m": zero, "v": zero, "t": 0}, beta1=0.5, epsilon=0.0)
    >>> w.round(6)
    array([-0.001333])
    """
    t = state["t"] + 1
    m = beta1 * state["m"] + (1.0 - beta1) * dw
    v = beta2 * state["v"] + (1.0 - beta2) * dw**2
    n = beta1 * m / (1.0 - beta1 ** (t + ahead)) + (1.0 - beta1) * dw / (1.0 - beta1**t)
    direction = divided(n, v / (1.0 - beta2**t), epsilon, inside)
    return w - learning_rate * direction, {"m": m, "v": v, "t": t}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An update rule, ready to be used by name.

    Parameters
    ----------
    step
        ``step(w, dw, state, **rates)`` returns the new w and the new state.
    state
        The arrays that it remembers, in the shape of w. Those named ``v`` and ``cache`` are
        means or sums of squares.
    counts
        True where it counts its steps in ``t``.
    rates
        Its numbers, with the defaults of its problem.
    """

    step: Callable[..., tuple[Array, State]]
    state: tuple[str, ...] = ()
    counts: bool = False
    rates: Mapping[str, float]

    def fresh(self, w: Array) -> dict[str, Any]:
        """Return the state before the first step.

        >>> RULES["adam"].fresh(np.ones(2))
        {'m': array([0., 0.]), 'v': array([0., 0.]), 't': 0}
        """
        zeros = {name: np.zeros_like(w) for name in self.state}
        return {**zeros, "t": 0} if self.counts else zeros


ADAPTIVE = {"learning_rate": 0.05, "epsilon": 1e-8}

RULES: Mapping[str, Rule] = {
    "sgd": Rule(step=sgd, rates={"learning_rate": 0.05}),
    "momentum": Rule(step=momentum, state=("velocity",), rates={"learning_rate": 0.05, "mu": 0.9}),
    "nesterov": Rule(step=nesterov, state=("velocity",), rates={"learning_rate": 0.05, "mu": 0.9}),
    "adagrad": Rule(step=adagrad, state=("cache",), rates=ADAPTIVE),
    "rmsprop": Rule(step=rmsprop, state=("cache",), rates={**ADAPTIVE, "rho": 0.99}),
    "adam": Rule(
        step=adam,
        state=("m", "v"),
        counts=True,
        rates={**ADAPTIVE, "beta1": 0.9, "beta2": 0.999},
    ),
    "nadam": Rule(
        step=nadam,
        state=("m", "v"),
        counts=True,
        rates={**ADAPTIVE, "beta1": 0.9, "beta2": 0.999},
    ),
}
"""The update rules by name."""


def walk(rule: Rule, w: Array, dws: Array, state: State, **rates: Any) -> list[tuple[Array, State]]:
    """Return w and the state after each of several steps.

    Parameters
    ----------
    rule : Rule
    w : (...) float array
        Where the walk starts.
    dws : (K, ...) float array
        The gradient of each step, given in advance.
    state : mapping
        What the rule remembers from before.
    **rates
        The rule's numbers.

    Returns
    -------
    list of K pairs

    >>> walk(RULES["sgd"], np.array([1.0]), np.array([[1.0], [2.0]]), {}, learning_rate=0.25)
    [(array([0.75]), {}), (array([0.25]), {})]
    """
    steps = []
    for dw in dws:
        w, state = rule.step(w, dw, state, **rates)
        steps.append((w, state))
    return steps


def minimise(
    rule: str,
    gradient: Callable[[Array], Array],
    w: Array,
    *,
    steps: int,
    **rates: float,
) -> Array:
    """Return the path of a rule down a function, its start included.

    Parameters
    ----------
    rule : str
        A key of ``RULES``.
    gradient : function of a (...) float array
    w : (...) float array
        Where it starts.
    steps : int
    **rates : float
        The rule's numbers, where they are not the defaults of ``RULES``.

    Returns
    -------
    (steps + 1, ...) float array

    >>> minimise("sgd", lambda w: 2 * w, np.array([1.0]), steps=2, learning_rate=0.25).T
    array([[1.  , 0.5 , 0.25]])
    """
    chosen = RULES[rule]
    state: State = chosen.fresh(w)
    path = [w]
    for _ in range(steps):
        w, state = chosen.step(w, gradient(w), state, **{**chosen.rates, **rates})
        path.append(w)
    return np.stack(path)


def _draw(
    rule: Rule, rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Draw w, K gradients, and a state: in the middle of a walk, or at its start.

    The parameter is as small as a step, so that a mistake in the step is one in the new parameter.
    """
    K, D, M = (sizes[name] for name in "KDM")
    w = settings["learning_rate"] * rng.normal(size=(D, M))
    state = rule.fresh(w)
    if settings["warm"]:
        for name in rule.state:
            state[name] = rng.normal(size=(D, M))
            if name in ("v", "cache"):  # squares, of which none is next to nothing
                state[name] = rng.uniform(0.5, 2.0, size=(D, M))
        if rule.counts:
            state["t"] = 30
    rates = {name: float(settings[name]) for name in rule.rates}
    return {"w": w, "dws": rng.normal(size=(K, D, M)), **state, **rates}


def _variant(options: Options) -> dict[str, bool]:
    """Return the rule's arguments that the options stand for."""
    arguments = {}
    if "stabiliser" in options:
        arguments["inside"] = options["stabiliser"] == "inside"
    if "correction" in options:
        arguments["ahead"] = options["correction"] == "ahead"
    return arguments


def _solve(rule: Rule, inputs: Inputs, options: Options) -> Answers:
    """Return w and the state after one step and after all K, and w after each step."""
    kept = (*rule.state, *(("t",) if rule.counts else ()))
    state = {name: inputs[name] for name in kept}
    rates = {name: inputs[name] for name in rule.rates}
    steps = walk(rule, inputs["w"], inputs["dws"], state, **rates, **_variant(options))
    answers = {"path": np.stack([w for w, _ in steps])}
    for when, (w, reached) in (("1", steps[0]), ("K", steps[-1])):
        answers[f"w_{when}"] = w
        answers |= {f"{name}_{when}": np.asarray(reached[name]) for name in kept}
    return answers


def _with_raw_epsilon(rule: Rule, where: str) -> Rule:
    """Return a rule whose ε stands beside the v that is not corrected yet.

    The correction is drawn before the quotient then, as in the remark of Kingma and Ba's section 2:
    ``learning_rate · √(1 − beta2ᵗ)/(1 − beta1ᵗ) · m / (√v + epsilon)``.
    """

    def step(w: Array, dw: Array, state: State, **rates: Any) -> tuple[Array, State]:
        left = 1.0 - rates["beta2"] ** (state["t"] + 1)
        scaled = rates["epsilon"] / (left if where == "inside" else np.sqrt(left))
        return rule.step(w, dw, state, **{**rates, "epsilon": scaled})

    return replace(rule, step=step)


def _stabilised(rule: Rule, inputs: Inputs, options: Options) -> Mapping[str, Mapping[str, Array]]:
    """Return the answers with ε on the other side of the root, and beside that of a raw v."""
    if "stabiliser" not in options:
        return {}
    other = "outside" if options["stabiliser"] == "inside" else "inside"
    ways = {f"ε {other} the root": _solve(rule, inputs, {**options, "stabiliser": other})}
    if rule.counts:
        for where in ("outside", "inside"):
            answers = _solve(
                _with_raw_epsilon(rule, where), inputs, {**options, "stabiliser": where}
            )
            ways[f"ε {where} the root of v as it is, not corrected"] = answers
    names = next(iter(ways.values()))
    return {name: {how: answers[name] for how, answers in ways.items()} for name in names}


# An ε that shows: beside 1e-8 nobody could tell a forgotten one from rounding. And no rate is the
# usual one, which would hide that a rule does not look at the rate that it is given.
_SHOWN = {"epsilon": 0.02, "mu": 0.8, "rho": 0.97, "beta1": 0.85, "beta2": 0.995}


def _problem(rule_id: str, title: str) -> Problem:
    """Return the problem of one rule: K steps along given gradients."""
    rule = RULES[rule_id]
    options: dict[str, tuple[str, ...]] = {}
    if "epsilon" in rule.rates:
        options["stabiliser"] = ("outside", "inside")
    if rule_id == "nadam":
        options["correction"] = ("ahead", "same")
    shapes: dict[str, Shape] = {"w": ("D", "M"), "dws": ("K", "D", "M")}
    shapes |= dict.fromkeys(rule.state, ("D", "M"))
    shapes |= dict.fromkeys((*rule.rates, *(("t",) if rule.counts else ())), ())
    return Problem(
        id=rule_id,
        title=title,
        source="ECE C147/C247 homework 4; CS231n assignment 2; ELEC/COMP 576 assignment 1",
        shapes=lambda options: shapes,
        sizes=({"K": 5, "D": 3, "M": 7}, {"K": 6, "D": 11, "M": 5}),
        settings={
            **{name: _SHOWN.get(name, rate) for name, rate in rule.rates.items()},
            "warm": True,
        },
        regimes={
            "fresh": {"warm": False},
            "single": {"K": 1},
            "square": {"K": 5, "D": 5, "M": 5},
        },
        options=options,
        draw=lambda rng, sizes, settings, options: _draw(rule, rng, sizes, settings),
        solve=lambda inputs, options: _solve(rule, inputs, options),
        value=lambda inputs, options: {},
        stabilised=lambda inputs, options: _stabilised(rule, inputs, options),
    )


PROBLEMS = {
    "sgd": _problem("sgd", "Stochastic gradient descent"),
    "momentum": _problem("momentum", "Gradient descent with momentum"),
    "nesterov": _problem("nesterov", "Gradient descent with Nesterov's momentum"),
    "adagrad": _problem("adagrad", "AdaGrad"),
    "rmsprop": _problem("rmsprop", "RMSProp"),
    "adam": _problem("adam", "Adam"),
    "nadam": _problem("nadam", "Nadam: Adam with Nesterov's momentum"),
}
