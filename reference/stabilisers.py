"""What else counts as right for a softmax cross-entropy: the ways of keeping its logarithm finite.

An ε under the logarithm changes the loss, and in confident predictions its exact derivative by far
more; so does an ε beside the softmax's denominator or on every probability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial, wraps

import numpy as np

from reference.problem import Answers, Array, Inputs, Options

EPSILONS = (
    2.0**-52,
    *(float(f"{digit}e-{power}") for power in range(16, 6, -1) for digit in (1, 2, 3, 5)),
    1e-6,
    2.0**-23,
)
"""The sizes of ε that are in use."""

Loss = Callable[[Array, Array], tuple[float, Array]]
Solve = Callable[[Inputs, Options], Answers]
LeadBack = Callable[[Inputs, Options, Array], Answers]


# --- a gradient given in the scores ------------------------------------------------------------

_GIVEN: ContextVar[Array | None] = ContextVar("gradient in the scores", default=None)


def replaceable(loss: Loss) -> Loss:
    """Return a loss on scores whose gradient ``gradient_given`` may replace.

    So whatever goes backward through a net can be led there by any gradient in its scores, and
    not by that of the loss alone.
    """

    @wraps(loss)
    def replaced(scores: Array, y: Array) -> tuple[float, Array]:
        value, dscores = loss(scores, y)
        given = _GIVEN.get()
        return value, dscores if given is None else given.astype(dscores.dtype)

    return replaced


@contextmanager
def gradient_given(dscores: Array) -> Iterator[None]:
    """Let every replaceable loss return this (N, C) gradient in place of its own."""
    token = _GIVEN.set(dscores)
    try:
        yield
    finally:
        _GIVEN.reset(token)


# --- the ways ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Softmax:
    """The softmax of one draw, and what its stabilisers are made of.

    Parameters
    ----------
    p : (N, C) float array
        The softmax of each row.
    log_p : (N, C) float array
        Its logarithm, finite where p is 0.
    onehot : (N, C) float array
        1 for the right class.
    sums : mapping of names to (N, 1) float arrays
        The sum of exponentials, for each way of shifting the scores first.
    """

    p: Array
    log_p: Array
    onehot: Array
    sums: Mapping[str, Array]

    @property
    def right(self) -> Array:
        """Return the (N, 1) probability of the right class."""
        p: Array = (self.p * self.onehot).sum(axis=1, keepdims=True)
        return p

    @property
    def log_right(self) -> Array:
        """Return its (N, 1) logarithm."""
        logs: Array = (self.log_p * self.onehot).sum(axis=1, keepdims=True)
        return logs


def softmax_of(scores: Array, y: Array) -> Softmax:
    """Return the softmax of a draw's scores.

    Parameters
    ----------
    scores : (N, C) float array
    y : (N,) integer array
        The right class of each example, 0 <= y < C.

    >>> softmax_of(np.zeros((1, 2)), np.array([0])).right
    array([[0.5]])
    """
    largest = scores.max(axis=1, keepdims=True)
    exponentials = np.exp(scores - largest)
    total = exponentials.sum(axis=1, keepdims=True)
    return Softmax(
        p=exponentials / total,
        log_p=scores - largest - np.log(total),
        onehot=np.eye(scores.shape[1])[y],
        sums={
            "each row shifted": total,
            "all shifted alike": total * np.exp(largest - largest.max()),
            "not shifted": total * np.exp(largest),
        },
    )


def _under_the_logarithm(soft: Softmax, epsilon: float) -> Iterator[tuple[str, Array, Array]]:
    """Yield name, losses (N, 1), and the exact derivative through them: G row by row."""
    p, G = soft.right, soft.p - soft.onehot
    low, inner = np.maximum(p, epsilon), np.clip(p, epsilon, 1.0 - epsilon)
    yield f"log(p + {epsilon:.3g})", -np.log(p + epsilon), G * (p / (p + epsilon))
    for name, kept in (
        (f"log(max(p, {epsilon:.3g}))", low),
        (f"log of p clipped at {epsilon:.3g} from 0 and 1", inner),
    ):
        yield name, -np.log(kept), G * (p / kept)
        yield f"{name}, flat beyond", -np.log(kept), G * (kept == p)


def _in_the_probabilities(soft: Softmax, epsilon: float) -> Iterator[tuple[str, Array, Array]]:
    """Yield name, the losses (N, 1), and the (N, C) probabilities that have ε in them."""
    for shift, total in soft.sums.items():
        shrunk = 1.0 + epsilon / total
        name = f"{epsilon:.3g} beside the softmax's sum, {shift}"
        yield name, np.log(shrunk) - soft.log_right, soft.p / shrunk
    for name, p in (
        (f"p + {epsilon:.3g} for every p", soft.p + epsilon),
        (f"every p at least {epsilon:.3g}", np.maximum(soft.p, epsilon)),
        (f"every p from {epsilon:.3g} to 1 less that", np.clip(soft.p, epsilon, 1.0 - epsilon)),
    ):
        yield name, -np.log((p * soft.onehot).sum(axis=1, keepdims=True)), p


@dataclass(frozen=True, slots=True, kw_only=True)
class Stabilised:
    """A softmax cross-entropy with every stabiliser.

    Parameters
    ----------
    losses
        Name -> the mean loss.
    probabilities
        Name -> (N, C) probabilities, for those that change them.
    gradients
        Name -> the (N, C) gradient of the mean loss in the scores.
    """

    losses: Mapping[str, float]
    probabilities: Mapping[str, Array]
    gradients: Mapping[str, Array]


def stabilised_softmax(soft: Softmax) -> Stabilised:
    """Return the mean cross-entropy, and its gradient, as they are with each stabiliser.

    >>> losses = stabilised_softmax(softmax_of(np.zeros((1, 2)), np.array([0]))).losses
    >>> f"{losses['log(p + 1e-06)']:.7f}", f"{np.log(2.0):.7f}"
    ('0.6931452', '0.6931472')
    """
    losses: dict[str, float] = {}
    probabilities: dict[str, Array] = {}
    gradients: dict[str, Array] = {}
    N = len(soft.p)
    with np.errstate(all="ignore"):
        for epsilon in EPSILONS:
            for name, rows, G in _under_the_logarithm(soft, epsilon):
                losses[name], gradients[name] = float(rows.mean()), G / N
            for name, rows, p in _in_the_probabilities(soft, epsilon):
                losses[name], gradients[name] = float(rows.mean()), (p - soft.onehot) / N
                probabilities[name] = p
    return Stabilised(losses=losses, probabilities=probabilities, gradients=gradients)


# --- led back to the parameters ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined(Mapping[str, Array]):
    """Arrays by name, each a combination of the same few: hundreds take the room of these.

    Parameters
    ----------
    names
        One a row of the coefficients.
    coefficients : (K, B) float array
    basis : (B, ...) float array
    origin : (...) float array
        What is added to each combination.
    """

    names: Sequence[str]
    coefficients: Array
    basis: Array
    origin: Array

    def __getitem__(self, name: str) -> Array:
        row = self.coefficients[self.names.index(name)]
        combined: Array = self.origin + np.tensordot(row, self.basis, axes=1)
        return combined

    def stacked(self) -> Array:
        """Return all combinations, (K, ...)."""
        every: Array = self.origin + np.tensordot(self.coefficients, self.basis, axes=1)
        return every

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _given_to(solve: Solve) -> LeadBack:
    """Return what leads a gradient in the scores back, for a problem with a replaceable loss."""

    def led_back(inputs: Inputs, options: Options, dscores: Array) -> Answers:
        with gradient_given(dscores):
            return solve(inputs, options)

    return led_back


def _led_back(
    origin: Answers, led: Callable[[Array], Answers], gradients: Mapping[str, Array], right: Array
) -> dict[str, Mapping[str, Array]]:
    """Return every gradient answer for each gradient in the scores.

    What leads back from the scores is linear, so it is asked once for each entry of them.
    """
    told = [name for name, G in gradients.items() if not np.array_equal(G, right)]
    if not told:
        return {}
    coefficients = np.array([(gradients[name] - right).ravel() for name in told])
    entries = [entry for entry in range(right.size) if np.any(coefficients[:, entry])]
    base = led(np.zeros_like(right))
    moved = [led(np.eye(right.size)[entry].reshape(right.shape)) for entry in entries]
    found: dict[str, Mapping[str, Array]] = {}
    for name in (name for name in base if base[name].dtype.kind == "f"):
        basis = np.stack([answers[name] - base[name] for answers in moved])
        if np.any(basis):
            found[name] = Combined(
                names=told,
                coefficients=coefficients[:, entries],
                basis=basis,
                origin=origin[name],
            )
    return found


def with_stabilisers(
    solve: Solve, scores: Callable[[Inputs, Options], Array], lead_back: LeadBack | None = None
) -> Callable[[Inputs, Options], dict[str, Mapping[str, Array]]]:
    """Return the ``stabilised`` of a problem whose loss holds a softmax cross-entropy.

    Parameters
    ----------
    solve
        The problem's own.
    scores
        Gives the (N, C) scores of a draw.
    lead_back
        Gives the gradient answers for an (N, C) gradient of the mean loss in the scores; where
        ``solve`` goes back from a ``replaceable`` loss, there is no need of it.
    """

    def stabilised(inputs: Inputs, options: Options) -> dict[str, Mapping[str, Array]]:
        if "y" not in inputs:  # a gradient is given in place of a label
            return {}
        rows, y = np.atleast_2d(scores(inputs, options)), np.atleast_1d(inputs["y"])
        origin, soft = solve(inputs, options), softmax_of(rows, y)
        found = stabilised_softmax(soft)
        count = len(y) if options.get("scaling") == "sum" else 1
        rest = origin["loss"] - count * float(-soft.log_right.mean())
        others: dict[str, Mapping[str, Array]] = {
            "loss": {name: np.asarray(rest + count * loss) for name, loss in found.losses.items()}
        }
        if "probs" in origin:
            others["probs"] = found.probabilities
        led = partial(lead_back or _given_to(solve), inputs, options)
        right = (soft.p - soft.onehot) / len(y)
        return others | _led_back(origin, led, found.gradients, right)

    return stabilised
